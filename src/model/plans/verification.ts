import type { PlanNode } from '../plan.ts';
import type { DifferingSetting, UnmetCondition } from '../target/condition.ts';

/**
 * How a plan on the target compares with the source's: `identical` to the last digit (or within a given tolerance), the
 * `same plan` with other estimates, `different`, `errored` if one end could not plan it, or `not judged` if one end was
 * not asked or was given up.
 */
export type Verdict = 'identical' | 'same plan' | 'different' | 'errored' | 'not judged';

/** The first node that differs, and how. */
export interface FirstDifference {
  /** The node's line in EXPLAIN's text format, at either end. */
  readonly source: string;
  readonly target: string;
  /** The property that differs, such as `node type`, `Index Name`, `Total Cost`. */
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
  /** Why it may differ, as sentences without a full stop; or the server's message if it could not be planned. */
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
  /** Costs and rows whose ratio is at most this count as identical; 0: only equal ones do. */
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
