import { type PlanNode, walkPlan } from '../../model/plan.ts';

/** The settings that decide between the generic plan and a custom plan (choose_custom_plan, plancache.c). */
export interface PlanCache {
  /** plan_cache_mode. */
  readonly mode: string;
  /** cpu_operator_cost. */
  readonly cpuOperatorCost: number;
}

/** Reads them from a query's settings, with PostgreSQL's defaults. */
export function planCacheOf(settings: Readonly<Record<string, string>>): PlanCache {
  return {
    mode: settings.plan_cache_mode ?? 'auto',
    cpuOperatorCost: Number(settings.cpu_operator_cost ?? 0.0025),
  };
}

/**
 * The plan that PostgreSQL uses after five executions with the same values, as far as costs show. It is the generic plan
 * if that costs less than the custom plan plus the cost of planning: 1000 cpu_operator_cost for each entry of the range
 * table and one more (cached_plan_cost). A plan does not show the number of entries: `unknown` if the choice depends on
 * it.
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
  // Joins, subqueries, views and partitions have entries too.
  const most = [...walkPlan(custom), ...walkPlan(generic)].length * 4 + 20;
  return generic.totalCost >= custom.totalCost + planning(most) ? 'custom' : 'unknown';
}
