import { formatRatio } from '../../model/plans/figures.ts';
import { nodeTitle } from '../../model/plans/node-title.ts';
import { comparableRows, rowsOf, rowsRatio } from '../changes/rows-ratio.ts';
import { noiseFloor } from '../noise.ts';
import { acceptCommand, type ComparisonRule } from './judgement.ts';

/** A row estimate moved far, in either direction. The finding names the node whose estimate moved most. */
export const rowsEstimateChanged: ComparisonRule = (comparison) => {
  const { baseline, current, difference, query, thresholds } = comparison;
  const [worst] = [...comparableRows(difference, baseline.plan, current)].sort((a, b) => rowsRatio(b) - rowsRatio(a));
  if (worst === undefined || rowsRatio(worst) < thresholds.rows.warn) return [];
  const [before, after] = [rowsOf(worst.baseline), rowsOf(worst.current)];
  const title = nodeTitle(worst.current);
  const floor = noiseFloor(comparison);
  const isNoise = floor !== null && rowsRatio(worst) <= floor.rows;
  const message = `row estimate of ${title} went from ${before} to ${after} (${formatRatio(before, after)})`;
  return [
    {
      code: 'rows-estimate-changed',
      severity: isNoise ? 'note' : 'warn',
      message: isNoise ? `${message}, within the noise of ANALYZE's sample` : message,
      ...(isNoise && {
        detail: `On ${floor.noise.snapshots} snapshots of the same data it varied by x${floor.noise.rows}.`,
      }),
      hint: acceptCommand(query.name),
      node: worst.current,
    },
  ];
};
