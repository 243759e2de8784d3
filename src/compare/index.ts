/** Compares plans with their baselines and judges the difference. Pure: no server, no file, no clock. */
export { staleBaselines } from './baseline-rules.ts';
export { comparePlans } from './compare-plans.ts';
export { firstDifference } from './first-difference.ts';
export { judge, planFigures, statusOf } from './judge.ts';
export { withValuesOf } from './moved-values.ts';
export { keptNoise, measureNoise } from './noise.ts';
export { choiceByCosts, planCacheOf } from './plan-choice.ts';
export { queryFailed } from './query-failed.ts';
export { summarizeRehearsal } from './rehearsal.ts';
export { relationChanges } from './relation-changes.ts';
export { avoidMore, NO_AVOIDANCE, runnerUpOf } from './runner-up.ts';
export { isSamePlan, isSameShape } from './same-plan.ts';
export { withCommonSpelling } from './spelling.ts';
export { exitStatus, summarize } from './summary.ts';
export { mergeThresholds } from './thresholds.ts';
export { verdictOf } from './verdict.ts';
export { worksOtherwise } from './works-otherwise.ts';
