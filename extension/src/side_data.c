/*-------------------------------------------------------------------------
 *
 * side_data.c
 *	  Decodes rows of the side tables and refuses those that cannot be true.
 *
 * Whatever somebody has put into the tables, nothing here raises an error
 * because of it: a row that cannot be true is named in a warning and not used.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include <float.h>
#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "side_layouts.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

/* A B-tree of 2^32 pages with two downlinks on each has this many levels. */
#define MAX_TREE_HEIGHT 32

/*
 * Warn of a relation because of one column of its row.  Returns false, for the
 * caller to return.
 */
static bool
complain(Oid relid, const SideColumn *column)
{
	char	   *detail = psprintf("Its %s cannot be true.", column->name);

	regress_warn_invalid(relid, detail);
	pfree(detail);
	return false;
}

/*
 * Check that a row has all columns that are required, numbers of pages that a
 * relation can have, and numbers of rows that pg_class can hold.  An int8 is a
 * number of pages, and a float8 one of rows.
 */
static bool
check_row(SideTableId id, Oid relid, const SideRow *row)
{
	const SideLayout *layout = &regress_side_layouts[id];

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

			if (isnan(reltuples) || reltuples > FLT_MAX ||
				(reltuples < 0 && reltuples != -1))
				return complain(relid, column);
		}
	}
	return true;
}

/*
 * Read the tablespace that page costs are taken from.  Returns false if this
 * server does not have it: get_tablespace_page_costs() (spccache.c) would
 * silently use the default costs.
 */
static bool
get_tablespace(SideTableId id, Oid relid, const SideRow *row, int column,
			   Oid *tablespace)
{
	*tablespace = InvalidOid;
	if (row->nulls[column])
		return true;
	if (!SearchSysCacheExists1(TABLESPACEOID, row->values[column]))
		return complain(relid, &regress_side_layouts[id].columns[column]);
	*tablespace = DatumGetObjectId(row->values[column]);
	return true;
}

/*
 * Read a number of pages, which check_row() has found to be one.
 */
static BlockNumber
get_pages(const SideRow *row, int column)
{
	return (BlockNumber) DatumGetInt64(row->values[column]);
}

/*
 * Read the row of a table or materialized view; false if there is none to use.
 */
bool
regress_read_relation(SideTables *side, Oid relid, RelationRow *row)
{
	SideRow		side_row;

	if (!regress_fetch_side_row(side, SIDE_RELATION, relid, &side_row) ||
		!check_row(SIDE_RELATION, relid, &side_row) ||
		!get_tablespace(SIDE_RELATION, relid, &side_row, REL_TABLESPACE,
						&row->tablespace))
		return false;
	row->pages = get_pages(&side_row, REL_PAGES);
	row->relpages = get_pages(&side_row, REL_RELPAGES);
	row->reltuples = DatumGetFloat8(side_row.values[REL_RELTUPLES]);
	row->relallvisible = get_pages(&side_row, REL_RELALLVISIBLE);
	row->relhassubclass = DatumGetBool(side_row.values[REL_RELHASSUBCLASS]);
	return true;
}

/*
 * Decode the row of an index, and check the figures that check_row() cannot
 * judge by their type.
 *
 * The height of a B-tree is that of _bt_getrootheight() (nbtpage.c).  A revmap
 * is part of its index, so it has fewer pages: brincostestimate() (selfuncs.c)
 * subtracts one from the other.
 */
static bool
decode_index(Oid indexrelid, const SideRow *side_row, IndexRow *row)
{
	if (!check_row(SIDE_INDEX, indexrelid, side_row) ||
		!get_tablespace(SIDE_INDEX, indexrelid, side_row, IDX_TABLESPACE,
						&row->tablespace))
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
							&regress_side_layouts[SIDE_INDEX].columns[IDX_TREE_HEIGHT]);
	}
	row->has_revmap_pages = !side_row->nulls[IDX_BRIN_REVMAP_PAGES];
	row->revmap_pages = row->has_revmap_pages ?
		get_pages(side_row, IDX_BRIN_REVMAP_PAGES) : 0;
	if (row->has_revmap_pages && row->revmap_pages >= row->pages)
		return complain(indexrelid,
						&regress_side_layouts[SIDE_INDEX].columns[IDX_BRIN_REVMAP_PAGES]);
	row->gin_shadow = side_row->nulls[IDX_GIN_SHADOW] ? InvalidOid :
		DatumGetObjectId(side_row->values[IDX_GIN_SHADOW]);
	return true;
}

/*
 * Read the row of an index; false if there is none to use.
 */
bool
regress_read_index(SideTables *side, Oid indexrelid, IndexRow *row)
{
	SideRow		side_row;

	return regress_fetch_side_row(side, SIDE_INDEX, indexrelid, &side_row) &&
		decode_index(indexrelid, &side_row, row);
}

/*
 * Read the text of the value at one end of an index.  Returns false if the
 * index has no row, and a NULL value if production's planner finds none there.
 */
bool
regress_read_range_end(SideTables *side, Oid indexrelid, bool maximum,
					   char **value)
{
	int			column = maximum ? IDX_RANGE_MAX : IDX_RANGE_MIN;
	SideRow		side_row;

	if (!regress_fetch_side_row(side, SIDE_INDEX, indexrelid, &side_row))
		return false;
	*value = side_row.nulls[column] ? NULL :
		TextDatumGetCString(side_row.values[column]);
	return true;
}

/*
 * Read the rank of a statistics object; false if it has no row.
 */
bool
regress_read_statistics_ordinal(SideTables *side, Oid stxoid, int32 *ordinal)
{
	SideRow		side_row;

	if (!regress_fetch_side_row(side, SIDE_STATISTICS_OBJECT, stxoid, &side_row) ||
		side_row.nulls[STX_ORDINAL])
		return false;
	*ordinal = DatumGetInt32(side_row.values[STX_ORDINAL]);
	return true;
}

/*
 * Does a table have a row?
 */
bool
regress_knows_relation(SideTables *side, Oid relid)
{
	SideRow		side_row;

	return regress_fetch_side_row(side, SIDE_RELATION, relid, &side_row);
}

/*
 * Read production's OID of an object; InvalidOid if it has no row.
 */
Oid
regress_production_oid(SideTables *side, Oid oid)
{
	SideRow		side_row;

	if (!regress_fetch_side_row(side, SIDE_OBJECT, oid, &side_row) ||
		side_row.nulls[OBJ_PRODUCTION_OID])
		return InvalidOid;
	return DatumGetObjectId(side_row.values[OBJ_PRODUCTION_OID]);
}

/*
 * Read the row of one index, for a caller that reads nothing else.
 */
bool
regress_find_index(Oid indexrelid, IndexRow *row)
{
	SideTables	own;
	SideTables *side = regress_start_reading(&own);
	bool		found;

	if (side == NULL)
		return false;
	found = regress_read_index(side, indexrelid, row);
	regress_stop_reading(side);
	return found;
}
