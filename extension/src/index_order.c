/*-------------------------------------------------------------------------
 *
 * index_order.c
 *	  Order of a relation's indexes and statistics objects.
 *
 * Between equals the planner keeps the first of its list, and its lists are in
 * the order of OIDs, which differs between two databases with one schema.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

typedef struct StatisticsEntry
{
	StatisticExtInfo *info;
	bool		known;
	int32		ordinal;
	int			position;
} StatisticsEntry;

/*
 * Newest first: core lists indexes by descending OID.  An index that production
 * does not have is newer than all others.
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
 * Oldest first: core lists statistics objects by ascending OID.  One object
 * has several entries, which stay as they are.
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
 * The entries of one object follow each other, so one look is enough for all.
 */
static void
read_ordinal(SideData *side, StatisticsEntry *entries, int position)
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
 * Put rel->statlist into production's order, unless it is of one object.
 */
void
regress_order_statistics(RelOptInfo *rel, SideData *side)
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
