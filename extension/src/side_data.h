/*-------------------------------------------------------------------------
 *
 * side_data.h
 *	  Rows of the side tables, decoded.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_SIDE_DATA_H
#define REGRESS_SIDE_DATA_H

#include "storage/block.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapshot.h"

/* Production's numbers of one table or materialized view. */
typedef struct RelationRow
{
	BlockNumber pages;
	BlockNumber relpages;
	double		reltuples;		/* -1 means never vacuumed or analyzed */
	BlockNumber relallvisible;
	bool		relhassubclass;
	Oid			tablespace;		/* InvalidOid if unknown */
} RelationRow;

/* Production's numbers of one index; some may be unknown. */
typedef struct IndexRow
{
	BlockNumber pages;
	BlockNumber relpages;
	double		reltuples;
	int32		ordinal;
	int			tree_height;	/* -1 if unknown */
	bool		has_revmap_pages;
	BlockNumber revmap_pages;
	Oid			gin_shadow;		/* InvalidOid if unknown */
	Oid			tablespace;		/* InvalidOid if unknown */
} IndexRow;

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
 * The side tables.  They are locked together when one is first read, and read
 * with one snapshot, during a planner run or one use outside of it.
 */
typedef struct SideData
{
	bool		started;
	Oid			schema;
	bool		locked;
	Oid			relids[SIDE_TABLE_COUNT];
	MemoryContext context;		/* lives as long as this */
	ResourceOwner owner;		/* of what has been opened */
	Snapshot	snapshot;
	SideTable	tables[SIDE_TABLE_COUNT];
	List	   *held_indexes;	/* open until the planner run ends */
} SideData;

/* planner_run.c */
extern SideData *regress_begin_planner_run(SideData *run);
extern void regress_end_planner_run(SideData *run);
extern void regress_leave_planner_run(SideData *outer);
extern SideData *regress_open_side_data(SideData *own);
extern void regress_close_side_data(SideData *side);
extern void regress_hold_index(SideData *side, Relation index);

/* side_data.c */
extern bool regress_read_relation(SideData *side, Oid relid, RelationRow *row);
extern bool regress_read_index(SideData *side, Oid indexrelid, IndexRow *row);
extern bool regress_read_range_end(SideData *side, Oid indexrelid,
								   bool maximum, char **value);
extern bool regress_read_statistics_ordinal(SideData *side, Oid stxoid,
											int32 *ordinal);
extern bool regress_knows_relation(SideData *side, Oid relid);
extern Oid	regress_production_oid(SideData *side, Oid oid);
extern bool regress_find_index(Oid indexrelid, IndexRow *row);
extern void regress_warn_invalid(Oid relid, const char *detail);

/* side_tables.c */
extern Oid	regress_gin_shadow_table(void);

#endif							/* REGRESS_SIDE_DATA_H */
