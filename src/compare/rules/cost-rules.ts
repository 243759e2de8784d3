import type { Finding } from '../../model/finding.ts';
import { formatCost, formatRatio } from '../../model/plans/figures.ts';
import { isSameShape } from '../changes/same-plan.ts';
import { noiseFloor } from '../noise.ts';
import { acceptCommand, type Comparison, type ComparisonRule, type Rule } from './judgement.ts';

// Two decimals of a cost divided do not always meet a ratio of two decimals exactly.
const HAIR = 1e-9;

/** The cost rose to a ratio from which it warns or fails, and to more than what is ignored. */
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
    const detail = `On ${snapshots} snapshots of the same data it was x${cost} apart.`;
    return [{ ...about, severity: 'note', message: `${message}, as the sample of ANALYZE may move it`, detail }];
  }
  if (isCostedOtherwise(comparison)) {
    const detail = 'It is the plan that was accepted, node for node; other settings cost it otherwise.';
    return [{ ...about, severity: 'warn', message, detail }];
  }
  return [{ ...about, severity: reaches(fail) ? 'fail' : 'warn', message }];
};

/**
 * The same plan of the same query on the same data: costs in other units say nothing of how it runs. Measured in
 * docs/precision.md.
 */
function isCostedOtherwise({ baseline, cause, current }: Comparison): boolean {
  return cause.length === 1 && cause[0] === 'settings' && isSameShape(baseline.plan, current);
}

/** The cost fell by the ratio that would warn: worth accepting, so that a later rise is measured from here. */
export const costDecreased: ComparisonRule = ({ baseline, current, thresholds, query }) => {
  const { warn, ignoreBelow } = thresholds.cost;
  const [before, after] = [baseline.plan.totalCost, current.totalCost];
  if (after >= before || before < ignoreBelow || after * warn > before * (1 + HAIR)) return [];
  const message = `cost fell from ${formatCost(before)} to ${formatCost(after)}${ratioNote(before, after)}`;
  return [{ code: 'cost-decreased', severity: 'note', message, hint: acceptCommand(query.name), node: current }];
};

/** The cost exceeds the query's own limit, whatever its baseline. */
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
