/*-------------------------------------------------------------------------
 *
 * side_tables.h
 *	  Layouts and raw rows of the side tables.
 *
 * side_tables.c opens the tables, and side_data.c decodes their rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_SIDE_TABLES_H
#define REGRESS_SIDE_TABLES_H

#include "side_data.h"

/* Column numbers are positions in the layouts. */
enum RelationColumn
{
	REL_RELID, REL_PAGES, REL_RELPAGES, REL_RELTUPLES, REL_RELALLVISIBLE,
	REL_RELHASSUBCLASS, REL_TABLESPACE
};

enum IndexColumn
{
	IDX_INDEXRELID, IDX_PAGES, IDX_RELPAGES, IDX_RELTUPLES, IDX_ORDINAL,
	IDX_TREE_HEIGHT, IDX_BRIN_REVMAP_PAGES, IDX_GIN_SHADOW, IDX_RANGE_MIN,
	IDX_RANGE_MAX, IDX_TABLESPACE
};

enum StatisticsObjectColumn
{
	STX_STXOID, STX_ORDINAL
};

enum ObjectColumn
{
	OBJ_OID, OBJ_PRODUCTION_OID
};

typedef struct SideColumn
{
	const char *name;
	Oid			type;
	bool		required;
} SideColumn;

#define MAX_SIDE_COLUMNS 11

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

extern bool regress_fetch_side_row(SideData *side, SideTableId id, Oid key,
								   SideRow *row);
extern void regress_end_side_scans(SideData *side);
extern void regress_close_side_tables(SideData *side);

#endif							/* REGRESS_SIDE_TABLES_H */
