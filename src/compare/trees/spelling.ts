import type { PlanNode, PlanValue } from '../../model/plan.ts';

/** Properties that only newer majors print: a window's definition (18), and what a Result replaces (19). */
const PRINTED_SINCE = ['Window', 'Replaces'];

/** Until 16 the direction of a scan whose order does not matter. It reads forward. */
const UNORDERED = 'NoMovement';

/** Removes differences in how majors of PostgreSQL print the same work, so that plans of two majors can be compared. */
export function withCommonSpelling(plan: PlanNode): PlanNode {
  const properties = Object.entries(plan.properties).filter(([label]) => !PRINTED_SINCE.includes(label));
  return {
    ...plan,
    ...(plan.alias !== undefined && { alias: spelled(plan.alias) as string }),
    properties: Object.fromEntries(properties.map(([label, value]) => [label, spelled(value)])),
    plans: plan.plans.map(withCommonSpelling),
  };
}

/** 19 calls a nameless subquery unnamed_subquery; older majors name it after its construct. */
function spelled(value: PlanValue): PlanValue {
  if (value === UNORDERED) return 'Forward';
  if (typeof value === 'string') return value.replaceAll(/"ANY_subquery"|\bANY_subquery\b/g, 'unnamed_subquery');
  return Array.isArray(value) ? (value.map(spelled) as PlanValue) : value;
}
