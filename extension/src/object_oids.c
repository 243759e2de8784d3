/*-------------------------------------------------------------------------
 *
 * object_oids.c
 *	  Statistics of OID columns, for queries on the system catalogs.
 *
 * The most common values of a column such as pg_attribute.attrelid are OIDs of
 * production, but a condition such as attrelid = 'orders'::regclass has an OID
 * of this database.  If a query compares such a column with the OID of an
 * object, the planner gets a copy of the column's statistics in which this
 * database's OID of the object and production's have changed places.  The
 * condition then has the selectivity that it has in production.  All other
 * values stay the same, for joins and ranges.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* The column whose statistics the planner asks for. */
typedef struct AskedColumn
{
	PlannerInfo *root;
	int			varno;
	AttrNumber	attnum;
} AskedColumn;

/*
 * Is an expression the column, perhaps relabeled to another type?  As in
 * examine_variable() (selfuncs.c), nothing else counts as the column itself.
 */
static bool
is_column(Node *node, const AskedColumn *column)
{
	while (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node != NULL && IsA(node, Var) &&
		((Var *) node)->varno == column->varno &&
		((Var *) node)->varattno == column->attnum &&
		((Var *) node)->varlevelsup == 0;
}

/*
 * Find the value that the column is compared with, as
 * get_restriction_variable() (selfuncs.c) does.  Returns NULL if the planner
 * cannot know it.
 */
static Const *
known_value(Node *node, const AskedColumn *column)
{
	Node	   *value;

	if (contain_var_clause(node))
		return NULL;
	value = estimate_expression_value(column->root, node);
	while (value != NULL && IsA(value, RelabelType))
		value = (Node *) ((RelabelType *) value)->arg;
	return value != NULL && IsA(value, Const) &&
		!((Const *) value)->constisnull ? (Const *) value : NULL;
}

/*
 * Add an OID, unless it is that of a system object, which is the same in all
 * databases of a major.
 */
static List *
append_oid(List *oids, Oid oid)
{
	return oid >= FirstNormalObjectId ? list_append_unique_oid(oids, oid) : oids;
}

/*
 * Add the OIDs of an array.  scalararraysel() (selfuncs.c) compares the column
 * with each element in turn.
 */
static List *
append_array(List *oids, const Const *value)
{
	ArrayType  *array = DatumGetArrayTypeP(value->constvalue);
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	if (get_typlen(ARR_ELEMTYPE(array)) != sizeof(Oid))
		return oids;
	deconstruct_array(array, ARR_ELEMTYPE(array), sizeof(Oid), true,
					  TYPALIGN_INT, &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (!nulls[i])
			oids = append_oid(oids, DatumGetObjectId(elements[i]));
	}
	return oids;
}

/*
 * Add the OIDs that a condition compares the column with, by = or = ANY.
 */
static List *
append_condition(List *oids, Node *clause, const AskedColumn *column)
{
	Const	   *value = NULL;

	if (IsA(clause, OpExpr) && list_length(((OpExpr *) clause)->args) == 2 &&
		get_opcode(((OpExpr *) clause)->opno) == F_OIDEQ)
	{
		Node	   *left = linitial(((OpExpr *) clause)->args);
		Node	   *right = lsecond(((OpExpr *) clause)->args);

		if (is_column(left, column))
			value = known_value(right, column);
		else if (is_column(right, column))
			value = known_value(left, column);
		if (value != NULL && value->constbyval &&
			value->constlen == sizeof(Oid))
			return append_oid(oids, DatumGetObjectId(value->constvalue));
	}
	else if (IsA(clause, ScalarArrayOpExpr) &&
			 get_opcode(((ScalarArrayOpExpr *) clause)->opno) == F_OIDEQ &&
			 is_column(linitial(((ScalarArrayOpExpr *) clause)->args), column))
	{
		value = known_value(lsecond(((ScalarArrayOpExpr *) clause)->args),
							column);
		if (value != NULL && OidIsValid(get_element_type(value->consttype)))
			return append_array(oids, value);
	}
	return oids;
}

/*
 * Collect the OIDs of objects that the query compares a column with.
 */
static List *
compared_oids(PlannerInfo *root, const RangeTblEntry *rte, AttrNumber attnum)
{
	AskedColumn column = {.root = root, .attnum = attnum};
	RelOptInfo *rel = NULL;
	List	   *oids = NIL;
	ListCell   *lc;

	for (int i = 1; i < root->simple_rel_array_size && rel == NULL; i++)
	{
		if (root->simple_rte_array[i] == rte)
		{
			rel = root->simple_rel_array[i];
			column.varno = i;
		}
	}
	if (rel == NULL)
		return NIL;
	foreach(lc, rel->baserestrictinfo)
		oids = append_condition(oids,
								(Node *) lfirst_node(RestrictInfo, lc)->clause,
								&column);
	return oids;
}

/*
 * Let two OIDs change places in an array; false if it has neither.
 *
 * production is InvalidOid for an object that production does not have.  A
 * zero in the array stays, because it is a common value itself, for "no such
 * object".
 */
static bool
swap_oids(ArrayType *values, Oid here, Oid production)
{
	Oid		   *elements = (Oid *) ARR_DATA_PTR(values);
	int			count = ArrayGetNItems(ARR_NDIM(values), ARR_DIMS(values));
	bool		found = false;

	for (int i = 0; i < count; i++)
	{
		if (elements[i] == here)
			elements[i] = production;
		else if (OidIsValid(production) && elements[i] == production)
			elements[i] = here;
		else
			continue;
		found = true;
	}
	return found;
}

/*
 * Copy the most common values of a column of OIDs, and find their slot, as
 * get_attstatsslot() (lsyscache.c) does.  Returns NULL if there are none.
 */
static ArrayType *
common_oids(HeapTuple tuple, int *slot)
{
	Form_pg_statistic statistics = (Form_pg_statistic) GETSTRUCT(tuple);
	int16	   *kinds = &statistics->stakind1;

	for (*slot = 0; *slot < STATISTIC_NUM_SLOTS; (*slot)++)
	{
		bool		isnull;
		Datum		values;
		ArrayType  *array;

		if (kinds[*slot] != STATISTIC_KIND_MCV)
			continue;
		values = SysCacheGetAttr(STATRELATTINH, tuple,
								 Anum_pg_statistic_stavalues1 + *slot, &isnull);
		if (isnull)
			return NULL;
		array = DatumGetArrayTypePCopy(values);
		return ARR_ELEMTYPE(array) == OIDOID && !ARR_HASNULL(array) ?
			array : NULL;
	}
	return NULL;
}

/*
 * Copy a row of pg_statistic, with other values in one slot.
 */
static HeapTuple
with_values(HeapTuple tuple, int slot, ArrayType *values)
{
	Relation	catalog = table_open(StatisticRelationId, AccessShareLock);
	Datum		datums[Natts_pg_statistic] = {0};
	bool		nulls[Natts_pg_statistic] = {0};
	bool		replace[Natts_pg_statistic] = {0};
	int			column = Anum_pg_statistic_stavalues1 + slot - 1;
	HeapTuple	changed;

	datums[column] = PointerGetDatum(values);
	replace[column] = true;
	changed = heap_modify_tuple(tuple, RelationGetDescr(catalog), datums,
								nulls, replace);
	table_close(catalog, AccessShareLock);
	return changed;
}

/*
 * Copy the statistics of a column of a system catalog, and let the OIDs that
 * the query compares it with change places with production's.  Returns NULL if
 * that changes nothing.
 */
HeapTuple
regress_translate_statistics(PlannerInfo *root, const RangeTblEntry *rte,
							 AttrNumber attnum)
{
	HeapTuple	tuple;
	HeapTuple	changed = NULL;
	ArrayType  *values;
	SideTables	own;
	SideTables *side;
	List	   *oids;
	ListCell   *lc;
	bool		differs = false;
	int			slot;

	if (get_atttype(rte->relid, attnum) != OIDOID)
		return NULL;
	oids = compared_oids(root, rte, attnum);
	if (oids == NIL || (side = regress_start_reading(&own)) == NULL)
		return NULL;
	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(rte->relid),
							Int16GetDatum(attnum), BoolGetDatum(rte->inh));
	values = HeapTupleIsValid(tuple) ? common_oids(tuple, &slot) : NULL;
	if (values != NULL && regress_knows_relation(side, rte->relid))
	{
		foreach(lc, oids)
			differs |= swap_oids(values, lfirst_oid(lc),
								 regress_production_oid(side, lfirst_oid(lc)));
		if (differs)
			changed = with_values(tuple, slot, values);
	}
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	regress_stop_reading(side);
	return changed;
}
