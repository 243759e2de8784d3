import type { PlanNode } from '../model/plan.ts';

/** Which project, server and snapshot to use. The defaults are those of `regress check`. */
export interface SuiteOptions {
  /** Path of regress.yaml, relative to the folder vitest runs in. Default: the nearest one. */
  readonly config?: string;
  /** A project of a regress.yaml that has several. Paths of suites are then relative to the project's folder. */
  readonly project?: string;
  /** URL of the server to plan on. */
  readonly target?: string;
  /** Directory of the snapshot. */
  readonly snapshot?: string;
}

/** The plan of a query as production would make it. */
export interface QueryPlan {
  /** Path of the suite, relative to the folder of regress.yaml. */
  readonly suite: string;
  readonly query: string;
  /** Name of the case: `generic` for the generic plan, null for a query without parameters. */
  readonly case: string | null;
  /** Planner cost units. */
  readonly totalCost: number;
  /** Rows the planner expects. */
  readonly planRows: number;
  readonly plan: PlanNode;
}
