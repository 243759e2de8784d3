import type { PlanNode } from '../plan.ts';

/** The generic plan that PostgreSQL comes to take for a case, and that works otherwise than the plan for its values. */
export interface PlanFlip {
  readonly generic: PlanNode;
  /** How it works otherwise, in words. */
  readonly change: string;
  /** By plan_cache_mode, from the first execution. */
  readonly forced: boolean;
  /** Whether it was so with the plans of the baseline; null where that is not known. */
  readonly before: boolean | null;
}
