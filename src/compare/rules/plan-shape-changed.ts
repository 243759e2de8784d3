import type { Finding } from '../../model/finding.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { PlanDifference } from '../../model/plans/difference.ts';
import { formatCost } from '../../model/plans/figures.ts';
import type { RunnerUp } from '../../model/plans/runner-up.ts';
import { noiseFloor } from '../noise.ts';
import { isNearTie } from '../runner-up/runner-up.ts';
import { acceptCommand, type ComparisonRule } from './judgement.ts';

/** Changes listed after the first one. The plans show the rest. */
const MAX_FURTHER = 5;

/** The plan's shape changed, whatever it costs. A note if the accepted shape would cost the same. */
export const planShapeChanged: ComparisonRule = (comparison) => {
  const { current, difference, thresholds, query, runnerUp } = comparison;
  const [first] = difference.shapeChanges;
  if (thresholds.shape === 'off' || first === undefined) return [];
  const about = { hint: acceptCommand(query.name), node: first.node };
  const others = furtherChanges(difference);
  if (noiseFloor(comparison)?.isKnownShape) {
    const message = `${first.message}, within the noise of ANALYZE's sample`;
    return [shapeChanged(message, others, 'note', about)];
  }
  if (runnerUp === undefined) return [shapeChanged(first.message, others, thresholds.shape, about)];
  const now = `the accepted plan would cost ${formatCost(runnerUp.totalCost)} now, ${apart(runnerUp, current)}`;
  const how = `Found by planning again without ${runnerUp.without.join(', ')}.`;
  if (!isNearTie(runnerUp, current)) {
    const details = [...others, `${capitalized(now)} than this one. ${how}`];
    return [shapeChanged(first.message, details, thresholds.shape, about)];
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
  const listed = others.slice(0, MAX_FURTHER);
  const more = others.length - listed.length;
  return [...listed, ...(more > 0 ? [`And ${more} more ${more === 1 ? 'change' : 'changes'}.`] : [])];
}

function capitalized(sentence: string): string {
  return `${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}`;
}
