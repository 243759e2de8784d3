import type { PlanDifference } from '../model/difference.ts';
import { acceptCommand, type ComparisonRule } from './judgement.ts';

/** Changes told after the first one; the rest is to be seen in the plans. */
const MAX_TOLD = 5;

/** The plan works in another way, whatever it costs. */
export const planShapeChanged: ComparisonRule = ({ difference, thresholds, query }) => {
  const [first] = difference.shapeChanges;
  if (thresholds.shape === 'off' || first === undefined) return [];
  const others = furtherChanges(difference);
  return [
    {
      code: 'plan-shape-changed',
      severity: thresholds.shape,
      message: first.message,
      ...(others === '' ? {} : { detail: others }),
      hint: acceptCommand(query.name),
      node: first.node,
    },
  ];
};

function furtherChanges({ shapeChanges }: PlanDifference): string {
  const others = shapeChanges.slice(1).map(({ message }) => `${capitalized(message)}.`);
  const told = others.slice(0, MAX_TOLD);
  const untold = others.length - told.length;
  return [...told, ...(untold > 0 ? [`And ${untold} more ${untold === 1 ? 'change' : 'changes'}.`] : [])].join('\n');
}

function capitalized(sentence: string): string {
  return `${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}`;
}
