import type { PlanNode, PlanValue } from '../../model/plan.ts';

/** What newer majors print besides: the window's definition (18), and what a Result stands for (19). */
const PRINTED_SINCE = ['Window', 'Replaces'];

/** Until 16 a scan whose order nobody needs had this direction; it reads forward all the same. */
const UNORDERED = 'NoMovement';

/**
 * A plan without what one major of PostgreSQL spells otherwise than another although the work is the same, for comparing
 * plans of two majors.
 */
export function withCommonSpelling(plan: PlanNode): PlanNode {
  const properties = Object.entries(plan.properties).filter(([label]) => !PRINTED_SINCE.includes(label));
  return {
    ...plan,
    ...(plan.alias !== undefined && { alias: spelled(plan.alias) as string }),
    properties: Object.fromEntries(properties.map(([label, value]) => [label, spelled(value)])),
    plans: plan.plans.map(withCommonSpelling),
  };
}

/** 19 calls a subquery that has no name of its own what it is; before, by the construct it came from. */
function spelled(value: PlanValue): PlanValue {
  if (value === UNORDERED) return 'Forward';
  if (typeof value === 'string') return value.replaceAll(/"ANY_subquery"|\bANY_subquery\b/g, 'unnamed_subquery');
  return Array.isArray(value) ? (value.map(spelled) as PlanValue) : value;
}
