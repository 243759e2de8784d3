/** The text form of plans: what baselines hold and reports show. Pure. */
export { formatPlan } from './format.ts';
export { parsePlan } from './parse.ts';
export { formatValue, PlanTextError, parseValue } from './scalar.ts';
