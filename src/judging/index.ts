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
  staleCount,
} from './accepting.ts';
export { findCauses } from './causes/causes.ts';
export { type CheckOptions, checkDatabase } from './checks/check-database.ts';
export { checkProjects } from './checks/check-projects.ts';
export type { CheckContext } from './checks/context.ts';
export { gather, judgeAll } from './checks/judged-plans.ts';
export { planAcceptable, removeOrphans, writeChanges } from './checks/update-baselines.ts';
export { type VerifyOptions, verifyPlans } from './checks/verify-plans.ts';
export { describeError, describeWarning } from './describe-error.ts';
export { judgeOne } from './judge-plans.ts';
export { plansFromResults } from './plans-from-results.ts';
export { committedPlans } from './reference.ts';
