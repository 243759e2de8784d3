/*-------------------------------------------------------------------------
 *
 * side_layouts.h
 *	  Columns of the side tables, and their raw rows.
 *
 * side_tables.c opens tables that have these layouts, and side_data.c decodes
 * their rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_SIDE_LAYOUTS_H
#define REGRESS_SIDE_LAYOUTS_H

#include "side_tables.h"

/*
 * The columns of each table, in the order of the CREATE TABLE in
 * sql/regress_planner--0.1.sql: number, name, type, and whether it is NOT NULL.
 * test/extension/side-columns.test.ts compares the two.
 */
#define RELATION_COLUMNS(COLUMN) \
	COLUMN(REL_RELID, "relid", OIDOID, true) \
	COLUMN(REL_PAGES, "pages", INT8OID, true) \
	COLUMN(REL_RELPAGES, "relpages", INT8OID, true) \
	COLUMN(REL_RELTUPLES, "reltuples", FLOAT8OID, true) \
	COLUMN(REL_RELALLVISIBLE, "relallvisible", INT8OID, true) \
	COLUMN(REL_RELHASSUBCLASS, "relhassubclass", BOOLOID, true) \
	COLUMN(REL_TABLESPACE, "tablespace", OIDOID, false)

#define INDEX_COLUMNS(COLUMN) \
	COLUMN(IDX_INDEXRELID, "indexrelid", OIDOID, true) \
	COLUMN(IDX_PAGES, "pages", INT8OID, true) \
	COLUMN(IDX_RELPAGES, "relpages", INT8OID, true) \
	COLUMN(IDX_RELTUPLES, "reltuples", FLOAT8OID, true) \
	COLUMN(IDX_ORDINAL, "ordinal", INT4OID, true) \
	COLUMN(IDX_TREE_HEIGHT, "tree_height", INT4OID, false) \
	COLUMN(IDX_BRIN_REVMAP_PAGES, "brin_revmap_pages", INT8OID, false) \
	COLUMN(IDX_GIN_SHADOW, "gin_shadow", OIDOID, false) \
	COLUMN(IDX_RANGE_MIN, "range_min", TEXTOID, false) \
	COLUMN(IDX_RANGE_MAX, "range_max", TEXTOID, false) \
	COLUMN(IDX_TABLESPACE, "tablespace", OIDOID, false)

#define STATISTICS_OBJECT_COLUMNS(COLUMN) \
	COLUMN(STX_STXOID, "stxoid", OIDOID, true) \
	COLUMN(STX_ORDINAL, "ordinal", INT4OID, true)

#define OBJECT_COLUMNS(COLUMN) \
	COLUMN(OBJ_OID, "oid", OIDOID, true) \
	COLUMN(OBJ_PRODUCTION_OID, "production_oid", OIDOID, true)

#define COLUMN_NUMBER(number, name, type, required) number,

enum RelationColumn
{
	RELATION_COLUMNS(COLUMN_NUMBER)
	REL_COLUMN_COUNT
};

enum IndexColumn
{
	INDEX_COLUMNS(COLUMN_NUMBER)
	IDX_COLUMN_COUNT
};

enum StatisticsObjectColumn
{
	STATISTICS_OBJECT_COLUMNS(COLUMN_NUMBER)
	STX_COLUMN_COUNT
};

enum ObjectColumn
{
	OBJECT_COLUMNS(COLUMN_NUMBER)
	OBJ_COLUMN_COUNT
};

#undef COLUMN_NUMBER

/* The index table has the most columns; side_layouts.c asserts it. */
#define MAX_SIDE_COLUMNS IDX_COLUMN_COUNT

typedef struct SideColumn
{
	const char *name;
	Oid			type;
	bool		required;
} SideColumn;

typedef struct SideLayout
{
	const char *name;
	int			ncolumns;
	SideColumn	columns[MAX_SIDE_COLUMNS];
} SideLayout;

/* A row, valid until the next one of the same table is fetched. */
typedef struct SideRow
{
	Datum		values[MAX_SIDE_COLUMNS];
	bool		nulls[MAX_SIDE_COLUMNS];
} SideRow;

extern const SideLayout regress_side_layouts[SIDE_TABLE_COUNT];

#endif							/* REGRESS_SIDE_LAYOUTS_H */
