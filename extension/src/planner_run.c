/*-------------------------------------------------------------------------
 *
 * planner_run.c
 *	  Side tables and indexes that one run of the planner keeps open.
 *
 * A run opens the side tables when it first needs them and closes them when
 * the plan is made.  So it sees one state of them, and the next plan sees
 * whatever has been committed since.  Nothing is cached for longer.  The
 * planner can be called inside itself, by a function that it evaluates: the
 * inner run has a state of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/genam.h"

/* The innermost planner run of this session; NULL if there is none. */
static PlannerRun *planner_run = NULL;

/*
 * Begin a planner run, perhaps nested in another.  Nothing is opened yet.
 */
void
regress_begin_planner_run(PlannerRun *run)
{
	regress_init_side_tables(&run->tables);
	run->held_indexes = NIL;
	run->owner = CurrentResourceOwner;
	run->outer = planner_run;
	planner_run = run;
}

/*
 * End a planner run that made a plan: close everything it has opened.
 */
void
regress_end_planner_run(PlannerRun *run)
{
	ListCell   *lc;

	Assert(CurrentResourceOwner == run->owner);
	foreach(lc, run->held_indexes)
		index_close((Relation) lfirst(lc), NoLock);
	list_free(run->held_indexes);
	run->held_indexes = NIL;
	regress_close_side_tables(&run->tables);
}

/*
 * Leave a planner run, also one that failed: its resource owner then closes
 * everything it has opened.
 */
void
regress_leave_planner_run(PlannerRun *run)
{
	planner_run = run->outer;
}

/*
 * Are these the tables of the innermost planner run?
 */
static bool
belong_to_planner_run(const SideTables *side)
{
	return planner_run != NULL && side == &planner_run->tables;
}

/*
 * Start reading the side tables.  Returns NULL if this database has none.
 *
 * They are those of the planner run, unless core asks for a relation outside a
 * run, as plan_cluster_use_sort() and plan_create_index_workers() (planner.c)
 * do, or with another resource owner than the run's.  Then the caller's own are
 * used.
 */
SideTables *
regress_start_reading(SideTables *own)
{
	SideTables *side;

	if (planner_run != NULL && planner_run->owner == CurrentResourceOwner)
		side = &planner_run->tables;
	else
	{
		regress_init_side_tables(own);
		side = own;
	}
	return regress_have_side_tables(side) ? side : NULL;
}

/*
 * Stop reading.  A planner run keeps its tables until it ends.
 */
void
regress_stop_reading(SideTables *side)
{
	if (belong_to_planner_run(side))
		regress_end_side_scans(side);
	else
		regress_close_side_tables(side);
}

/*
 * Keep an open index open until the planner run ends, because the relation
 * cache may drop the entry that we have changed once nobody uses it.  Outside
 * a planner run nobody probes the index, so it is closed at once.
 */
void
regress_hold_index(SideTables *side, Relation index)
{
	MemoryContext context;

	if (!belong_to_planner_run(side))
	{
		index_close(index, NoLock);
		return;
	}
	context = MemoryContextSwitchTo(side->context);
	planner_run->held_indexes = lappend(planner_run->held_indexes, index);
	MemoryContextSwitchTo(context);
}
