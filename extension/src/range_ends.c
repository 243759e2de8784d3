/*-------------------------------------------------------------------------
 *
 * range_ends.c
 *	  Answers the planner's probes of the ends of a B-tree.
 *
 * When a condition falls into the first or last bin of a histogram, the
 * planner reads the smallest or largest key from an index:
 * get_actual_variable_range() (selfuncs.c), the probe.  It is an index-only
 * scan with a "non-vacuumable" snapshot, which no other index scan uses.  A
 * B-tree that has a row in the side table gets a copy of the access method's
 * routine with another amgettuple.  This one recognizes the probe and returns
 * production's value; it passes any other scan to btgettuple().
 *
 * The index's entry of the relation cache points to the copy until the entry
 * is dropped.  This cannot happen while the index is open, so the indexes of a
 * plan are held open until it is made.  The value is read during the probe,
 * and lives in its memory context.
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

/*
 * index_fetch_tuple callback: say that a row is visible, and do not fetch it.
 *
 * The probe wants no more: it clears the slot at once, and takes the key from
 * the index tuple.  all_dead is false, or index_fetch_heap() (indexam.c) would
 * tell the access method to kill an index entry that does not exist.
 */
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

/*
 * index_fetch_reset and index_fetch_end callbacks: there is nothing to
 * release.
 */
static void
fetch_nothing(struct IndexFetchTableData *data pg_attribute_unused())
{
}

/*
 * A table whose rows all are visible.
 *
 * When the probe has a key, get_actual_variable_endpoint() (selfuncs.c) looks
 * into the visibility map, and then asks the table whether the row is visible.
 * There is no row, so the scan gets this table instead of its own.  All fields
 * that are not set are zero.  For each field that is set, and for the fields
 * of the scan that return_tuple() sets, here is what breaks if core changes:
 *
 * index_fetch_tuple: index_fetch_heap() (indexam.c) calls it through
 * table_index_fetch_tuple() (tableam.h).  If core asks by another callback, as
 * index_fetch_tuple_check or tuple_fetch_row_version, that callback is NULL
 * and the backend crashes.  If core reads the slot, it finds no row.
 *
 * index_fetch_reset: index_getnext_tid() (indexam.c) calls it when a scan
 * finds no more entries, index_rescan() when a scan starts anew.  If core
 * resets by another callback, that callback is NULL.
 *
 * index_fetch_end: index_endscan() (indexam.c) calls it, and forgets the
 * pointer.  If core frees the IndexFetchTableData itself, it frees a static
 * variable.
 *
 * rd_tableam: the functions above reach the callbacks through it.  If core
 * reads another field of the relation on the way, as rd_rel or rd_id, it reads
 * a NULL pointer or InvalidOid.
 *
 * rel: the functions above reach the relation through it.  19 has put flags
 * beside it, which are none here.  If core puts more into the struct that must
 * not be zero, the callers read zero.
 */
static const TableAmRoutine visible_table_am = {
	.index_fetch_tuple = fetch_visible_row,
	.index_fetch_reset = fetch_nothing,
	.index_fetch_end = fetch_nothing,
};
static RelationData visible_table = {.rd_tableam = &visible_table_am};
static IndexFetchTableData visible_fetch = {.rel = &visible_table};

/* btree's routine, and a copy with our amgettuple; see prepare_routines(). */
static IndexAmRoutine plain_btree;
static IndexAmRoutine probed_btree;

/*
 * Fill the two routines, once per session and when first needed: looking up
 * the access method takes a transaction.
 */
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
 * Give an index the routine with our amgettuple.  An index that does not have
 * btree's own is left alone: it has ours already, or that of another module.
 *
 * Only the pointer in the relation cache is replaced, so it does not matter
 * whether indexes share the routine.  If core finds amgettuple by another way
 * than rd_indam, the probe returns this database's key.
 */
static void
wrap_amgettuple(Relation index)
{
	prepare_routines();
	if (memcmp(index->rd_indam, &plain_btree, sizeof(IndexAmRoutine)) == 0)
		index->rd_indam = &probed_btree;
}

/*
 * Prepare a relation's indexes, so that probes are answered from their rows of
 * the side table.  get_actual_variable_range() (selfuncs.c) skips partial
 * indexes, so they stay as they are.
 */
void
regress_answer_range_ends(const RelOptInfo *rel, const IndexEntry *entries,
						  SideTables *side)
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

/*
 * Is a scan a probe of the planner?
 *
 * get_actual_variable_endpoint() (selfuncs.c) sets xs_want_itup, as all
 * index-only scans do, and is the only one with a non-vacuumable snapshot.
 * The other user of such a snapshot, heap_index_delete_tuples() (heapam.c),
 * has no index scan.
 */
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
 * Append zeros to an index tuple, if its column is a name.
 *
 * B-tree stores a name as cstring; no other type is stored as another one.
 * The planner copies the value with the length of type name, NAMEDATALEN
 * bytes, so the tuple must not end before.
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
 * Form an index tuple that has a value in its first column and NULL in the
 * others.
 *
 * The value of a domain is read as one of its base type, because a constraint
 * that was added NOT VALID would refuse an old value.  A name must not be
 * longer than the type allows, because convert_string_datum() (selfuncs.c)
 * looks for its end.
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
 * Was an error raised because of the value?
 *
 * A cancel, a shutdown, a lack of memory or disk space, a deadlock and a lock
 * that was not available are other errors.  They must reach the user: the plan
 * would be another one, and nobody would know why.
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
 * Form the index tuple, or return NULL if the text is not a value of the type.
 *
 * An input function may raise an error, and not all of them support soft
 * errors.  So it is called in a subtransaction, as exec_stmt_block()
 * (pl_exec.c) runs a block with exceptions.
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
 * Warn that the value of an end is not one of the column's type.  The warning
 * does not show the value, because the user may have no right to read it.
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

/*
 * Return an index tuple from amgettuple, as _bt_first() and btgettuple()
 * (nbtree) fill the scan, and replace the scan's table.
 *
 * xs_itup, xs_itupdesc: the probe takes the key from them.  If core takes it
 * from xs_hitup or from the heap, it finds no key and raises an error.
 *
 * xs_recheck: the probe takes a key without a recheck only.
 *
 * xs_heaptid: the first row of the first page, which need not exist.  The
 * probe passes its page to VM_ALL_VISIBLE(), which returns false for a page
 * that the map does not have.  If core reads that page of the heap before it
 * asks the table, an empty table is an error.
 *
 * xs_heapfetch: the scan's own is ended, because index_endscan() ends only the
 * one that is there.  If core keeps another pointer to it, that one dangles.
 */
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
 * Answer a probe; false if it has to go to the index.  *found is false if
 * production's planner finds no key at that end.
 *
 * A function of a running parallel query may plan another query.  In parallel
 * mode there is no subtransaction to parse the value in: before 17
 * BeginInternalSubTransaction() (xact.c) refuses it, and since then
 * CommandCounterIncrement() may refuse to end it.
 */
static bool
answer_probe(IndexScanDesc scan, ScanDirection dir, bool *found)
{
	Relation	index = scan->indexRelation;
	bool		descending = (index->rd_indoption[0] & INDOPTION_DESC) != 0;
	bool		maximum = ScanDirectionIsForward(dir) == descending;
	SideTables	own;
	SideTables *side;
	char	   *value;
	bool		known;
	IndexTuple	tuple;

	if (IsInParallelMode())
		return false;
	side = regress_start_reading(&own);
	if (side == NULL)
		return false;
	known = regress_read_range_end(side, RelationGetRelid(index), maximum,
								   &value);
	regress_stop_reading(side);
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

/*
 * amgettuple of a B-tree that has a row in the side table.
 */
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
 * Leave all probes to the index, on a server whose scans are not known.
 */
void
regress_answer_range_ends(const RelOptInfo *rel pg_attribute_unused(),
						  const IndexEntry *entries pg_attribute_unused(),
						  SideTables *side pg_attribute_unused())
{
}

#endif							/* REGRESS_RANGE_ENDS_KNOWN */
