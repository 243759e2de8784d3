/*-------------------------------------------------------------------------
 *
 * side_data.h
 *	  Rows of the side tables as the planner's overrides see them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_SIDE_DATA_H
#define REGRESS_SIDE_DATA_H

#include "storage/block.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

/* Production's numbers of one table or materialized view. */
typedef struct RelationRow
{
	BlockNumber pages;
	BlockNumber relpages;
	double		reltuples;		/* -1 means never vacuumed or analyzed */
	BlockNumber relallvisible;
	bool		relhassubclass;
} RelationRow;

/* Production's numbers of one index; the last three may be unknown. */
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
} IndexRow;

typedef enum SideTableId
{
	SIDE_RELATION,
	SIDE_INDEX,
	SIDE_STATISTICS_OBJECT
} SideTableId;

#define SIDE_TABLE_COUNT (SIDE_STATISTICS_OBJECT + 1)

typedef struct SideTable
{
	bool		tried;
	Relation	heap;			/* NULL if there is no usable table */
	Relation	primary_key;
} SideTable;

/* The side tables, opened when first asked for, and seen by one snapshot. */
typedef struct SideData
{
	Oid			schema;
	Snapshot	snapshot;
	SideTable	tables[SIDE_TABLE_COUNT];
} SideData;

extern bool regress_open_side_data(SideData *side);
extern void regress_close_side_data(SideData *side);
extern bool regress_read_relation(SideData *side, Oid relid, RelationRow *row);
extern bool regress_read_index(SideData *side, Oid indexrelid, IndexRow *row);
extern bool regress_read_range_end(SideData *side, Oid indexrelid,
								   bool maximum, char **value);
extern bool regress_read_statistics_ordinal(SideData *side, Oid stxoid,
											int32 *ordinal);
extern bool regress_find_index(Oid indexrelid, IndexRow *row);
extern Oid	regress_gin_shadow_table(void);
extern void regress_warn_invalid(Oid relid, const char *detail);

#endif							/* REGRESS_SIDE_DATA_H */
