/** Baselines hold the accepted plans: a file for each suite and server major, readable in a pull request. */
export { planDigest, queryDigest, shortDigest } from './digest.ts';
export { baselineMajors, baselinePath, orphanedBaselines, readBaseline, writeBaseline } from './file.ts';
export { formatBaseline } from './format.ts';
export { findBlock, mergeBlocks, staleBlocks } from './merge.ts';
export { parseBaseline } from './parse.ts';
export { formatPlan } from './plan-text/format.ts';
export { parsePlan } from './plan-text/parse.ts';
export { PlanTextError } from './plan-text/scalar.ts';
