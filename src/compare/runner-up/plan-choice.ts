import { type PlanNode, walkPlan } from '../../model/plan.ts';

/** What decides between the generic plan and one made for the values (choose_custom_plan, plancache.c). */
export interface PlanCache {
  /** plan_cache_mode. */
  readonly mode: string;
  /** cpu_operator_cost. */
  readonly cpuOperatorCost: number;
}

/** The settings of a query as the choice reads them. */
export function planCacheOf(settings: Readonly<Record<string, string>>): PlanCache {
  return {
    mode: settings.plan_cache_mode ?? 'auto',
    cpuOperatorCost: Number(settings.cpu_operator_cost ?? 0.0025),
  };
}

/**
 * Which plan PostgreSQL takes after five executions with the same values, as far as costs tell: the generic one where it
 * is cheaper than the custom one with the cost of making it, 1000 cpu_operator_cost for each entry of the range table and
 * one more (cached_plan_cost). How many entries there are does not stand in a plan: `unknown` where it depends on that.
 */
export function choiceByCosts(
  custom: PlanNode,
  generic: PlanNode,
  { mode, cpuOperatorCost }: PlanCache,
): 'custom' | 'generic' | 'unknown' {
  if (mode === 'force_custom_plan') return 'custom';
  if (mode === 'force_generic_plan') return 'generic';
  const planning = (relations: number) => 1000 * cpuOperatorCost * (relations + 1);
  const scans = [...walkPlan(custom)].filter(({ relationName }) => relationName !== undefined).length;
  if (generic.totalCost < custom.totalCost + planning(Math.min(scans, 1))) return 'generic';
  // Joins, subqueries and views have entries too, and so have partitions.
  const most = [...walkPlan(custom), ...walkPlan(generic)].length * 4 + 20;
  return generic.totalCost >= custom.totalCost + planning(most) ? 'custom' : 'unknown';
}
