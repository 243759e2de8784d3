/*-------------------------------------------------------------------------
 *
 * regress_planner.h
 *	  Settings and overrides, shared by the files of regress_planner.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_PLANNER_H
#define REGRESS_PLANNER_H

#include "postgres.h"

#include "access/htup.h"
#include "nodes/pathnodes.h"

#include "compat.h"
#include "planner_run.h"
#include "side_data.h"

#define REGRESS_PLANNER_VERSION "0.1"
#define REGRESS_PLANNER_SCHEMA "regress_planner"
#define REGRESS_PLANNER_GIN_SHADOW "gin_shadow"

/* An index of the relation being planned, and its row of the side table. */
typedef struct IndexEntry
{
	IndexOptInfo *info;
	bool		known;			/* does it have a row? */
	IndexRow	row;
	int			position;		/* in the planner's own list */
} IndexEntry;

/* regress_planner.c */
extern bool regress_planner_enabled;
extern bool regress_planner_sizes;
extern bool regress_planner_tree_height;
extern bool regress_planner_brin;
extern bool regress_planner_gin;
extern bool regress_planner_range_ends;
extern bool regress_planner_order;
extern bool regress_planner_tablespaces;

/* planner_inputs.c */
extern void regress_override_planner_inputs(Oid relid, bool inhparent,
											RelOptInfo *rel);

/* sizes.c */
extern bool regress_override_relation_size(RelOptInfo *rel, Oid relid,
										   const RelationRow *row);
extern void regress_override_index_size(const RelOptInfo *rel,
										IndexEntry *entry);

/* index_order.c */
extern void regress_order_indexes(RelOptInfo *rel, IndexEntry *entries);
extern void regress_order_statistics(RelOptInfo *rel, SideTables *side);

/* am_costs.c */
extern void regress_wrap_brin_cost(IndexEntry *entry);
extern void regress_wrap_gin_cost(IndexEntry *entry);

/* range_ends.c */
extern void regress_answer_range_ends(const RelOptInfo *rel,
									  const IndexEntry *entries,
									  SideTables *side);

/* object_oids.c */
extern HeapTuple regress_translate_statistics(PlannerInfo *root,
											  const RangeTblEntry *rte,
											  AttrNumber attnum);

/* hidden_indexes.c */
extern void regress_init_hidden_indexes(void);
extern void regress_hide_indexes(RelOptInfo *rel);

/* frozen_now.c */
extern void regress_init_frozen_now(void);
extern void regress_freeze_before_planning(void);

#endif							/* REGRESS_PLANNER_H */
