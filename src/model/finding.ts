import type { PlanNode } from './plan.ts';

/** Every kind of finding; each has a page in docs/findings/. */
export type FindingCode =
  | 'cost-increased'
  | 'cost-over-limit'
  | 'cost-decreased'
  | 'plan-shape-changed'
  | 'near-tie'
  | 'rows-estimate-changed'
  | 'forbidden-node'
  | 'index-not-used'
  | 'query-failed'
  | 'baseline-missing'
  | 'baseline-stale'
  | 'statistics-missing'
  | 'estimated-size'
  | 'function-reads-tables'
  | 'values-missing'
  | 'generic-plan-flip'
  | 'time-dependent'
  | 'schema-drift'
  | 'query-new'
  | 'query-removed';

export type Severity = 'note' | 'warn' | 'fail' | 'error';

/** Causes of a change since the baseline was accepted; they tell "the migration did it" from "the data grew". */
export type Cause = 'query' | 'snapshot' | 'settings' | 'version' | 'schema';

/**
 * Text in findings of queries whose plan depends on the time, which is fixed at the snapshot's. The console report
 * looks for it.
 */
export const SNAPSHOT_TIME = 'the time of the snapshot';

/** A difference to report. A finding is data, never an exception. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Lower-case, one clause, no full stop. */
  readonly message: string;
  /** Sentences, one per line. */
  readonly detail?: string;
  /** The next command to type, or advice in a sentence. */
  readonly hint?: string;
  /** The causes since the baseline was accepted; the schema if nothing else has changed. */
  readonly cause?: readonly Cause[];
  /** With --against: the revision's plan has the same finding, so the branch did not cause it. */
  readonly standing?: true;
  /** The node of the current plan that the finding is about, or of the baseline's plan if the current one lacks it. */
  readonly node?: PlanNode;
}

/**
 * The finding to show on a line that already shows the costs: the worst, or, if that is about cost, one that says what
 * the plan does differently. Takes findings with the worst first.
 */
export function tellingFinding<T extends Pick<Finding, 'code'>>(findings: readonly T[]): T | undefined {
  const [worst] = findings;
  if (worst?.code !== 'cost-increased' && worst?.code !== 'cost-decreased') return worst;
  return findings.find(({ code }) => code === 'plan-shape-changed' || code === 'rows-estimate-changed') ?? worst;
}
