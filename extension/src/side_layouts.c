/*-------------------------------------------------------------------------
 *
 * side_layouts.c
 *	  Layouts of the side tables, made from the columns in side_layouts.h.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "side_layouts.h"

#define SIDE_COLUMN(number, name, type, required) \
	[number] = {name, type, required},

const SideLayout regress_side_layouts[SIDE_TABLE_COUNT] = {
	[SIDE_RELATION] = {
		"relation", REL_COLUMN_COUNT, {RELATION_COLUMNS(SIDE_COLUMN)}
	},
	[SIDE_INDEX] = {
		"index", IDX_COLUMN_COUNT, {INDEX_COLUMNS(SIDE_COLUMN)}
	},
	[SIDE_STATISTICS_OBJECT] = {
		"statistics_object", STX_COLUMN_COUNT,
		{STATISTICS_OBJECT_COLUMNS(SIDE_COLUMN)}
	},
	[SIDE_OBJECT] = {
		"object", OBJ_COLUMN_COUNT, {OBJECT_COLUMNS(SIDE_COLUMN)}
	},
};

StaticAssertDecl((int) REL_COLUMN_COUNT <= MAX_SIDE_COLUMNS &&
				 (int) STX_COLUMN_COUNT <= MAX_SIDE_COLUMNS &&
				 (int) OBJ_COLUMN_COUNT <= MAX_SIDE_COLUMNS,
				 "a side table has more columns than SideRow");
