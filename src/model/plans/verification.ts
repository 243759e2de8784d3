import type { PlanNode } from '../plan.ts';
import type { DifferingSetting, UnmetCondition } from '../target/condition.ts';

/**
 * How a plan on the target compares with the source's: `identical` to the last digit (or within the tolerance asked
 * for), the `same plan` with other estimates, `different`, `errored` where one end could not plan it, or `not judged` where
 * one was not asked or was given up.
 */
export type Verdict = 'identical' | 'same plan' | 'different' | 'errored' | 'not judged';

/** The first node that differs, and how. */
export interface FirstDifference {
  /** As EXPLAIN's text form begins its line, on either end. */
  readonly source: string;
  readonly target: string;
  /** What differs, such as `node type`, `Index Name`, `Total Cost`. */
  readonly label: string;
  readonly sourceValue: string;
  readonly targetValue: string;
}

/** One query planned one way at both ends. */
export interface VerifyResult {
  readonly suite: string;
  readonly query: string;
  readonly case: string | null;
  readonly file: string;
  readonly line: number;
  readonly verdict: Verdict;
  readonly difference: FirstDifference | null;
  /** Why it may differ, as sentences without a full stop; what the server said where it could not be planned. */
  readonly reasons: readonly string[];
  readonly source: PlanNode | null;
  readonly target: PlanNode | null;
}

export interface VerifyReport {
  readonly format: 1;
  readonly regress: string;
  readonly startedAt: string;
  readonly source: { readonly version: string; readonly major: number };
  readonly target: { readonly version: string; readonly major: number };
  readonly snapshot: { readonly path: string; readonly digest: string; readonly capturedAt: string };
  /** Costs and rows up to this ratio apart count as identical; 0: none does. */
  readonly tolerance: number;
  /** Planner settings that differ between the two sessions. */
  readonly settings: readonly DifferingSetting[];
  readonly conditions: readonly UnmetCondition[];
  readonly summary: VerifySummary;
  readonly results: readonly VerifyResult[];
}

export interface VerifySummary {
  readonly queries: number;
  readonly identical: number;
  readonly samePlan: number;
  readonly different: number;
  readonly errored: number;
  readonly notJudged: number;
}
