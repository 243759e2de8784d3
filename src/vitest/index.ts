/** Checks plans in a team's own vitest tests, against the baselines of `regress update`. Importing it adds the matchers. */
import './matchers.ts';

export type { PlanNode } from '../model/plan.ts';
export { describeSuite, type SuitePlans, useSuite } from './describe-suite.ts';
export type { QueryPlan, SuiteOptions } from './types.ts';
