import type { PlanNode } from '../../model/plan.ts';
import type { NodePair, PlanDifference } from '../../model/plans/difference.ts';

/** Pairs whose rows mean the same: nodes that do the same work in the same place, and the top. */
export function comparableRows({ pairs }: PlanDifference, baseline: PlanNode, current: PlanNode): readonly NodePair[] {
  return pairs.filter((pair) => !pair.reshaped || (pair.current === current && pair.baseline === baseline));
}

/** The greatest ratio of rows between two plans' nodes, in either direction; 1 or more. */
export function greatestRowsRatio(difference: PlanDifference, baseline: PlanNode, current: PlanNode): number {
  return Math.max(1, ...comparableRows(difference, baseline, current).map(rowsRatio));
}

/** How many times more rows one node of a pair has than the other; 1 or more. */
export function rowsRatio({ baseline, current }: NodePair): number {
  const ratio = rowsOf(current) / rowsOf(baseline);
  return Math.max(ratio, 1 / ratio);
}

/** The planner's estimates are 1 or more but where it knows that there is nothing. */
export function rowsOf({ planRows }: PlanNode): number {
  return Math.max(planRows, 1);
}
