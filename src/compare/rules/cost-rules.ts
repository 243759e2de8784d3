import type { Finding } from '../../model/finding.ts';
import { formatCost, formatRatio } from '../../model/plans/figures.ts';
import { isSameShape } from '../changes/identical.ts';
import { noiseFloor } from '../noise.ts';
import { acceptCommand, type Comparison, type ComparisonRule, type Rule } from './judgement.ts';

// Costs have two decimals, so their quotient can miss a ratio such as 1.10 by a rounding error.
const HAIR = 1e-9;

/** The cost rose by at least the ratio that warns or fails, and to at least `ignoreBelow`. */
export const costIncreased: ComparisonRule = (comparison) => {
  const { baseline, current, thresholds, query } = comparison;
  const { warn, fail, ignoreBelow } = thresholds.cost;
  const [before, after] = [baseline.plan.totalCost, current.totalCost];
  if (after <= before || after < ignoreBelow) return [];
  const reaches = (ratio: number) => after / before >= ratio - HAIR;
  if (!reaches(warn) && !reaches(fail)) return [];
  const message = `cost rose from ${formatCost(before)} to ${formatCost(after)}${ratioNote(before, after)}`;
  const about = { code: 'cost-increased', hint: acceptCommand(query.name), node: current } as const;
  const floor = noiseFloor(comparison);
  if (floor !== null && after / before <= floor.cost) {
    const { snapshots, cost } = floor.noise;
    const detail = `On ${snapshots} snapshots of the same data it varied by x${cost}.`;
    return [{ ...about, severity: 'note', message: `${message}, within the noise of ANALYZE's sample`, detail }];
  }
  if (isCostedOtherwise(comparison)) {
    const detail = 'The plan is the accepted one, node for node; only the changed settings give it another cost.';
    return [{ ...about, severity: 'warn', message, detail }];
  }
  return [{ ...about, severity: reaches(fail) ? 'fail' : 'warn', message }];
};

/**
 * True if only the settings changed and the plan kept its shape. The cost is then in other units, and says nothing about
 * how the query runs; docs/precision.md has the measurement.
 */
function isCostedOtherwise({ baseline, cause, current }: Comparison): boolean {
  return cause.length === 1 && cause[0] === 'settings' && isSameShape(baseline.plan, current);
}

/** The cost fell by at least the ratio that would warn. Accept it, so that a later rise is measured from the new cost. */
export const costDecreased: ComparisonRule = ({ baseline, current, thresholds, query }) => {
  const { warn, ignoreBelow } = thresholds.cost;
  const [before, after] = [baseline.plan.totalCost, current.totalCost];
  if (after >= before || before < ignoreBelow || after * warn > before * (1 + HAIR)) return [];
  const message = `cost fell from ${formatCost(before)} to ${formatCost(after)}${ratioNote(before, after)}`;
  return [{ code: 'cost-decreased', severity: 'note', message, hint: acceptCommand(query.name), node: current }];
};

/** The cost exceeds the query's own limit, whatever the baseline says. */
export const costOverLimit: Rule = ({ query, current }) => {
  const limit = query.expect.cost;
  if (limit === undefined || current.totalCost <= limit.max) return [];
  const finding: Finding = {
    code: 'cost-over-limit',
    severity: 'fail',
    message: `cost ${formatCost(current.totalCost)} is over the limit of ${limit.max}`,
    hint: `Make the query cheaper, or raise expect.cost.max at ${query.file}:${query.line}.`,
    node: current,
  };
  return [finding];
};

function ratioNote(before: number, after: number): string {
  const ratio = formatRatio(before, after);
  return ratio === '' ? '' : ` (${ratio})`;
}
