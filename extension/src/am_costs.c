/*-------------------------------------------------------------------------
 *
 * am_costs.c
 *	  Costs of BRIN and GIN indexes from production's metapages.
 *
 * The cost functions of both access methods (selfuncs.c) read the metapage of
 * the index.  We wrap them for one plan at a time, in the planner's own
 * IndexOptInfo.  The metapages of this database's indexes are never written.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/brin.h"
#include "access/genam.h"
#include "access/relation.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
#include "utils/index_selfuncs.h"
#include "utils/spccache.h"

static void brin_cost_with_revmap(struct PlannerInfo *root,
								  struct IndexPath *path,
								  double loop_count,
								  Cost *indexStartupCost,
								  Cost *indexTotalCost,
								  Selectivity *indexSelectivity,
								  double *indexCorrelation,
								  double *indexPages);
static void gin_cost_with_shadow(struct PlannerInfo *root,
								 struct IndexPath *path,
								 double loop_count,
								 Cost *indexStartupCost,
								 Cost *indexTotalCost,
								 Selectivity *indexSelectivity,
								 double *indexCorrelation,
								 double *indexPages);

/*
 * Wrap the cost function of a BRIN index, unless another module has done so.
 *
 * An index keeps the size that it has here if regress_planner.sizes is off.  If
 * production's revmap is larger than that, the cost would be negative, so the
 * index is left alone.
 */
void
regress_wrap_brin_cost(IndexEntry *entry)
{
	IndexOptInfo *info = entry->info;

	if (info->relam == BRIN_AM_OID && entry->row.has_revmap_pages &&
		entry->row.revmap_pages < info->pages &&
		info->amcostestimate == brincostestimate)
		info->amcostestimate = brin_cost_with_revmap;
}

/*
 * Wrap the cost function of a GIN index, unless another module has done so.
 */
void
regress_wrap_gin_cost(IndexEntry *entry)
{
	IndexOptInfo *info = entry->info;

	if (info->relam == GIN_AM_OID && OidIsValid(entry->row.gin_shadow) &&
		info->amcostestimate == gincostestimate)
		info->amcostestimate = gin_cost_with_shadow;
}

/*
 * Read the number of revmap pages that the index has in this database, which
 * is the one brincostestimate() (selfuncs.c) has used.
 */
static BlockNumber
revmap_pages_here(Oid indexoid)
{
	Relation	index = index_open(indexoid, NoLock);	/* planner's lock */
	BrinStatsData stats;

	brinGetStats(index, &stats);
	index_close(index, NoLock);
	return stats.revmapNumPages;
}

/*
 * Estimate the cost of a BRIN index scan with production's revmap.
 *
 * brincostestimate() (selfuncs.c) charges seq_page_cost for the pages of the
 * revmap, at startup, and random_page_cost for the other pages.  It takes the
 * size of the revmap from the metapage only, so we correct its result by the
 * difference between the two sizes.
 */
static void
brin_cost_with_revmap(struct PlannerInfo *root, struct IndexPath *path,
					  double loop_count, Cost *indexStartupCost,
					  Cost *indexTotalCost, Selectivity *indexSelectivity,
					  double *indexCorrelation, double *indexPages)
{
	IndexOptInfo *info = path->indexinfo;
	IndexRow	row;
	double		missing;
	double		random_page_cost;
	double		seq_page_cost;

	brincostestimate(root, path, loop_count, indexStartupCost, indexTotalCost,
					 indexSelectivity, indexCorrelation, indexPages);

	if (!regress_find_index(info->indexoid, &row) || !row.has_revmap_pages)
		return;
	missing = (double) row.revmap_pages -
		(double) revmap_pages_here(info->indexoid);
	get_tablespace_page_costs(info->reltablespace,
							  &random_page_cost, &seq_page_cost);
	*indexStartupCost += seq_page_cost * missing * loop_count;
	*indexTotalCost += (seq_page_cost - random_page_cost) * missing * loop_count;
}

/*
 * Open the shadow of a GIN index; NULL if it has none that can be used.
 *
 * We hold locks on the side tables, so waiting for a session that drops or
 * rebuilds the shadow could be a deadlock.  Such a shadow is not used.
 */
static Relation
open_gin_shadow(Oid indexoid)
{
	IndexRow	row;
	Relation	shadow;

	if (!regress_find_index(indexoid, &row) || !OidIsValid(row.gin_shadow))
		return NULL;
	if (!ConditionalLockRelationOid(row.gin_shadow, AccessShareLock))
		return NULL;
	shadow = try_relation_open(row.gin_shadow, NoLock);
	if (shadow != NULL &&
		shadow->rd_rel->relkind == RELKIND_INDEX &&
		shadow->rd_rel->relam == GIN_AM_OID &&
		shadow->rd_rel->relpersistence == RELPERSISTENCE_PERMANENT &&
		shadow->rd_index->indisvalid &&
		shadow->rd_index->indrelid == regress_gin_shadow_table())
		return shadow;

	if (shadow != NULL)
		relation_close(shadow, NoLock);
	UnlockRelationOid(row.gin_shadow, AccessShareLock);
	regress_warn_invalid(indexoid,
						 "Its gin_shadow is not a GIN index on regress_planner.gin_shadow.");
	return NULL;
}

/*
 * Estimate the cost of a GIN index scan with production's metapage.
 *
 * gincostestimate() (selfuncs.c) uses the OID of the index only to read its
 * metapage with ginGetStats() (ginutil.c).  So we replace the OID by that of
 * the shadow, whose metapage has production's figures, during the call.
 */
static void
gin_cost_with_shadow(struct PlannerInfo *root, struct IndexPath *path,
					 double loop_count, Cost *indexStartupCost,
					 Cost *indexTotalCost, Selectivity *indexSelectivity,
					 double *indexCorrelation, double *indexPages)
{
	IndexOptInfo *info = path->indexinfo;
	Oid			indexoid = info->indexoid;
	Relation volatile shadow = open_gin_shadow(indexoid);

	if (shadow != NULL)
		info->indexoid = RelationGetRelid(shadow);
	PG_TRY();
	{
		gincostestimate(root, path, loop_count, indexStartupCost,
						indexTotalCost, indexSelectivity, indexCorrelation,
						indexPages);
	}
	PG_FINALLY();
	{
		info->indexoid = indexoid;
	}
	PG_END_TRY();
	if (shadow != NULL)
		relation_close(shadow, AccessShareLock);
}
