/**
 * Sets up a target that plans as production does, and plans suites there. Composes the stages from the snapshot to the
 * plan.
 */
export type { MappedSnapshot } from '../predict/index.ts';
export { relationsOfAutoCases, withAutoCases } from './auto-cases.ts';
export { findReasons, type Reasons, reasonsFor, relationsOf } from './deviation-reasons.ts';
export { comparedFlip } from './plan-flips.ts';
export {
  type PlanMaker,
  planItemsOf,
  planOne,
  planSuites,
  snapshotDigestOf,
  withPlanMaker,
  withPlannedSuites,
} from './plan-suites.ts';
export type { PlanItem, Planned, Plans, PlanWithout } from './planned.ts';
export { planRequests, productionPlansByQuery, reproductionOf, summarizeReproduction } from './production-plans.ts';
export { conditionsOf, settingsInForce, warnOfConditions } from './session/conditions.ts';
export { extensionFor } from './session/extension-source.ts';
export { openRunSnapshot } from './session/open-snapshot.ts';
export { type Planner, planAs, sourcePlanner } from './session/planner-role.ts';
export { diagnoseRangeEnds, warnOfRangeEnds } from './session/range-ends.ts';
export { warnOfRestore } from './session/restore-warnings.ts';
export type { RunContext } from './session/run-context.ts';
export {
  type OpenDatabase,
  openDatabase,
  openThrowaway,
  type PlanningOptions,
  type PlanningSession,
  restoreInto,
  withPlanningSession,
} from './session/session.ts';
export type { Slice } from './slice.ts';
