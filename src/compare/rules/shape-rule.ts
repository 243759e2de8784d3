import type { Finding } from '../../model/finding.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { PlanDifference } from '../../model/plans/difference.ts';
import { formatCost } from '../../model/plans/figures.ts';
import type { RunnerUp } from '../../model/plans/runner-up.ts';
import { noiseFloor } from '../noise.ts';
import { isNearTie } from '../runner-up/runner-up.ts';
import { acceptCommand, type ComparisonRule } from './judgement.ts';

/** Changes told after the first one; the rest is to be seen in the plans. */
const MAX_TOLD = 5;

/** The plan works in another way, whatever it costs; a note where the accepted way would cost as much. */
export const planShapeChanged: ComparisonRule = (comparison) => {
  const { current, difference, thresholds, query, runnerUp } = comparison;
  const [first] = difference.shapeChanges;
  if (thresholds.shape === 'off' || first === undefined) return [];
  const about = { hint: acceptCommand(query.name), node: first.node };
  const others = furtherChanges(difference);
  if (noiseFloor(comparison)?.isKnownShape) {
    const message = `${first.message}, as another sample of ANALYZE may have it`;
    return [shapeChanged(message, others, 'note', about)];
  }
  if (runnerUp === undefined) return [shapeChanged(first.message, others, thresholds.shape, about)];
  const now = `the accepted plan would cost ${formatCost(runnerUp.totalCost)} now, ${apart(runnerUp, current)}`;
  const how = `Planned again without ${runnerUp.without.join(', ')}.`;
  if (!isNearTie(runnerUp, current)) {
    const told = [...others, `${capitalized(now)} than this one. ${how}`];
    return [shapeChanged(first.message, told, thresholds.shape, about)];
  }
  const detail = [...others, how].join('\n');
  return [{ code: 'near-tie', severity: 'note', message: `${first.message}, a near tie: ${now}`, detail, ...about }];
};

function shapeChanged(
  message: string,
  details: readonly string[],
  severity: Finding['severity'],
  about: Pick<Finding, 'hint' | 'node'>,
): Finding {
  const detail = details.length === 0 ? {} : { detail: details.join('\n') };
  return { code: 'plan-shape-changed', severity, message, ...detail, ...about };
}

/** How much more the accepted plan would cost than the chosen one, in percent. */
function apart({ totalCost }: RunnerUp, current: PlanNode): string {
  const percent = (totalCost / current.totalCost - 1) * 100;
  const shown = Math.abs(percent) < 10 ? Math.abs(percent).toFixed(2) : Math.abs(percent).toFixed(0);
  return `${shown} % ${percent < 0 ? 'less' : 'more'}`;
}

function furtherChanges({ shapeChanges }: PlanDifference): readonly string[] {
  const others = shapeChanges.slice(1).map(({ message }) => `${capitalized(message)}.`);
  const told = others.slice(0, MAX_TOLD);
  const untold = others.length - told.length;
  return [...told, ...(untold > 0 ? [`And ${untold} more ${untold === 1 ? 'change' : 'changes'}.`] : [])];
}

function capitalized(sentence: string): string {
  return `${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}`;
}
