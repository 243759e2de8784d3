import type { PlanNode } from '../plan.ts';
import type { FirstDifference } from './verification.ts';

/** Production's own plan of one query, made when the snapshot was taken. */
export interface ProductionPlan {
  /** Path of the suite, as `Query.file`. */
  readonly suite: string;
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Digest of the query's SQL, values and settings; tells whether the query was edited since. */
  readonly digest: string;
  /** now() of the transaction it was planned in, ISO 8601 with microseconds and +00. */
  readonly now: string;
  /** null: the source did not plan it; `error` says why. */
  readonly plan: PlanNode | null;
  readonly error: string | null;
  /**
   * Relations (quoted and qualified) that had changed since the snapshot read them. Failing to reproduce the plan then
   * says nothing. Absent: none.
   */
  readonly changed?: readonly string[];
}

/** How a check's plan compares with production's own plan of the same query; null if there is none. */
export type Reproduction = 'identical' | 'same plan' | 'different' | null;

/** How many of production's own plans a check reproduced. */
export interface ReproductionSummary {
  readonly identical: number;
  readonly samePlan: number;
  readonly different: number;
  /** Not comparable: production or the target could not plan them, or the statistics changed in between. */
  readonly unplanned: number;
  readonly total: number;
  /** Plans that are not identical, in the order of the suites. */
  readonly deviations: readonly Deviation[];
}

/** A plan that differs from production's, and the known reasons. */
export interface Deviation {
  readonly suite: string;
  readonly query: string;
  readonly case: string | null;
  /** null: one end could not plan it, or production planned it with other statistics. */
  readonly verdict: Exclude<Reproduction, 'identical'>;
  /** `source` is production's node; null if one end could not plan it. */
  readonly difference: FirstDifference | null;
  /** Why it may differ, as sentences without a full stop; empty if no reason is known. */
  readonly reasons: readonly string[];
}
