/** Compares plans with accepted ones or with another revision's, finds what changed a plan, and accepts plans. */
export {
  type Acceptable,
  type AcceptablePlans,
  accept,
  acceptableOf,
  acceptedPlans,
  type Change,
  changedPlans,
  changesOf,
  mergeSuites,
  staleCount,
} from './accepting.ts';
export { type PlannedRevision, planRevision } from './against.ts';
export { tellCauses } from './causes/causes.ts';
export { judgeOne } from './judge-plans.ts';
export { committedPlans, revisionPlans } from './reference.ts';
export { findRunnersUp } from './runners-up.ts';
