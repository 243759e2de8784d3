/*-------------------------------------------------------------------------
 *
 * side_tables.h
 *	  The side tables, open for reading.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_SIDE_TABLES_H
#define REGRESS_SIDE_TABLES_H

#include "utils/rel.h"
#include "utils/snapshot.h"

typedef enum SideTableId
{
	SIDE_RELATION,
	SIDE_INDEX,
	SIDE_STATISTICS_OBJECT,
	SIDE_OBJECT
} SideTableId;

#define SIDE_TABLE_COUNT (SIDE_OBJECT + 1)

/* A side table, with one scan of its primary key for many lookups. */
typedef struct SideTable
{
	bool		tried;
	Relation	heap;			/* NULL if there is no usable table */
	Relation	primary_key;
	struct SysScanDescData *scan;
} SideTable;

/*
 * All side tables.  They are locked together when one is first read, and read
 * with one snapshot.
 */
typedef struct SideTables
{
	MemoryContext context;		/* of the scans */
	bool		looked_up;
	Oid			schema;			/* if looked_up; InvalidOid if there is none */
	bool		locked;
	Oid			relids[SIDE_TABLE_COUNT];
	Snapshot	snapshot;
	SideTable	tables[SIDE_TABLE_COUNT];
} SideTables;

struct SideRow;

extern void regress_init_side_tables(SideTables *side);
extern bool regress_have_side_tables(SideTables *side);
extern bool regress_fetch_side_row(SideTables *side, SideTableId id, Oid key,
								   struct SideRow *row);
extern void regress_end_side_scans(SideTables *side);
extern void regress_close_side_tables(SideTables *side);
extern Oid	regress_gin_shadow_table(void);
extern void regress_warn_invalid(Oid relid, const char *detail);

#endif							/* REGRESS_SIDE_TABLES_H */
