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
#include "catalog/namespace.h"
#include "side_tables.h"

/* The innermost planner run of this session; NULL if there is none. */
static SideData *planner_run = NULL;

/*
 * Begin a planner run, and return the run that it is nested in, if any.
 * Nothing is opened yet.
 */
SideData *
regress_begin_planner_run(SideData *run)
{
	SideData   *outer = planner_run;

	memset(run, 0, sizeof(SideData));
	run->context = CurrentMemoryContext;
	run->owner = CurrentResourceOwner;
	planner_run = run;
	return outer;
}

/*
 * End a planner run that made a plan: close everything it has opened.
 */
void
regress_end_planner_run(SideData *run)
{
	ListCell   *lc;

	Assert(CurrentResourceOwner == run->owner);
	foreach(lc, run->held_indexes)
		index_close((Relation) lfirst(lc), NoLock);
	list_free(run->held_indexes);
	run->held_indexes = NIL;
	regress_close_side_tables(run);
}

/*
 * Leave a planner run, also one that failed: its resource owner then closes
 * everything it has opened.
 */
void
regress_leave_planner_run(SideData *outer)
{
	planner_run = outer;
}

/*
 * Start reading, with the tables of the planner run.  The caller lends a state
 * of its own for a relation that core asks for outside a run, as
 * plan_cluster_use_sort() and plan_create_index_workers() (planner.c) do.
 * Returns NULL if this database has no side tables.
 */
SideData *
regress_open_side_data(SideData *own)
{
	SideData   *side = planner_run;

	if (side == NULL || side->owner != CurrentResourceOwner)
	{
		memset(own, 0, sizeof(SideData));
		own->context = CurrentMemoryContext;
		own->owner = CurrentResourceOwner;
		side = own;
	}
	if (!side->started)
	{
		side->schema = get_namespace_oid(REGRESS_PLANNER_SCHEMA, true);
		side->started = true;
	}
	return OidIsValid(side->schema) ? side : NULL;
}

/*
 * Stop reading.  A planner run keeps its tables until it ends.
 */
void
regress_close_side_data(SideData *side)
{
	if (side == planner_run)
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
regress_hold_index(SideData *side, Relation index)
{
	MemoryContext context;

	if (side != planner_run)
	{
		index_close(index, NoLock);
		return;
	}
	context = MemoryContextSwitchTo(side->context);
	side->held_indexes = lappend(side->held_indexes, index);
	MemoryContextSwitchTo(context);
}
