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

/** What changed since the baseline was accepted, so that "the migration did it" and "the data grew" are told apart. */
export type Cause = 'query' | 'snapshot' | 'settings' | 'version' | 'schema';

/** What a finding says of queries whose time stands still; many have it. */
export const SNAPSHOT_TIME = 'the time of the snapshot';

/** One difference worth saying. A finding is data, never an exception. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Lower-case, one clause, no full stop. */
  readonly message: string;
  /** Sentences, one on each line. */
  readonly detail?: string;
  /** The next command to type, or what to do in a sentence. */
  readonly hint?: string;
  /** What differs from what the baseline was accepted under; the schema where nothing else does. */
  readonly cause?: readonly Cause[];
  /** With --against: the plan at the revision gives rise to it just as well, so that it is none of the branch's doing. */
  readonly standing?: true;
  /** The node of the current plan the finding is about, or of the baseline's where it is gone. */
  readonly node?: PlanNode;
}

/**
 * What to say of a plan in a line that has its costs beside it: the weightiest finding, or where that is of the costs what the
 * plan does otherwise. Findings are given the worst first.
 */
export function tellingFinding<T extends Pick<Finding, 'code'>>(findings: readonly T[]): T | undefined {
  const [worst] = findings;
  if (worst?.code !== 'cost-increased' && worst?.code !== 'cost-decreased') return worst;
  return findings.find(({ code }) => code === 'plan-shape-changed' || code === 'rows-estimate-changed') ?? worst;
}
