import type { PlanNode } from '../../model/plan.ts';
import type { Verdict } from '../../model/verification.ts';
import { isEstimate, isSamePlan, isSameShape } from './same-plan.ts';

/**
 * How the target's plan compares with the source's. With a tolerance such as 0.01, costs and rows that are at most so
 * much of the larger one apart count as identical.
 */
export function verdictOf(
  source: PlanNode,
  target: PlanNode,
  tolerance: number,
): Exclude<Verdict, 'errored' | 'not judged'> {
  if (isSamePlan(source, target)) return 'identical';
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
