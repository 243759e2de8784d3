/*-------------------------------------------------------------------------
 *
 * side_tables.c
 *	  Opens the side tables and fetches their rows.
 *
 * Rows are read like those of catalogs: by the primary key, and with a new
 * catalog snapshot.  All tables are locked at one time and read with one
 * snapshot.  A table with another layout or owner is named in a warning and
 * not used.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xlog.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "side_layouts.h"
#include "storage/lmgr.h"
#include "storage/sinval.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* How many relations a session remembers that it has warned of. */
#define WARNED_RELATIONS 64

/*
 * Prepare for reading.  Nothing is looked up or opened yet.
 */
void
regress_init_side_tables(SideTables *side)
{
	memset(side, 0, sizeof(SideTables));
	side->context = CurrentMemoryContext;
}

/*
 * Does this database have a schema of side tables?  It is looked up once.
 */
bool
regress_have_side_tables(SideTables *side)
{
	if (!side->looked_up)
	{
		side->schema = get_namespace_oid(REGRESS_PLANNER_SCHEMA, true);
		side->looked_up = true;
	}
	return OidIsValid(side->schema);
}

/*
 * Look up the OIDs of the tables; InvalidOid for one that does not exist.
 */
static void
find_tables(Oid *relids)
{
	Oid			schema = get_namespace_oid(REGRESS_PLANNER_SCHEMA, true);

	for (int i = 0; i < SIDE_TABLE_COUNT; i++)
		relids[i] = !OidIsValid(schema) ? InvalidOid :
			get_relname_relid(regress_side_layouts[i].name, schema);
}

/*
 * Release the locks on the first so many of the tables.
 */
static void
unlock_tables(const Oid *relids, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (OidIsValid(relids[i]))
			UnlockRelationOid(relids[i], AccessShareLock);
	}
}

/*
 * Lock all tables, or none.  If one is locked by somebody else, wait for it
 * without holding the others, and return false: waiting for one while we hold
 * another could be a deadlock with a session that drops or truncates them.
 */
static bool
try_lock_tables(const Oid *relids)
{
	for (int i = 0; i < SIDE_TABLE_COUNT; i++)
	{
		if (!OidIsValid(relids[i]) ||
			ConditionalLockRelationOid(relids[i], AccessShareLock))
			continue;
		unlock_tables(relids, i);
		LockRelationOid(relids[i], AccessShareLock);
		UnlockRelationOid(relids[i], AccessShareLock);
		return false;
	}
	return true;
}

/*
 * Lock all tables at one time, so that a plan does not see some of them before
 * a change and some after it.
 *
 * As RangeVarGetRelidExtended() (namespace.c) does, look up the names again if
 * an invalidation message came while we locked, until they mean the tables
 * that are locked.
 */
static void
lock_tables(SideTables *side)
{
	Oid			found[SIDE_TABLE_COUNT];

	find_tables(side->relids);
	for (;;)
	{
		uint64		messages = SharedInvalidMessageCounter;
		bool		locked = try_lock_tables(side->relids);

		if (locked && messages == SharedInvalidMessageCounter)
			break;
		find_tables(found);
		if (locked && memcmp(side->relids, found, sizeof(found)) == 0)
			break;
		if (locked)
			unlock_tables(side->relids, SIDE_TABLE_COUNT);
		memcpy(side->relids, found, sizeof(found));
		CHECK_FOR_INTERRUPTS();
	}
	side->locked = true;
}

/*
 * Find the reason why a table of the right name cannot be read; NULL if it
 * can.
 *
 * The owner has to be a superuser, because the table changes the plans of
 * everybody.
 */
static const char *
find_fault(Relation heap, const SideLayout *layout)
{
	TupleDesc	desc = RelationGetDescr(heap);

	if (heap->rd_rel->relkind != RELKIND_RELATION)
		return "It is not a table.";
	if (heap->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT &&
		RecoveryInProgress())
		return "It has no rows during recovery, because it is not logged.";
	if (!superuser_arg(heap->rd_rel->relowner))
		return "Its owner is not a superuser.";
	if (desc->natts != layout->ncolumns)
		return "The number of its columns differs.";
	for (int i = 0; i < layout->ncolumns; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (column->attisdropped ||
			column->atttypid != layout->columns[i].type ||
			strcmp(NameStr(column->attname), layout->columns[i].name) != 0)
			return "The names or types of its columns differ.";
	}
	return NULL;
}

/*
 * Open the primary key on the first column.  Returns NULL if there is none, or
 * if this backend is rebuilding it: systable_beginscan_ordered() (genam.c)
 * would raise an error then.
 */
static Relation
open_primary_key(Relation heap)
{
	Oid			indexoid = regress_primary_key(heap);
	Relation	index;

	if (!OidIsValid(indexoid))
		return NULL;
	index = index_open(indexoid, AccessShareLock);
	if (index->rd_rel->relam == BTREE_AM_OID &&
		!ReindexIsProcessingIndex(indexoid) &&
		index->rd_index->indisvalid &&
		index->rd_index->indnkeyatts == 1 &&
		index->rd_index->indkey.values[0] == 1)
		return index;
	index_close(index, AccessShareLock);
	return NULL;
}

/*
 * Is this the first warning of a relation in this session, or, for InvalidOid,
 * of a side table?
 *
 * The list has a fixed size, so that a session's memory does not grow.  A
 * session that warns of more relations may warn of one again.
 */
static bool
is_first_warning(Oid relid)
{
	static Oid	warned[WARNED_RELATIONS];
	static uint32 nwarnings = 0;

	for (uint32 i = 0; i < Min(nwarnings, WARNED_RELATIONS); i++)
	{
		if (warned[i] == relid)
			return false;
	}
	warned[nwarnings++ % WARNED_RELATIONS] = relid;
	return true;
}

/*
 * Warn once per session that a side table is not used.
 */
static void
warn_unfit_table(const SideLayout *layout, const char *fault)
{
	if (!is_first_warning(InvalidOid))
		return;
	ereport(WARNING,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s.%s\" is ignored",
					REGRESS_PLANNER_SCHEMA, layout->name),
			 errdetail_internal("%s", fault),
			 errhint("Drop schema %s, create extension regress_planner as a superuser and restore again.",
					 REGRESS_PLANNER_SCHEMA)));
}

/*
 * Warn once per relation and session that its side data is not used.
 */
void
regress_warn_invalid(Oid relid, const char *detail)
{
	const char *name;

	if (!is_first_warning(relid))
		return;
	name = get_rel_name(relid);
	ereport(WARNING,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("side data of \"%s\" is ignored",
					name ? name : "a dropped relation"),
			 errdetail_internal("%s", detail),
			 errhint("Restore the snapshot again.")));
}

/*
 * Open one side table, which is locked, if it can be read.
 */
static void
open_table(SideTables *side, SideTableId id)
{
	const SideLayout *layout = &regress_side_layouts[id];
	SideTable  *table = &side->tables[id];
	Relation	heap;
	Relation	primary_key = NULL;
	const char *fault;

	table->tried = true;
	if (!OidIsValid(side->relids[id]))
		return;
	heap = relation_open(side->relids[id], NoLock);
	fault = find_fault(heap, layout);
	if (fault == NULL)
	{
		primary_key = open_primary_key(heap);
		if (primary_key == NULL)
			fault = "It has no primary key on its first column.";
	}
	if (fault != NULL)
	{
		relation_close(heap, NoLock);
		warn_unfit_table(layout, fault);
		return;
	}

	if (side->snapshot == NULL)
		side->snapshot = RegisterSnapshot(GetCatalogSnapshot(side->relids[id]));
	table->primary_key = primary_key;
	table->heap = heap;
}

/*
 * Position the table's scan on a key.  A second key reuses the scan, which
 * systable_beginscan_ordered() (genam.c) would have to begin anew.
 */
static void
start_scan(SideTables *side, SideTable *table, Oid key)
{
	ScanKeyData scankey;

	ScanKeyInit(&scankey, 1, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(key));
	if (table->scan == NULL)
		table->scan = systable_beginscan_ordered(table->heap,
												 table->primary_key,
												 side->snapshot, 1, &scankey);
	else
		index_rescan(table->scan->iscan, &scankey, 1, NULL, 0);
}

/*
 * Fetch the row with a key; false if there is none.
 */
bool
regress_fetch_side_row(SideTables *side, SideTableId id, Oid key, SideRow *row)
{
	SideTable  *table = &side->tables[id];
	MemoryContext context = MemoryContextSwitchTo(side->context);
	HeapTuple	tuple = NULL;

	if (!side->locked)
		lock_tables(side);
	if (!table->tried)
		open_table(side, id);
	if (table->heap != NULL)
	{
		start_scan(side, table, key);
		tuple = systable_getnext_ordered(table->scan, ForwardScanDirection);
	}
	if (tuple != NULL)
		heap_deform_tuple(tuple, RelationGetDescr(table->heap),
						  row->values, row->nulls);
	MemoryContextSwitchTo(context);
	return tuple != NULL;
}

/*
 * End the scans, because they use much memory and pin a page each.
 */
void
regress_end_side_scans(SideTables *side)
{
	for (int i = 0; i < SIDE_TABLE_COUNT; i++)
	{
		SideTable  *table = &side->tables[i];

		if (table->scan != NULL)
			systable_endscan_ordered(table->scan);
		table->scan = NULL;
	}
}

/*
 * Close the tables and release all locks, so that the next restore need not
 * wait for the end of this transaction.
 */
void
regress_close_side_tables(SideTables *side)
{
	regress_end_side_scans(side);
	for (int i = 0; i < SIDE_TABLE_COUNT; i++)
	{
		SideTable  *table = &side->tables[i];

		if (table->heap == NULL)
			continue;
		index_close(table->primary_key, AccessShareLock);
		table_close(table->heap, NoLock);
		table->heap = NULL;
	}
	if (side->locked)
		unlock_tables(side->relids, SIDE_TABLE_COUNT);
	side->locked = false;
	if (side->snapshot != NULL)
		UnregisterSnapshot(side->snapshot);
	side->snapshot = NULL;
}

/*
 * Look up the table whose GIN indexes are shadows; InvalidOid if it does not
 * exist.
 */
Oid
regress_gin_shadow_table(void)
{
	Oid			schema = get_namespace_oid(REGRESS_PLANNER_SCHEMA, true);

	if (!OidIsValid(schema))
		return InvalidOid;
	return get_relname_relid(REGRESS_PLANNER_GIN_SHADOW, schema);
}
