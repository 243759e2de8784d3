/*-------------------------------------------------------------------------
 *
 * gin_metapage.c
 *	  Writes production's figures into the metapage of a shadow index.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/generic_xlog.h"
#include "access/genam.h"
#include "access/gin_private.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"

PG_FUNCTION_INFO_V1(regress_planner_set_gin_metapage);

/*
 * Get an argument that is a number of pages, and raise an error if it is none.
 */
static BlockNumber
get_page_count(FunctionCallInfo fcinfo, int argument, const char *name)
{
	int64		count = PG_GETARG_INT64(argument);

	if (count < 0 || count > (int64) MaxBlockNumber)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s is not a number of pages: %lld",
						name, (long long) count)));
	return (BlockNumber) count;
}

/*
 * Open a shadow, and raise an error for any other index: the metapage of an
 * index that has entries must not be changed.
 */
static Relation
open_shadow(Oid shadow)
{
	Relation	index = index_open(shadow, RowExclusiveLock);

	if (index->rd_rel->relkind != RELKIND_INDEX ||
		index->rd_rel->relam != GIN_AM_OID ||
		index->rd_index->indrelid != regress_gin_shadow_table())
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a GIN index on %s.%s",
						RelationGetRelationName(index),
						REGRESS_PLANNER_SCHEMA, REGRESS_PLANNER_GIN_SHADOW)));
	return index;
}

/*
 * set_gin_metapage(shadow regclass, n_pending_pages, n_total_pages,
 *		n_entry_pages, n_data_pages, n_entries int8)
 *
 * Writes the metapage figures of one of production's GIN indexes into a
 * shadow, as ginUpdateStats() (ginutil.c) does for VACUUM.  The generic WAL
 * record makes the change reach standbys.
 */
Datum
regress_planner_set_gin_metapage(PG_FUNCTION_ARGS)
{
	BlockNumber pending_pages = get_page_count(fcinfo, 1, "n_pending_pages");
	BlockNumber total_pages = get_page_count(fcinfo, 2, "n_total_pages");
	BlockNumber entry_pages = get_page_count(fcinfo, 3, "n_entry_pages");
	BlockNumber data_pages = get_page_count(fcinfo, 4, "n_data_pages");
	int64		entries = PG_GETARG_INT64(5);
	Relation	index;
	Buffer		buffer;
	GenericXLogState *state;
	GinMetaPageData *metadata;

	if (entries < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("n_entries is not a number of entries: %lld",
						(long long) entries)));

	PreventCommandDuringRecovery("regress_planner.set_gin_metapage()");
	index = open_shadow(PG_GETARG_OID(0));
	buffer = ReadBuffer(index, GIN_METAPAGE_BLKNO);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	state = GenericXLogStart(index);
	metadata = GinPageGetMeta(GenericXLogRegisterBuffer(state, buffer, 0));
	metadata->nPendingPages = pending_pages;
	metadata->nTotalPages = total_pages;
	metadata->nEntryPages = entry_pages;
	metadata->nDataPages = data_pages;
	metadata->nEntries = entries;
	GenericXLogFinish(state);
	UnlockReleaseBuffer(buffer);
	index_close(index, RowExclusiveLock);
	PG_RETURN_VOID();
}
