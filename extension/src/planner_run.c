/*-------------------------------------------------------------------------
 *
 * planner_run.c
 *	  What one run of the planner keeps open.
 *
 * A run opens the side tables when it first needs them and closes them when the
 * plan is made, so it sees one state of them, and the next plan sees what has
 * been committed since.  Nothing is cached beyond that.  The planner can be
 * called inside itself, by a function that it evaluates: such a run has a state
 * of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/genam.h"
#include "catalog/namespace.h"
#include "side_tables.h"

/* What the planner run that is going on has opened. */
static SideData *planner_run = NULL;

/*
 * Begin a planner run, inside another's perhaps, which is returned.  Nothing
 * is opened before it is asked for.
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
 * End a planner run that made a plan: close all.
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
 * Leave a planner run, also one that failed: what it had opened is then closed
 * by its resource owner.
 */
void
regress_leave_planner_run(SideData *outer)
{
	planner_run = outer;
}

/*
 * Start reading: with what the planner run has opened, or with an own state
 * where core asks for a relation outside the planner (CLUSTER, CREATE INDEX).
 * NULL if this database has no side tables.
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
 * cache keeps what we have put there only as long as it is in use.  Outside a
 * planner run nobody probes it.
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
