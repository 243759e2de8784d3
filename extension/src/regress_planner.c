/*-------------------------------------------------------------------------
 *
 * regress_planner.c
 *	  Settings and hooks.
 *
 * Core calls get_relation_info_hook at the end of get_relation_info()
 * (plancat.c), so that a module can "editorialize" on the numbers that core
 * has found.  19 calls build_simple_rel_hook at the same point instead.  There
 * we replace the numbers; the other files have the rules.  planner_hook
 * brackets everything that is read for one plan.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/transam.h"
#include "fmgr.h"
#include "optimizer/pathnode.h"
#include "optimizer/plancat.h"
#include "optimizer/planner.h"
#include "utils/selfuncs.h"

REGRESS_MODULE_MAGIC("regress_planner", REGRESS_PLANNER_VERSION);

/* GUC variables */
bool		regress_planner_enabled = true;
bool		regress_planner_range_ends = true;
bool		regress_planner_sizes = true;
bool		regress_planner_tree_height = true;
bool		regress_planner_brin = true;
bool		regress_planner_gin = true;
bool		regress_planner_order = true;
bool		regress_planner_tablespaces = true;
static char *regress_planner_version = NULL;

/* Saved hook values */
static planner_hook_type prev_planner_hook = NULL;
static get_relation_stats_hook_type prev_get_relation_stats_hook = NULL;
#if PG_VERSION_NUM >= 190000
static build_simple_rel_hook_type prev_build_simple_rel_hook = NULL;
#else
static get_relation_info_hook_type prev_get_relation_info_hook = NULL;
#endif

extern PGDLLEXPORT void _PG_init(void);

static bool first_copy_in_this_process(void);
static void define_switch(const char *name, const char *description,
						  bool *variable);

/*
 * planner_hook: make one plan.
 *
 * The overrides open the side tables during the call, and they stay open until
 * the plan is made.  After an error there is nothing to close: the resource
 * owner does that.  Only the state of the outer run has to come back, as
 * pgss_planner() (pg_stat_statements.c) restores its nesting level.
 */
static PlannedStmt *
regress_planner_hook(PLANNER_PARAMETERS)
{
	PlannerRun	run;
	PlannedStmt *volatile result = NULL;

	regress_begin_planner_run(&run);
	PG_TRY();
	{
		regress_freeze_before_planning();
		if (prev_planner_hook)
			result = prev_planner_hook(PLANNER_ARGUMENTS);
		else
			result = standard_planner(PLANNER_ARGUMENTS);
		regress_end_planner_run(&run);
	}
	PG_FINALLY();
	{
		regress_leave_planner_run(&run);
	}
	PG_END_TRY();
	return result;
}

#if PG_VERSION_NUM >= 190000
/*
 * build_simple_rel_hook: replace the planner's numbers of a relation.
 *
 * build_simple_rel() (relnode.c) calls it for every kind of range table entry,
 * after get_relation_info() for a relation.  The previous hook goes first, so
 * that we see the hypothetical indexes that it may add.
 */
static void
regress_build_simple_rel_hook(PlannerInfo *root, RelOptInfo *rel,
							  RangeTblEntry *rte)
{
	if (prev_build_simple_rel_hook)
		prev_build_simple_rel_hook(root, rel, rte);

	if (rte->rtekind == RTE_RELATION)
	{
		regress_override_planner_inputs(rte->relid, rte->inh, rel);
		regress_hide_indexes(rel);
	}
}

/*
 * Install the hook on a relation's numbers, and remember the previous one.
 */
static void
install_relation_hook(void)
{
	prev_build_simple_rel_hook = build_simple_rel_hook;
	build_simple_rel_hook = regress_build_simple_rel_hook;
}
#else
/*
 * get_relation_info_hook: replace the planner's numbers of a relation.
 *
 * get_relation_info() (plancat.c) calls it last, when it has filled the
 * RelOptInfo and its lists.  The previous hook goes first, so that we see the
 * hypothetical indexes that it may add.
 */
static void
regress_get_relation_info_hook(PlannerInfo *root, Oid relid, bool inhparent,
							   RelOptInfo *rel)
{
	if (prev_get_relation_info_hook)
		prev_get_relation_info_hook(root, relid, inhparent, rel);

	regress_override_planner_inputs(relid, inhparent, rel);
	regress_hide_indexes(rel);
}

/*
 * Install the hook on a relation's numbers, and remember the previous one.
 */
static void
install_relation_hook(void)
{
	prev_get_relation_info_hook = get_relation_info_hook;
	get_relation_info_hook = regress_get_relation_info_hook;
}
#endif

/*
 * get_relation_stats_hook: give the planner the statistics of a column.
 *
 * examine_simple_variable() (selfuncs.c) calls it before it looks into
 * pg_statistic.  We answer for columns of OIDs in system catalogs only.
 * acl_ok can be false, because the operators of type oid are leakproof: the
 * planner then uses the statistics whatever the user's privileges on the
 * column are.
 */
static bool
regress_get_relation_stats_hook(PlannerInfo *root, RangeTblEntry *rte,
								AttrNumber attnum, VariableStatData *vardata)
{
	HeapTuple	tuple;

	if (prev_get_relation_stats_hook &&
		prev_get_relation_stats_hook(root, rte, attnum, vardata))
		return true;
	if (!regress_planner_enabled || rte->rtekind != RTE_RELATION ||
		rte->relid >= FirstNormalObjectId || attnum <= 0)
		return false;

	tuple = regress_translate_statistics(root, rte, attnum);
	if (tuple == NULL)
		return false;
	vardata->statsTuple = tuple;
	vardata->freefunc = heap_freetuple;
	vardata->acl_ok = false;
	return true;
}

/*
 * Module load: define the parameters and install the hooks.
 */
void
_PG_init(void)
{
	if (!first_copy_in_this_process())
		return;

	define_switch("regress_planner.enabled",
				  "Gives the planner the restored facts of another database.",
				  &regress_planner_enabled);
	define_switch("regress_planner.sizes",
				  "Overrides pages and tuples of tables and indexes.",
				  &regress_planner_sizes);
	define_switch("regress_planner.tree_height",
				  "Overrides the height of B-tree indexes.",
				  &regress_planner_tree_height);
	define_switch("regress_planner.brin",
				  "Overrides the number of revmap pages of BRIN indexes.",
				  &regress_planner_brin);
	define_switch("regress_planner.gin",
				  "Overrides the metapage figures of GIN indexes.",
				  &regress_planner_gin);
	define_switch("regress_planner.range_ends",
				  "Overrides the values found at the ends of B-tree indexes.",
				  &regress_planner_range_ends);
	define_switch("regress_planner.order",
				  "Overrides the order of indexes and statistics objects in ties.",
				  &regress_planner_order);
	define_switch("regress_planner.tablespaces",
				  "Overrides the tablespaces that page costs are taken from.",
				  &regress_planner_tablespaces);

	DefineCustomStringVariable("regress_planner.version",
							   "Shows the version of regress_planner.",
							   NULL,
							   &regress_planner_version,
							   REGRESS_PLANNER_VERSION,
							   PGC_INTERNAL,
							   GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   NULL,
							   NULL,
							   NULL);

	regress_init_frozen_now();
	regress_init_hidden_indexes();
	MarkGUCPrefixReserved("regress_planner");
	prev_planner_hook = planner_hook;
	planner_hook = regress_planner_hook;
	prev_get_relation_stats_hook = get_relation_stats_hook;
	get_relation_stats_hook = regress_get_relation_stats_hook;
	install_relation_hook();
}

/*
 * Is this the only regress_planner library loaded here?
 *
 * The same library under another path would define the parameters twice, which
 * is an error, and in session_preload_libraries an error refuses the session.
 * A second copy therefore only lends its functions.
 */
static bool
first_copy_in_this_process(void)
{
	static char version[] = REGRESS_PLANNER_VERSION;
	void	  **loaded = find_rendezvous_variable("regress_planner");

	if (*loaded != NULL)
	{
		/* The leader of a parallel worker has loaded both, and has warned. */
		if (InitializingParallelWorker)
			return false;
		ereport(WARNING,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("regress_planner is already loaded from another file"),
				 errdetail("The copy that was loaded first (version %s) serves the planner, this one (version %s) only its functions.",
						   (const char *) *loaded, version),
				 errhint("Name one file in session_preload_libraries and in the functions of schema %s.",
						 REGRESS_PLANNER_SCHEMA)));
		return false;
	}

	*loaded = version;
	return true;
}

/*
 * Define one of the switches, which all are on by default and may be set by
 * anybody.
 */
static void
define_switch(const char *name, const char *description, bool *variable)
{
	DefineCustomBoolVariable(name,
							 description,
							 NULL,
							 variable,
							 true,
							 PGC_USERSET,
							 0,
							 NULL,
							 NULL,
							 NULL);
}
