/*-------------------------------------------------------------------------
 *
 * mcv_list.c
 *	  Builds a pg_mcv_list from text.
 *
 * pg_mcv_list_in() (mcv.c) refuses all input.  The bytes of the type cannot be
 * copied either, because they hold OIDs of types and enum labels, which differ
 * between databases.  So we build the list from the texts of its items, for
 * the columns and expressions of a statistics object of this database, and
 * core serializes it.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "statistics/extended_stats_internal.h"
#include "statistics/statistics.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(regress_planner_build_mcv_list);

/* One column or expression of the statistics object. */
typedef struct Dimension
{
	VacAttrStats stats;
	FmgrInfo	input_function;
	Oid			ioparam;
} Dimension;

/* The elements of the array arguments. */
typedef struct ItemArrays
{
	int			nvalues;
	Datum	   *values;
	bool	   *values_null;
	Datum	   *nulls;
	int			nitems;
	Datum	   *frequencies;
	Datum	   *base_frequencies;
} ItemArrays;

/*
 * Raise an error because of an argument.
 */
static void
refuse(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("cannot build an MCV list"),
			 errdetail_internal("%s", detail)));
}

/*
 * Get the elements of an array argument, and return their number.  NULL
 * elements are refused if the caller does not ask for them.
 */
static int
deconstruct(ArrayType *array, Oid type, Datum **elements, bool **nulls)
{
	int16		typlen;
	bool		typbyval;
	char		typalign;
	int			count;

	if (ARR_NDIM(array) > 1)
		refuse("The arrays must have one dimension.");
	if (nulls == NULL && array_contains_nulls(array))
		refuse("Only vals may contain NULL.");
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	deconstruct_array(array, type, typlen, typbyval, typalign,
					  elements, nulls, &count);
	return count;
}

/*
 * Get the elements of all array arguments, and check their numbers.
 */
static void
read_arguments(FunctionCallInfo fcinfo, ItemArrays *items)
{
	items->nvalues = deconstruct(PG_GETARG_ARRAYTYPE_P(1), TEXTOID,
								 &items->values, &items->values_null);
	if (deconstruct(PG_GETARG_ARRAYTYPE_P(2), BOOLOID,
					&items->nulls, NULL) != items->nvalues)
		refuse("vals and nulls must have the same length.");
	items->nitems = deconstruct(PG_GETARG_ARRAYTYPE_P(3), FLOAT8OID,
								&items->frequencies, NULL);
	if (deconstruct(PG_GETARG_ARRAYTYPE_P(4), FLOAT8OID,
					&items->base_frequencies, NULL) != items->nitems)
		refuse("frequencies and base_frequencies must have the same length.");
	if (items->nitems < 1 || items->nitems > STATS_MCVLIST_MAX_ITEMS)
		refuse("The number of items is out of range.");
}

/*
 * Set the type of a dimension: the fields of VacAttrStats that
 * statext_mcv_serialize() (mcv.c) reads, and the type's input function.
 */
static void
set_dimension_type(Dimension *dimension, Oid type, int32 typmod, Oid collation)
{
	HeapTuple	tuple;
	Oid			input_function;

	tuple = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	dimension->stats.attrtypid = type;
	dimension->stats.attrtypmod = typmod;
	dimension->stats.attrtype = (Form_pg_type) GETSTRUCT(tuple);
	dimension->stats.attrcollid = collation;
	getTypeInputInfo(type, &input_function, &dimension->ioparam);
	fmgr_info(input_function, &dimension->input_function);
}

/*
 * Get the expressions of a statistics object, as
 * fetch_statentries_for_relation() (extended_stats.c) reads them.  Only their
 * types are needed, so they are not simplified.
 */
static List *
get_expressions(HeapTuple tuple)
{
	bool		isnull;
	Datum		nodes;

	nodes = SysCacheGetAttr(STATEXTOID, tuple, Anum_pg_statistic_ext_stxexprs,
							&isnull);
	if (isnull)
		return NIL;
	return (List *) stringToNode(TextDatumGetCString(nodes));
}

/*
 * Is an MCV list among the kinds of statistics of the object?
 */
static bool
has_mcv_kind(HeapTuple tuple)
{
	bool		isnull;
	Datum		datum;
	ArrayType  *kinds;

	datum = SysCacheGetAttr(STATEXTOID, tuple, Anum_pg_statistic_ext_stxkind,
							&isnull);
	if (isnull)
		return false;
	kinds = DatumGetArrayTypeP(datum);
	return memchr(ARR_DATA_PTR(kinds), STATS_EXT_MCV,
				  ArrayGetNItems(ARR_NDIM(kinds), ARR_DIMS(kinds))) != NULL;
}

/*
 * Look up the dimensions of a statistics object, and return their number.
 * Columns come first, by attribute number, then expressions, as in
 * make_build_data() (extended_stats.c).
 */
static int
read_dimensions(Oid stxoid, Dimension *dimensions)
{
	HeapTuple	tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(stxoid));
	Form_pg_statistic_ext object;
	List	   *expressions;
	ListCell   *lc;
	int			ndimensions = 0;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("statistics object with OID %u does not exist",
						stxoid)));
	if (!has_mcv_kind(tuple))
		refuse("The statistics object is not of kind mcv.");
	object = (Form_pg_statistic_ext) GETSTRUCT(tuple);
	expressions = get_expressions(tuple);
	if (object->stxkeys.dim1 + list_length(expressions) > STATS_MAX_DIMENSIONS)
		refuse("The statistics object has too many dimensions.");

	for (int i = 0; i < object->stxkeys.dim1; i++)
	{
		Oid			type;
		int32		typmod;
		Oid			collation;

		get_atttypetypmodcoll(object->stxrelid, object->stxkeys.values[i],
							  &type, &typmod, &collation);
		set_dimension_type(&dimensions[ndimensions++], type, typmod, collation);
	}
	foreach(lc, expressions)
	{
		Node	   *expression = lfirst(lc);

		set_dimension_type(&dimensions[ndimensions++], exprType(expression),
						   exprTypmod(expression), exprCollation(expression));
	}
	ReleaseSysCache(tuple);
	return ndimensions;
}

/*
 * Get a frequency, and refuse a number that is none.
 */
static double
get_frequency(Datum datum)
{
	double		frequency = DatumGetFloat8(datum);

	if (isnan(frequency) || frequency < 0 || frequency > 1)
		refuse("A frequency must be between 0 and 1.");
	return frequency;
}

/*
 * Read the item at a position of the arrays, with all its dimensions.
 */
static void
read_item(MCVItem *item, const ItemArrays *items, int position,
		  Dimension *dimensions, int ndimensions)
{
	item->frequency = get_frequency(items->frequencies[position]);
	item->base_frequency = get_frequency(items->base_frequencies[position]);
	item->isnull = palloc0(sizeof(bool) * ndimensions);
	item->values = palloc0(sizeof(Datum) * ndimensions);

	for (int i = 0; i < ndimensions; i++)
	{
		Dimension  *dimension = &dimensions[i];
		int			element = position * ndimensions + i;

		item->isnull[i] = DatumGetBool(items->nulls[element]);
		if (item->isnull[i])
			continue;
		if (items->values_null[element])
			refuse("A value that nulls says is there is NULL.");
		item->values[i] = InputFunctionCall(&dimension->input_function,
											TextDatumGetCString(items->values[element]),
											dimension->ioparam,
											dimension->stats.attrtypmod);
	}
}

/*
 * build_mcv_list(stxoid oid, vals text[], nulls bool[], frequencies float8[],
 *		base_frequencies float8[])
 *
 * Fills the MCVList as statext_mcv_build() (mcv.c) does, from the arguments
 * instead of a sample of rows.
 */
Datum
regress_planner_build_mcv_list(PG_FUNCTION_ARGS)
{
	Dimension  *dimensions = palloc0(sizeof(Dimension) * STATS_MAX_DIMENSIONS);
	VacAttrStats *stats[STATS_MAX_DIMENSIONS];
	int			ndimensions;
	ItemArrays	items;
	MCVList    *list;

	ndimensions = read_dimensions(PG_GETARG_OID(0), dimensions);
	read_arguments(fcinfo, &items);
	if (items.nvalues != items.nitems * ndimensions)
		refuse("The length of vals must be that of frequencies times the number of dimensions.");

	list = palloc0(offsetof(MCVList, items) + sizeof(MCVItem) * items.nitems);
	list->magic = STATS_MCV_MAGIC;
	list->type = STATS_MCV_TYPE_BASIC;
	list->nitems = items.nitems;
	list->ndimensions = ndimensions;
	for (int i = 0; i < ndimensions; i++)
	{
		stats[i] = &dimensions[i].stats;
		list->types[i] = stats[i]->attrtypid;
	}
	for (int i = 0; i < items.nitems; i++)
		read_item(&list->items[i], &items, i, dimensions, ndimensions);

	PG_RETURN_BYTEA_P(statext_mcv_serialize(list, stats));
}
