import type { NodePair } from '../model/difference.ts';
import { formatRatio } from '../model/figures.ts';
import { nodeTitle } from '../model/node-title.ts';
import { acceptCommand, type Comparison, type ComparisonRule } from './judgement.ts';

/** An estimate of rows moved far, in either direction; the node where it moved the most. */
export const rowsEstimateChanged: ComparisonRule = (comparison) => {
  const [worst] = comparable(comparison).sort((a, b) => distance(b) - distance(a));
  if (worst === undefined || distance(worst) < comparison.thresholds.rows.warn) return [];
  const [before, after] = [rows(worst.baseline.planRows), rows(worst.current.planRows)];
  const title = nodeTitle(worst.current);
  return [
    {
      code: 'rows-estimate-changed',
      severity: 'warn',
      message: `row estimate of ${title} went from ${before} to ${after} (${formatRatio(before, after)})`,
      hint: acceptCommand(comparison.query.name),
      node: worst.current,
    },
  ];
};

/** Rows mean the same only in nodes that do the same work in the same place, and at the top. */
function comparable({ difference, current, baseline }: Comparison): NodePair[] {
  return difference.pairs.filter(
    (pair) => !pair.reshaped || (pair.current === current && pair.baseline === baseline.plan),
  );
}

function distance({ baseline, current }: NodePair): number {
  const ratio = rows(current.planRows) / rows(baseline.planRows);
  return Math.max(ratio, 1 / ratio);
}

/** The planner's estimates are 1 or more but where it knows that there is nothing. */
function rows(planRows: number): number {
  return Math.max(planRows, 1);
}
