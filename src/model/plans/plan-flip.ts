import type { PlanNode } from '../plan.ts';

/**
 * The generic plan that PostgreSQL switches to after five executions of a case, if it works differently from the custom
 * plan.
 */
export interface PlanFlip {
  readonly generic: PlanNode;
  /** How it works differently, in words. */
  readonly change: string;
  /** True if plan_cache_mode forces it from the first execution. */
  readonly forced: boolean;
  /** True if the baseline's plans flip too; null if unknown. */
  readonly before: boolean | null;
}
