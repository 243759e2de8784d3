import type { PlanNode } from '../../model/plan.ts';
import type { Verdict } from '../../model/plans/verification.ts';
import { isEstimate, isIdentical, isSameShape } from './identical.ts';

/**
 * Compares the target's plan with the source's. `tolerance` is a share: with 0.01, costs and rows count as identical if
 * they differ by at most 1 % of the larger one.
 */
export function verdictOf(
  source: PlanNode,
  target: PlanNode,
  tolerance: number,
): Exclude<Verdict, 'errored' | 'not judged'> {
  if (isIdentical(source, target)) return 'identical';
  if (!isSameShape(source, target)) return 'different';
  return tolerance > 0 && isWithin(source, target, tolerance) ? 'identical' : 'same plan';
}

function isWithin(source: PlanNode, target: PlanNode, tolerance: number): boolean {
  const near = figuresOf(source).every((figure, at) => isNear(figure, figuresOf(target)[at] ?? 0, tolerance));
  return near && source.plans.every((child, at) => isWithin(child, target.plans[at] as PlanNode, tolerance));
}

function figuresOf({ startupCost, totalCost, planRows, properties }: PlanNode): readonly number[] {
  const estimates = Object.entries(properties).filter(([label]) => isEstimate(label));
  return [startupCost, totalCost, planRows, ...estimates.map(([, value]) => Number(value))];
}

function isNear(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
