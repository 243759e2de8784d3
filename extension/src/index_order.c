/*-------------------------------------------------------------------------
 *
 * index_order.c
 *	  Puts a relation's indexes and statistics objects into production's order.
 *
 * Of two equal ones the planner keeps the first of its list.  The lists are in
 * the order of OIDs, which may differ between two databases with one schema.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

/* An entry of rel->statlist, with the rank of its object. */
typedef struct StatisticsEntry
{
	StatisticExtInfo *info;
	bool		known;
	int32		ordinal;
	int			position;		/* in the planner's own list */
} StatisticsEntry;

/*
 * Compare two indexes for qsort(), the newest first: get_relation_info()
 * (plancat.c) lists indexes by descending OID.  An index that production does
 * not have is newer than all others.
 */
static int
compare_indexes(const void *a, const void *b)
{
	const IndexEntry *left = a;
	const IndexEntry *right = b;

	if (left->known != right->known)
		return left->known ? 1 : -1;
	if (left->known && left->row.ordinal != right->row.ordinal)
		return left->row.ordinal > right->row.ordinal ? -1 : 1;
	return left->position - right->position;
}

/*
 * Compare two entries of statistics objects for qsort(), the oldest first:
 * RelationGetStatExtList() (relcache.c) lists the objects by ascending OID.
 * The entries of one object, one for each kind of statistics, keep their
 * order.
 */
static int
compare_statistics(const void *a, const void *b)
{
	const StatisticsEntry *left = a;
	const StatisticsEntry *right = b;

	if (left->known != right->known)
		return left->known ? -1 : 1;
	if (left->known && left->ordinal != right->ordinal)
		return left->ordinal < right->ordinal ? -1 : 1;
	return left->position - right->position;
}

/*
 * Put rel->indexlist, and the entries with it, into production's order.
 */
void
regress_order_indexes(RelOptInfo *rel, IndexEntry *entries)
{
	ListCell   *lc;

	if (list_length(rel->indexlist) < 2)
		return;
	qsort(entries, list_length(rel->indexlist), sizeof(IndexEntry),
		  compare_indexes);
	foreach(lc, rel->indexlist)
		lfirst(lc) = entries[foreach_current_index(lc)].info;
}

/*
 * Set the rank of an entry's object.  The entries of one object follow each
 * other, so only the first one needs a look-up.
 */
static void
read_ordinal(SideTables *side, StatisticsEntry *entries, int position)
{
	StatisticsEntry *entry = &entries[position];
	StatisticsEntry *previous = position > 0 ? entry - 1 : NULL;

	if (previous != NULL && previous->info->statOid == entry->info->statOid)
	{
		entry->known = previous->known;
		entry->ordinal = previous->ordinal;
		return;
	}
	entry->known = regress_read_statistics_ordinal(side, entry->info->statOid,
												   &entry->ordinal);
}

/*
 * Put rel->statlist into production's order.  A list of one object is in
 * order.
 */
void
regress_order_statistics(RelOptInfo *rel, SideTables *side)
{
	int			count = list_length(rel->statlist);
	StatisticsEntry *entries;
	ListCell   *lc;

	if (count < 2 ||
		linitial_node(StatisticExtInfo, rel->statlist)->statOid ==
		llast_node(StatisticExtInfo, rel->statlist)->statOid)
		return;
	entries = palloc0(sizeof(StatisticsEntry) * count);
	foreach(lc, rel->statlist)
	{
		int			position = foreach_current_index(lc);
		StatisticsEntry *entry = &entries[position];

		entry->info = lfirst_node(StatisticExtInfo, lc);
		entry->position = position;
		read_ordinal(side, entries, position);
	}
	qsort(entries, count, sizeof(StatisticsEntry), compare_statistics);
	foreach(lc, rel->statlist)
		lfirst(lc) = entries[foreach_current_index(lc)].info;
	pfree(entries);
}
