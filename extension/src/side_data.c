/*-------------------------------------------------------------------------
 *
 * side_data.c
 *	  Reads the side tables and refuses what cannot be true.
 *
 * Rows are read as catalogs are: by the primary key and with the catalog
 * snapshot, so that what a restore has committed is seen by the next plan of
 * every session.  Nothing is cached.  Nothing here raises an error because of
 * what somebody has put into the tables: a table with another layout or owner
 * and a row that cannot be true are named in a warning and not used.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include <math.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* A B-tree of 2^32 pages with two downlinks on each has this many levels. */
#define MAX_TREE_HEIGHT 32

/* How many relations are remembered as already complained about. */
#define WARNED_RELATIONS 64

typedef struct SideColumn
{
	const char *name;
	Oid			type;
	bool		required;
} SideColumn;

#define MAX_SIDE_COLUMNS 10

typedef struct SideLayout
{
	const char *name;
	int			ncolumns;
	SideColumn	columns[MAX_SIDE_COLUMNS];
} SideLayout;

/* Column numbers are positions in the layouts below. */
enum RelationColumn
{
	REL_RELID, REL_PAGES, REL_RELPAGES, REL_RELTUPLES, REL_RELALLVISIBLE,
	REL_RELHASSUBCLASS
};

enum IndexColumn
{
	IDX_INDEXRELID, IDX_PAGES, IDX_RELPAGES, IDX_RELTUPLES, IDX_ORDINAL,
	IDX_TREE_HEIGHT, IDX_BRIN_REVMAP_PAGES, IDX_GIN_SHADOW, IDX_RANGE_MIN,
	IDX_RANGE_MAX
};

enum StatisticsObjectColumn
{
	STX_STXOID, STX_ORDINAL
};

static const SideLayout layouts[SIDE_TABLE_COUNT] = {
	[SIDE_RELATION] = {"relation", 6, {
		[REL_RELID] = {"relid", OIDOID, true},
		[REL_PAGES] = {"pages", INT8OID, true},
		[REL_RELPAGES] = {"relpages", INT8OID, true},
		[REL_RELTUPLES] = {"reltuples", FLOAT8OID, true},
		[REL_RELALLVISIBLE] = {"relallvisible", INT8OID, true},
		[REL_RELHASSUBCLASS] = {"relhassubclass", BOOLOID, true},
	}},
	[SIDE_INDEX] = {"index", 10, {
		[IDX_INDEXRELID] = {"indexrelid", OIDOID, true},
		[IDX_PAGES] = {"pages", INT8OID, true},
		[IDX_RELPAGES] = {"relpages", INT8OID, true},
		[IDX_RELTUPLES] = {"reltuples", FLOAT8OID, true},
		[IDX_ORDINAL] = {"ordinal", INT4OID, true},
		[IDX_TREE_HEIGHT] = {"tree_height", INT4OID, false},
		[IDX_BRIN_REVMAP_PAGES] = {"brin_revmap_pages", INT8OID, false},
		[IDX_GIN_SHADOW] = {"gin_shadow", OIDOID, false},
		[IDX_RANGE_MIN] = {"range_min", TEXTOID, false},
		[IDX_RANGE_MAX] = {"range_max", TEXTOID, false},
	}},
	[SIDE_STATISTICS_OBJECT] = {"statistics_object", 2, {
		[STX_STXOID] = {"stxoid", OIDOID, true},
		[STX_ORDINAL] = {"ordinal", INT4OID, true},
	}},
};

typedef struct SideRow
{
	HeapTuple	tuple;
	Datum		values[MAX_SIDE_COLUMNS];
	bool		nulls[MAX_SIDE_COLUMNS];
} SideRow;

/*
 * Start reading; false if this database has no side tables.
 */
bool
regress_open_side_data(SideData *side)
{
	memset(side, 0, sizeof(SideData));
	side->schema = get_namespace_oid(REGRESS_PLANNER_SCHEMA, true);
	return OidIsValid(side->schema);
}

/*
 * Close what has been opened and let go of all locks, so that the next restore
 * need not wait for this transaction.
 */
void
regress_close_side_data(SideData *side)
{
	for (int i = 0; i < SIDE_TABLE_COUNT; i++)
	{
		SideTable  *table = &side->tables[i];

		if (table->heap == NULL)
			continue;
		index_close(table->primary_key, AccessShareLock);
		table_close(table->heap, AccessShareLock);
		table->heap = NULL;
	}
	if (side->snapshot != NULL)
		UnregisterSnapshot(side->snapshot);
	side->snapshot = NULL;
}

/*
 * What makes a table of the right name unfit to be read, or NULL.
 *
 * Only a superuser may say what the planner shall believe.
 */
static const char *
find_fault(Relation heap, const SideLayout *layout)
{
	TupleDesc	desc = RelationGetDescr(heap);

	if (heap->rd_rel->relkind != RELKIND_RELATION)
		return "It is not a table.";
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
 * Open the primary key on the first column; NULL if there is none.
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
		index->rd_index->indisvalid &&
		index->rd_index->indnkeyatts == 1 &&
		index->rd_index->indkey.values[0] == 1)
		return index;
	index_close(index, AccessShareLock);
	return NULL;
}

static void
warn_unfit_table(const SideLayout *layout, const char *fault)
{
	static bool warned = false;

	if (warned)
		return;
	warned = true;
	ereport(WARNING,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s.%s\" is ignored",
					REGRESS_PLANNER_SCHEMA, layout->name),
			 errdetail_internal("%s", fault),
			 errhint("Drop schema %s, create extension regress_planner as a superuser and restore again.",
					 REGRESS_PLANNER_SCHEMA)));
}

/*
 * Open one side table if it can be trusted.
 */
static void
open_table(SideData *side, SideTableId id)
{
	const SideLayout *layout = &layouts[id];
	SideTable  *table = &side->tables[id];
	Oid			relid = get_relname_relid(layout->name, side->schema);
	Relation	heap;
	Relation	primary_key = NULL;
	const char *fault;

	table->tried = true;
	if (!OidIsValid(relid))
		return;
	heap = try_relation_open(relid, AccessShareLock);
	if (heap == NULL)
		return;

	fault = find_fault(heap, layout);
	if (fault == NULL)
	{
		primary_key = open_primary_key(heap);
		if (primary_key == NULL)
			fault = "It has no primary key on its first column.";
	}
	if (fault != NULL)
	{
		relation_close(heap, AccessShareLock);
		warn_unfit_table(layout, fault);
		return;
	}

	table->heap = heap;
	table->primary_key = primary_key;
	if (side->snapshot == NULL)
		side->snapshot = RegisterSnapshot(GetCatalogSnapshot(relid));
}

/*
 * Fetch the row of an object; false if there is none.
 */
static bool
fetch_row(SideData *side, SideTableId id, Oid key, SideRow *row)
{
	SideTable  *table = &side->tables[id];
	ScanKeyData scankey;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!table->tried)
		open_table(side, id);
	if (table->heap == NULL)
		return false;

	ScanKeyInit(&scankey, 1, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(key));
	scan = systable_beginscan_ordered(table->heap, table->primary_key,
									  side->snapshot, 1, &scankey);
	tuple = systable_getnext_ordered(scan, ForwardScanDirection);
	row->tuple = HeapTupleIsValid(tuple) ? heap_copytuple(tuple) : NULL;
	systable_endscan_ordered(scan);

	if (row->tuple == NULL)
		return false;
	heap_deform_tuple(row->tuple, RelationGetDescr(table->heap),
					  row->values, row->nulls);
	return true;
}

/*
 * Say once per relation and session that its side data is not used.
 *
 * The list has a fixed size: nothing is allocated for it, and it takes more
 * than that many broken relations before one is named again.
 */
void
regress_warn_invalid(Oid relid, const char *detail)
{
	static Oid	warned[WARNED_RELATIONS];
	static int	next = 0;
	const char *name = get_rel_name(relid);

	for (int i = 0; i < WARNED_RELATIONS; i++)
	{
		if (warned[i] == relid)
			return;
	}
	warned[next] = relid;
	next = (next + 1) % WARNED_RELATIONS;

	ereport(WARNING,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("side data of \"%s\" is ignored",
					name ? name : "a dropped relation"),
			 errdetail_internal("%s", detail),
			 errhint("Restore the snapshot again.")));
}

static bool
complain(Oid relid, const SideColumn *column)
{
	char	   *detail = psprintf("Its %s cannot be true.", column->name);

	regress_warn_invalid(relid, detail);
	pfree(detail);
	return false;
}

/*
 * Is each required column there, each number of pages one that a relation can
 * have, and each number of rows one that pg_class can hold?
 */
static bool
check_row(SideTableId id, Oid relid, const SideRow *row)
{
	const SideLayout *layout = &layouts[id];

	for (int i = 0; i < layout->ncolumns; i++)
	{
		const SideColumn *column = &layout->columns[i];

		if (row->nulls[i])
		{
			if (column->required)
				return complain(relid, column);
		}
		else if (column->type == INT8OID)
		{
			int64		pages = DatumGetInt64(row->values[i]);

			if (pages < 0 || pages > (int64) MaxBlockNumber)
				return complain(relid, column);
		}
		else if (column->type == FLOAT8OID)
		{
			double		reltuples = DatumGetFloat8(row->values[i]);

			if (isnan(reltuples) || isinf(reltuples) ||
				(reltuples < 0 && reltuples != -1))
				return complain(relid, column);
		}
	}
	return true;
}

static BlockNumber
get_pages(const SideRow *row, int column)
{
	return (BlockNumber) DatumGetInt64(row->values[column]);
}

/*
 * Read what is known of a table or materialized view.
 */
bool
regress_read_relation(SideData *side, Oid relid, RelationRow *row)
{
	SideRow		side_row;
	bool		valid;

	if (!fetch_row(side, SIDE_RELATION, relid, &side_row))
		return false;
	valid = check_row(SIDE_RELATION, relid, &side_row);
	if (valid)
	{
		row->pages = get_pages(&side_row, REL_PAGES);
		row->relpages = get_pages(&side_row, REL_RELPAGES);
		row->reltuples = DatumGetFloat8(side_row.values[REL_RELTUPLES]);
		row->relallvisible = get_pages(&side_row, REL_RELALLVISIBLE);
		row->relhassubclass = DatumGetBool(side_row.values[REL_RELHASSUBCLASS]);
	}
	heap_freetuple(side_row.tuple);
	return valid;
}

static bool
decode_index(Oid indexrelid, const SideRow *side_row, IndexRow *row)
{
	if (!check_row(SIDE_INDEX, indexrelid, side_row))
		return false;

	row->pages = get_pages(side_row, IDX_PAGES);
	row->relpages = get_pages(side_row, IDX_RELPAGES);
	row->reltuples = DatumGetFloat8(side_row->values[IDX_RELTUPLES]);
	row->ordinal = DatumGetInt32(side_row->values[IDX_ORDINAL]);
	row->tree_height = -1;
	if (!side_row->nulls[IDX_TREE_HEIGHT])
	{
		row->tree_height = DatumGetInt32(side_row->values[IDX_TREE_HEIGHT]);
		if (row->tree_height < 0 || row->tree_height > MAX_TREE_HEIGHT)
			return complain(indexrelid,
							&layouts[SIDE_INDEX].columns[IDX_TREE_HEIGHT]);
	}
	row->has_revmap_pages = !side_row->nulls[IDX_BRIN_REVMAP_PAGES];
	row->revmap_pages = row->has_revmap_pages ?
		get_pages(side_row, IDX_BRIN_REVMAP_PAGES) : 0;
	row->gin_shadow = side_row->nulls[IDX_GIN_SHADOW] ? InvalidOid :
		DatumGetObjectId(side_row->values[IDX_GIN_SHADOW]);
	return true;
}

/*
 * Read what is known of an index.
 */
bool
regress_read_index(SideData *side, Oid indexrelid, IndexRow *row)
{
	SideRow		side_row;
	bool		valid;

	if (!fetch_row(side, SIDE_INDEX, indexrelid, &side_row))
		return false;
	valid = decode_index(indexrelid, &side_row, row);
	heap_freetuple(side_row.tuple);
	return valid;
}

/*
 * Read the text of the value at one end of an index; false if the index is not
 * known, a NULL value if production's planner finds none there.
 */
bool
regress_read_range_end(SideData *side, Oid indexrelid, bool maximum,
					   char **value)
{
	int			column = maximum ? IDX_RANGE_MAX : IDX_RANGE_MIN;
	SideRow		side_row;

	if (!fetch_row(side, SIDE_INDEX, indexrelid, &side_row))
		return false;
	*value = side_row.nulls[column] ? NULL :
		TextDatumGetCString(side_row.values[column]);
	heap_freetuple(side_row.tuple);
	return true;
}

/*
 * Read the rank of a statistics object.
 */
bool
regress_read_statistics_ordinal(SideData *side, Oid stxoid, int32 *ordinal)
{
	SideRow		side_row;
	bool		found;

	if (!fetch_row(side, SIDE_STATISTICS_OBJECT, stxoid, &side_row))
		return false;
	found = !side_row.nulls[STX_ORDINAL];
	if (found)
		*ordinal = DatumGetInt32(side_row.values[STX_ORDINAL]);
	heap_freetuple(side_row.tuple);
	return found;
}

/*
 * Read one index outside the hook.
 */
bool
regress_find_index(Oid indexrelid, IndexRow *row)
{
	SideData	side;
	bool		found;

	if (!regress_open_side_data(&side))
		return false;
	found = regress_read_index(&side, indexrelid, row);
	regress_close_side_data(&side);
	return found;
}

/*
 * The table whose GIN indexes are shadows, or InvalidOid.
 */
Oid
regress_gin_shadow_table(void)
{
	Oid			schema = get_namespace_oid(REGRESS_PLANNER_SCHEMA, true);

	if (!OidIsValid(schema))
		return InvalidOid;
	return get_relname_relid(REGRESS_PLANNER_GIN_SHADOW, schema);
}
