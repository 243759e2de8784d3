/*-------------------------------------------------------------------------
 *
 * planner_inputs.c
 *	  Replaces a relation's numbers, in the right order.
 *
 * Sizes come first, because the sizes of indexes follow from their table's.
 * The file of each override has its rule.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "catalog/pg_am.h"
#include "utils/lsyscache.h"

/*
 * Look up all indexes of the relation at once, in the order of rel->indexlist.
 */
static IndexEntry *
read_indexes(const RelOptInfo *rel, SideTables *side)
{
	IndexEntry *entries;
	ListCell   *lc;

	entries = palloc0(sizeof(IndexEntry) * list_length(rel->indexlist));
	foreach(lc, rel->indexlist)
	{
		int			position = foreach_current_index(lc);
		IndexEntry *entry = &entries[position];

		entry->info = lfirst_node(IndexOptInfo, lc);
		entry->position = position;
		entry->known = !entry->info->hypothetical &&
			regress_read_index(side, entry->info->indexoid, &entry->row);
	}
	return entries;
}

/*
 * Replace the numbers of one index that core has found.
 */
static void
override_index(IndexEntry *entry)
{
	if (regress_planner_tree_height &&
		entry->info->relam == BTREE_AM_OID && entry->row.tree_height >= 0)
		entry->info->tree_height = entry->row.tree_height;
	if (regress_planner_brin)
		regress_wrap_brin_cost(entry);
	if (regress_planner_gin)
		regress_wrap_gin_cost(entry);
	if (regress_planner_tablespaces && OidIsValid(entry->row.tablespace))
		entry->info->reltablespace = entry->row.tablespace;
}

/*
 * Replace the numbers of a table or materialized view, and of its indexes,
 * that core has found.
 */
static void
override_relation(Oid relid, RelOptInfo *rel, SideTables *side,
				  IndexEntry *entries)
{
	int			nindexes = list_length(rel->indexlist);
	RelationRow row;
	bool		known = regress_read_relation(side, relid, &row);
	bool		resized;

	resized = known && regress_planner_sizes &&
		regress_override_relation_size(rel, relid, &row);

	/* The planner passes it to get_tablespace_page_costs() only. */
	if (known && regress_planner_tablespaces && OidIsValid(row.tablespace))
		rel->reltablespace = row.tablespace;

	for (int i = 0; i < nindexes; i++)
	{
		if (resized)
			regress_override_index_size(rel, &entries[i]);
		if (entries[i].known)
			override_index(&entries[i]);
	}
}

/*
 * Replace the numbers of a relation that core has found.
 *
 * An inheritance or partition parent has the size of its children together,
 * and its partitioned indexes have no size, so we only order its statistics
 * objects.  Relations of our own schema are left alone, because REINDEX calls
 * the planner while it rebuilds the very index that we would read.  System
 * catalogs are relations like others: we read them through the caches and
 * without the planner, so there is no recursion.
 */
void
regress_override_planner_inputs(Oid relid, bool inhparent, RelOptInfo *rel)
{
	SideTables	own;
	SideTables *side;

	if (!regress_planner_enabled)
		return;
	side = regress_start_reading(&own);
	if (side == NULL || get_rel_namespace(relid) == side->schema)
		return;

	if (!inhparent)
	{
		IndexEntry *entries = read_indexes(rel, side);

		override_relation(relid, rel, side, entries);
		if (regress_planner_order)
			regress_order_indexes(rel, entries);
		if (regress_planner_range_ends)
			regress_answer_range_ends(rel, entries, side);
		pfree(entries);
	}
	if (regress_planner_order)
		regress_order_statistics(rel, side);
	regress_stop_reading(side);
}
