/*-------------------------------------------------------------------------
 *
 * range_ends.c
 *	  Answers the planner's probes of the ends of a B-tree.
 *
 * When a condition falls into the first or last bin of a histogram, the planner
 * reads the smallest or largest key from an index (get_actual_variable_range(),
 * selfuncs.c).  It does so with an index-only scan under a "non-vacuumable"
 * snapshot, which no other index scan uses.  The B-trees that a restore knows
 * get a copy of the access method's routine whose amgettuple recognizes that
 * scan and hands out production's value; any other scan goes to btgettuple().
 *
 * The index's entry of the relation cache points to that routine until the entry
 * is dropped, which does not happen while an index is open, and so the indexes
 * of a plan are held open until it is made.  The value is read
 * when it is asked for and lives in the memory context of the probe.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/itup.h"
#include "access/nbtree.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "storage/itemptr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#if REGRESS_RANGE_ENDS_KNOWN

static bool gettuple_with_range_ends(IndexScanDesc scan, ScanDirection dir);

static bool
fetch_visible_row(struct IndexFetchTableData *scan pg_attribute_unused(),
				  ItemPointer tid pg_attribute_unused(),
				  Snapshot snapshot pg_attribute_unused(),
				  TupleTableSlot *slot pg_attribute_unused(),
				  bool *call_again pg_attribute_unused(),
				  bool *all_dead)
{
	if (all_dead != NULL)
		*all_dead = false;
	return true;
}

static void
fetch_nothing(struct IndexFetchTableData *data pg_attribute_unused())
{
}

/*
 * After the key the planner asks the table whether the row is visible.  There
 * is no row, so the scan gets a table of which every row is.
 */
static const TableAmRoutine visible_table_am = {
	.index_fetch_tuple = fetch_visible_row,
	.index_fetch_reset = fetch_nothing,
	.index_fetch_end = fetch_nothing,
};
static RelationData visible_table = {.rd_tableam = &visible_table_am};
static IndexFetchTableData visible_fetch = {.rel = &visible_table};

/* btree's routine, and the same with our amgettuple; filled when needed. */
static IndexAmRoutine plain_btree;
static IndexAmRoutine probed_btree;

static void
prepare_routines(void)
{
	if (probed_btree.amgettuple != NULL)
		return;
	memcpy(&plain_btree, GetIndexAmRoutineByAmId(BTREE_AM_OID, false),
		   sizeof(IndexAmRoutine));
	memcpy(&probed_btree, &plain_btree, sizeof(IndexAmRoutine));
	probed_btree.amgettuple = gettuple_with_range_ends;
}

/*
 * Give an index the routine with our amgettuple.  One that has it already, or
 * that another module has given something else, is left alone.
 */
static void
wrap_amgettuple(Relation index)
{
	prepare_routines();
	if (memcmp(index->rd_indam, &plain_btree, sizeof(IndexAmRoutine)) == 0)
		index->rd_indam = &probed_btree;
}

/*
 * Let the probes of a relation's indexes be answered from their side rows.  The
 * planner probes full indexes only.
 */
void
regress_answer_range_ends(const RelOptInfo *rel, const IndexEntry *entries,
						  SideData *side)
{
	int			nindexes = list_length(rel->indexlist);

	for (int i = 0; i < nindexes; i++)
	{
		IndexOptInfo *info = entries[i].info;
		Relation	index;

		if (!entries[i].known || info->relam != BTREE_AM_OID ||
			info->indpred != NIL)
			continue;
		index = index_open(info->indexoid, NoLock); /* planner's lock */
		wrap_amgettuple(index);
		regress_hold_index(side, index);
	}
}

static bool
is_planner_probe(IndexScanDesc scan)
{
	return regress_planner_enabled &&
		regress_planner_range_ends &&
		scan->xs_want_itup &&
		scan->xs_snapshot != NULL &&
		scan->xs_snapshot->snapshot_type == SNAPSHOT_NON_VACUUMABLE;
}

/*
 * B-tree stores a name as cstring, its one case of a storage type that is not
 * the column's, but the planner copies as many bytes as a name has.
 */
static IndexTuple
pad_name(TupleDesc desc, IndexTuple tuple)
{
	Size		size = IndexTupleSize(tuple);
	IndexTuple	padded;

	if (TupleDescAttr(desc, 0)->atttypid != CSTRINGOID)
		return tuple;
	padded = palloc0(size + NAMEDATALEN);
	memcpy(padded, tuple, size);
	return padded;
}

/*
 * Make an index tuple that has a value in its first column and nothing in the
 * others.  A domain's value is read as its base type's: the domain may have got
 * a constraint that old values need not meet.  The end of a name is looked for
 * by the planner (convert_string_datum(), selfuncs.c), so it has to have one.
 */
static IndexTuple
form_probe_tuple(Relation index, char *value)
{
	TupleDesc	desc = RelationGetDescr(index);
	Form_pg_attribute key = TupleDescAttr(desc, 0);
	Datum		values[INDEX_MAX_KEYS] = {0};
	bool		nulls[INDEX_MAX_KEYS];
	int32		typmod = key->atttypmod;
	Oid			type = getBaseTypeAndTypmod(key->atttypid, &typmod);
	Oid			input_function;
	Oid			ioparam;

	if (type == CSTRINGOID && strlen(value) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
				 errmsg("value too long for type name")));
	getTypeInputInfo(type, &input_function, &ioparam);
	values[0] = OidInputFunctionCall(input_function, value, ioparam, typmod);
	memset(nulls, true, sizeof(nulls));
	nulls[0] = false;
	return pad_name(desc, index_form_tuple(desc, values, nulls));
}

/*
 * Is an error the value's fault?  A cancel, a shutdown, a lack of memory or disk
 * space, and a lock that could not be had are not: the plan would differ without
 * anybody being told why.
 */
static bool
is_fault_of_value(const ErrorData *error)
{
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	return category != ERRCODE_OPERATOR_INTERVENTION &&
		category != ERRCODE_INSUFFICIENT_RESOURCES &&
		category != ERRCODE_SYSTEM_ERROR &&
		category != ERRCODE_TRANSACTION_ROLLBACK &&
		error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE;
}

/*
 * The same, or NULL if the text is not such a value.
 *
 * Input functions may raise errors, and not all can be asked not to, so this
 * runs in a subtransaction, which cleans up behind them.
 */
static IndexTuple
try_form_probe_tuple(Relation index, char *value)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	IndexTuple volatile tuple = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		tuple = form_probe_tuple(index, value);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (!is_fault_of_value(error))
			ReThrowError(error);
		FreeErrorData(error);
		tuple = NULL;
	}
	PG_END_TRY();
	return tuple;
}

/*
 * The detail does not repeat the value: who plans need not be who may read it.
 */
static void
warn_unreadable_end(Relation index, bool maximum)
{
	Form_pg_attribute key = TupleDescAttr(RelationGetDescr(index), 0);
	char	   *detail;

	detail = psprintf("Its %s is not a value of type %s.",
					  maximum ? "range_max" : "range_min",
					  format_type_be(key->atttypid == CSTRINGOID ?
									 NAMEOID : key->atttypid));
	regress_warn_invalid(RelationGetRelid(index), detail);
	pfree(detail);
}

static void
return_tuple(IndexScanDesc scan, IndexTuple tuple)
{
	scan->xs_itup = tuple;
	scan->xs_itupdesc = RelationGetDescr(scan->indexRelation);
	scan->xs_recheck = false;
	ItemPointerSet(&scan->xs_heaptid, 0, FirstOffsetNumber);
	if (scan->xs_heapfetch != NULL && scan->xs_heapfetch != &visible_fetch)
	{
		table_index_fetch_end(scan->xs_heapfetch);
		scan->xs_heapfetch = &visible_fetch;
	}
}

/*
 * Answer a probe; false if there is nothing to answer it with.
 *
 * In parallel mode, where a function of a running query plans another, there
 * can be no subtransaction (before 17) or it might not end (its commit starts a
 * new command).
 */
static bool
answer_probe(IndexScanDesc scan, ScanDirection dir, bool *found)
{
	Relation	index = scan->indexRelation;
	bool		descending = (index->rd_indoption[0] & INDOPTION_DESC) != 0;
	bool		maximum = ScanDirectionIsForward(dir) == descending;
	SideData	own;
	SideData   *side;
	char	   *value;
	bool		known;
	IndexTuple	tuple;

	if (IsInParallelMode())
		return false;
	side = regress_open_side_data(&own);
	if (side == NULL)
		return false;
	known = regress_read_range_end(side, RelationGetRelid(index), maximum,
								   &value);
	regress_close_side_data(side);
	if (!known)
		return false;

	*found = value != NULL;
	if (value == NULL)
		return true;
	tuple = try_form_probe_tuple(index, value);
	if (tuple == NULL)
	{
		warn_unreadable_end(index, maximum);
		return false;
	}
	return_tuple(scan, tuple);
	return true;
}

static bool
gettuple_with_range_ends(IndexScanDesc scan, ScanDirection dir)
{
	bool		found;

	if (is_planner_probe(scan) && answer_probe(scan, dir, &found))
		return found;
	return btgettuple(scan, dir);
}

#else							/* !REGRESS_RANGE_ENDS_KNOWN */

/*
 * Leave all probes to the server.
 */
void
regress_answer_range_ends(const RelOptInfo *rel pg_attribute_unused(),
						  const IndexEntry *entries pg_attribute_unused(),
						  SideData *side pg_attribute_unused())
{
}

#endif							/* REGRESS_RANGE_ENDS_KNOWN */
