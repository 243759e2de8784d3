import type { BaselineBlock, Provenance } from '../../model/baseline.ts';
import type { SchemaDrift } from '../../model/drift.ts';
import type { Cause, Finding } from '../../model/finding.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { PlanDifference } from '../../model/plans/difference.ts';
import type { PlanFlip } from '../../model/plans/plan-flip.ts';
import type { RunnerUp } from '../../model/plans/runner-up.ts';
import type { Query, Thresholds } from '../../model/suite.ts';
import type { UnknownObject } from '../../model/unknown-object.ts';

/** A revision that is compared with instead of committed baselines. */
export interface Against {
  /** As messages name it. */
  readonly name: string;
  /** The query's old self could not be planned there. */
  readonly failedThere: boolean;
  /** What the query was called there, where that is another name. */
  readonly formerly?: string | undefined;
}

/** A planned query and everything it is judged by. */
export interface Judgement {
  readonly query: Query;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Merged already; see mergeThresholds. */
  readonly thresholds: Thresholds;
  readonly baseline: BaselineBlock | null;
  /** Major the baseline was accepted on: that of the snapshot where a rehearsal has none of its own. */
  readonly baselineMajor: number;
  readonly current: PlanNode;
  /** What `current` was planned under. */
  readonly provenance: Provenance;
  /** In CI a missing baseline fails. */
  readonly ci: boolean;
  /** Major version of the server that planned. */
  readonly major: number;
  /** Major of the server the snapshot is of; another one makes this a rehearsal. */
  readonly sourceMajor: number;
  /** Other majors that have a baseline of this plan. */
  readonly otherMajors: readonly number[];
  /** What the database has and the snapshot does not know. */
  readonly unknown: readonly UnknownObject[];
  /** What the snapshot defines and the database lacks. */
  readonly missing: readonly SchemaDrift[];
  /** The current plan is identical to the one production made itself. */
  readonly reproduced: boolean;
  /** Relations the query names, each with its schema where it says it: `public.orders` or `orders`. */
  readonly named: readonly string[];
  /** The generic plan that comes to be taken for the case, where it works otherwise. */
  readonly flip: PlanFlip | null;
  /** What of the time the query's conditions depend on, by kind of function. */
  readonly timeCalls: { readonly stable: readonly string[]; readonly volatile: readonly string[] };
  /** Where now() stood, as people read it. */
  readonly plannedAt: string;
  /** An automatic case that the snapshot brought, of a query that was accepted before. */
  readonly isNewCase: boolean;
  /** Functions the query calls that may read tables while it is planned. */
  readonly readingFunctions: readonly string[];
  /** What a plan of the baseline's shape would cost now; undefined where that is not known. */
  readonly runnerUp?: RunnerUp | undefined;
  /** Set where the baseline is the plan at a revision. */
  readonly against?: Against | undefined;
}

/** A judgement with its baseline matched against the current plan. */
export interface Comparison extends Judgement {
  readonly baseline: BaselineBlock;
  readonly difference: PlanDifference;
  readonly cause: readonly Cause[];
}

/** A rule looks at a planned query alone. */
export type Rule = (judgement: Judgement) => readonly Finding[];

/** A rule that needs a baseline; the cause is added to what it finds. */
export type ComparisonRule = (comparison: Comparison) => readonly Finding[];

/** What to do about a finding that the branch is to have: with a revision to compare with, there is nothing to accept. */
export function allowHint({ file, line }: Query): string {
  return `if the branch is to have this, say what may change by thresholds of the query (${file}:${line})`;
}

/** The command that accepts the plans of a query. */
export function updateCommand(query: string): string {
  const pattern = /^[\w./:@%+-]+$/.test(query) ? query : `'${query.replaceAll("'", "'\\''")}'`;
  return `regress update ${pattern}`;
}

/** The same, asking for the reason. */
export function acceptCommand(query: string): string {
  return `${updateCommand(query)} --reason '…'`;
}
