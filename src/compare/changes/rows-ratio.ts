import type { PlanNode } from '../../model/plan.ts';
import type { NodePair, PlanDifference } from '../../model/plans/difference.ts';

/** Pairs whose row counts are comparable: nodes that do the same work in the same place, and the top nodes. */
export function comparableRows({ pairs }: PlanDifference, baseline: PlanNode, current: PlanNode): readonly NodePair[] {
  return pairs.filter((pair) => !pair.reshaped || (pair.current === current && pair.baseline === baseline));
}

/** The greatest ratio of rows between nodes of two plans, in either direction; 1 or more. */
export function greatestRowsRatio(difference: PlanDifference, baseline: PlanNode, current: PlanNode): number {
  return Math.max(1, ...comparableRows(difference, baseline, current).map(rowsRatio));
}

/** The ratio of rows between the nodes of a pair, in either direction; 1 or more. */
export function rowsRatio({ baseline, current }: NodePair): number {
  const ratio = rowsOf(current) / rowsOf(baseline);
  return Math.max(ratio, 1 / ratio);
}

/** Rows, at least 1: the planner estimates fewer only if it knows that there are none. */
export function rowsOf({ planRows }: PlanNode): number {
  return Math.max(planRows, 1);
}
