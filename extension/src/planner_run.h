/*-------------------------------------------------------------------------
 *
 * planner_run.h
 *	  One run of the planner, and what it keeps open.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_PLANNER_RUN_H
#define REGRESS_PLANNER_RUN_H

#include "nodes/pg_list.h"
#include "side_tables.h"
#include "utils/resowner.h"

typedef struct PlannerRun
{
	SideTables	tables;
	List	   *held_indexes;	/* open until the run ends */
	ResourceOwner owner;		/* of everything that the run has opened */
	struct PlannerRun *outer;	/* NULL if this run is not nested */
} PlannerRun;

extern void regress_begin_planner_run(PlannerRun *run);
extern void regress_end_planner_run(PlannerRun *run);
extern void regress_leave_planner_run(PlannerRun *run);
extern SideTables *regress_start_reading(SideTables *own);
extern void regress_stop_reading(SideTables *side);
extern void regress_hold_index(SideTables *side, Relation index);

#endif							/* REGRESS_PLANNER_RUN_H */
