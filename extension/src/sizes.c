/*-------------------------------------------------------------------------
 *
 * sizes.c
 *	  Pages, tuples and all-visible fraction, from production's raw numbers.
 *
 * The rules are those of table_block_relation_estimate_size() (tableam.c), and
 * of estimate_rel_size() (plancat.c) for indexes.  They are applied to
 * production's file size and pg_class numbers instead of this database's.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include <math.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "optimizer/optimizer.h"
#include "optimizer/plancat.h"
#include "storage/bufpage.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* Core assumes at least so many pages of a table that was never vacuumed. */
#define NEVER_VACUUMED_PAGES 10

/* Bytes for tuples on a page, and bytes of a tuple beside its columns. */
#define USABLE_PAGE_BYTES ((int) (BLCKSZ - SizeOfPageHeaderData))
#define TUPLE_OVERHEAD_BYTES \
	((int) (MAXALIGN(SizeofHeapTupleHeader) + sizeof(ItemIdData)))

/*
 * Estimate the tuples per page of a table for which pg_class has no numbers,
 * as table_block_relation_estimate_size() (tableam.c) does.
 */
static double
table_density_from_width(Relation relation, int32 *attr_widths)
{
	int			usable = USABLE_PAGE_BYTES;
	int32		data_width;
	int64		width;
	double		density;

	/*
	 * Before 17 a sum of impossible widths overflows, and core would divide
	 * by the negative result.
	 */
	data_width = get_relation_data_width(RelationGetRelid(relation),
										 attr_widths);
	if (data_width < 0)
		data_width = MaxAllocSize;
	width = (int64) data_width + TUPLE_OVERHEAD_BYTES;
	if (!REGRESS_DENSITY_USES_FILLFACTOR)
		return usable / width;	/* an integer division, as in core */

	usable = usable *
		RelationGetFillFactor(relation, HEAP_DEFAULT_FILLFACTOR) / 100;
	density = usable / width;
	return clamp_row_est(density);
}

/*
 * Compute the fraction of a table's pages that are all-visible, as
 * table_block_relation_estimate_size() (tableam.c) does.
 */
static double
all_visible_fraction(BlockNumber relallvisible, BlockNumber pages)
{
	if (relallvisible == 0 || pages == 0)
		return 0;
	if (relallvisible >= pages)
		return 1;
	return (double) relallvisible / pages;
}

/*
 * Set pages, tuples and all-visible fraction of a heap, as
 * table_block_relation_estimate_size() (tableam.c) computes them.
 *
 * The ten pages at least are for a table that was never vacuumed and has no
 * children.  reltuples is -1 if the table was never vacuumed or analyzed; the
 * density then follows from the widths of its columns.
 */
static void
set_relation_size(RelOptInfo *rel, Relation relation, const RelationRow *row)
{
	BlockNumber pages = row->pages;
	double		density;

	if (pages < NEVER_VACUUMED_PAGES && row->reltuples < 0 &&
		!row->relhassubclass)
		pages = NEVER_VACUUMED_PAGES;

	rel->pages = pages;
	rel->tuples = 0;
	rel->allvisfrac = all_visible_fraction(row->relallvisible, pages);
	if (pages == 0)
		return;

	if (row->reltuples >= 0 && row->relpages > 0)
		density = row->reltuples / (double) row->relpages;
	else
		density = table_density_from_width(relation,
										   rel->attr_widths - rel->min_attr);
	rel->tuples = rint(density * (double) pages);
}

/*
 * Give a table or materialized view production's size.  Returns false for a
 * relation of another kind, and for a table that is not a heap, because the
 * rules are heap's.
 */
bool
regress_override_relation_size(RelOptInfo *rel, Oid relid,
							   const RelationRow *row)
{
	Relation	relation = table_open(relid, NoLock);	/* planner's lock */
	char		relkind = relation->rd_rel->relkind;
	bool		is_heap;

	/* Another access method may use heap's functions. */
	is_heap = (relkind == RELKIND_RELATION || relkind == RELKIND_MATVIEW) &&
		relation->rd_tableam->relation_estimate_size ==
		GetHeapamTableAmRoutine()->relation_estimate_size;
	if (is_heap)
		set_relation_size(rel, relation, row);
	table_close(relation, NoLock);
	return is_heap;
}

/*
 * Estimate the entries per page of an index for which pg_class has no numbers,
 * as estimate_rel_size() (plancat.c) does.
 */
static double
index_density_from_width(Oid indexoid)
{
	Relation	index = index_open(indexoid, NoLock);	/* planner's lock */
	TupleDesc	desc = RelationGetDescr(index);
	int64		width = TUPLE_OVERHEAD_BYTES;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);
		int32		column_width = get_attavgwidth(indexoid, i + 1);

		if (column_width <= 0)
			column_width = get_typavgwidth(column->atttypid, column->atttypmod);
		width += column_width;
	}
	index_close(index, NoLock);
	return USABLE_PAGE_BYTES / width;	/* an integer division, as in core */
}

/*
 * Estimate the entries of a partial index, as estimate_rel_size() (plancat.c)
 * does: the metapage holds none of them.
 */
static double
partial_index_tuples(Oid indexoid, const IndexRow *row)
{
	double		pages = row->pages;
	double		relpages = row->relpages;

	if (row->pages == 0)
		return 0;
	if (row->relpages > 0)
	{
		pages--;
		relpages--;
	}
	if (row->reltuples >= 0 && relpages > 0)
		return rint(row->reltuples / relpages * pages);
	return rint(index_density_from_width(indexoid) * pages);
}

/*
 * Give an index production's size, as get_relation_info() (plancat.c) does.
 *
 * A full index has as many entries as its table has rows.  This also holds for
 * an index that production does not have; its pages stay as core has found
 * them.
 */
void
regress_override_index_size(const RelOptInfo *rel, IndexEntry *entry)
{
	IndexOptInfo *info = entry->info;

	if (info->hypothetical)
		return;
	if (entry->known)
		info->pages = entry->row.pages;
	if (info->indpred == NIL)
		info->tuples = rel->tuples;
	else if (entry->known)
		info->tuples = partial_index_tuples(info->indexoid, &entry->row);
	if (info->tuples > rel->tuples)
		info->tuples = rel->tuples;
}
