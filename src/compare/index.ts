/** Compares plans with their baselines and judges the difference. Pure: no server, no file, no clock. */
export { failedBefore, markStanding, queryRemoved } from './against-rules.ts';
export { attribute, branchStatusOf, type Stage, withCause } from './attribution.ts';
export { staleBaselines } from './baseline-rules.ts';
export { tellCause, tellUnknownCause } from './cause-story.ts';
export { type CauseFacts, causesOfPlans, snapshotGrowth, type TableSize } from './cause-summary.ts';
export { comparePlans } from './compare-plans.ts';
export { firstDifference } from './first-difference.ts';
export { judge, planFigures, statusOf, verdictFrom } from './judge.ts';
export type { Against } from './judgement.ts';
export { matchOldSelves, type QueryIdentity } from './old-selves.ts';
export { queryFailed } from './query-failed.ts';
export { summarizeRehearsal } from './rehearsal.ts';
export { relationChanges } from './relation-changes.ts';
export { isSamePlan, isSameShape } from './same-plan.ts';
export { withCommonSpelling } from './spelling.ts';
export { exitStatus, summarize } from './summary.ts';
export { mergeThresholds } from './thresholds.ts';
export { verdictOf } from './verdict.ts';
