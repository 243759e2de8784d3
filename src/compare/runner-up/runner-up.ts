import type { PlanNode } from '../../model/plan.ts';
import type { Avoidance, RunnerUp } from '../../model/plans/runner-up.ts';
import { comparePlans } from '../trees/compare-plans.ts';
import { withoutPenalties } from './planner-switches.ts';

/**
 * The cost of the wanted shape, from a plan that was made while some means were avoided. Null if that plan does not have
 * exactly this shape, or if its cost cannot be separated from penalties.
 */
export function runnerUpOf(wanted: PlanNode, planned: PlanNode, avoided: Avoidance, major: number): RunnerUp | null {
  const plan = withoutPenalties(planned, new Set(Object.keys(avoided.settings)), major);
  if (plan === null) return null;
  const { pairs, added, removed } = comparePlans(wanted, plan);
  if (added.length + removed.length > 0 || pairs.some(({ reshaped }) => reshaped)) return null;
  const without = [...Object.keys(avoided.settings), ...avoided.indexes.map(({ name }) => `index ${name}`)];
  return { totalCost: plan.totalCost, without };
}

/** Up to this share the planner itself treats costs as equal (STD_FUZZ_FACTOR, pathnode.c). */
const NEAR = 0.01;

/** True if the accepted plan would cost the same as the chosen one within 1 %. */
export function isNearTie(runnerUp: RunnerUp, current: PlanNode): boolean {
  return Math.abs(runnerUp.totalCost - current.totalCost) <= NEAR * current.totalCost;
}
