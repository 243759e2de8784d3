import type { PlanNode } from '../plan.ts';
import type { FirstDifference } from '../verification.ts';

/** What production planned for one query of the suites when the snapshot was taken. */
export interface ProductionPlan {
  /** Path of the suite, as `Query.file`. */
  readonly suite: string;
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Digest of the query's SQL, values and settings, so that an edited query is not held against it. */
  readonly digest: string;
  /** now() of the transaction it was planned in, ISO 8601 with microseconds and +00. */
  readonly now: string;
  /** null: the source did not plan it, for the reason in `error`. */
  readonly plan: PlanNode | null;
  readonly error: string | null;
  /**
   * Relations, quoted and qualified, that were no longer as in the snapshot when it was planned, because they change as
   * often as they are read: where it is not reproduced, that says nothing. Absent: none.
   */
  readonly changed?: readonly string[];
}

/** How a plan made by a check compares with production's own of the same query; null where there is none to compare it with. */
export type Reproduction = 'identical' | 'same plan' | 'different' | null;

/** How many of production's own plans a check reproduced. */
export interface ReproductionSummary {
  readonly identical: number;
  readonly samePlan: number;
  readonly different: number;
  /** Production did not plan them, or of statistics that changed meanwhile, or the target does not. */
  readonly unplanned: number;
  readonly total: number;
  /** Those that are not identical, in the order of the suites. */
  readonly deviations: readonly Deviation[];
}

/** A plan that is not production's, and what stands in the way. */
export interface Deviation {
  readonly suite: string;
  readonly query: string;
  readonly case: string | null;
  /** Null where one end could not plan it, or production of other statistics. */
  readonly verdict: Exclude<Reproduction, 'identical'>;
  /** `source` is production's node; null where one end could not plan it. */
  readonly difference: FirstDifference | null;
  /** Why it may differ, as sentences without a full stop; empty where nothing is known to. */
  readonly reasons: readonly string[];
}
