import type { BaselineBlock, Provenance } from '../../model/baseline.ts';
import type { Cause, Finding } from '../../model/finding.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { PlanDifference } from '../../model/plans/difference.ts';
import type { PlanFlip } from '../../model/plans/plan-flip.ts';
import type { RunnerUp } from '../../model/plans/runner-up.ts';
import type { Query, Thresholds } from '../../model/suite.ts';
import type { SchemaDrift } from '../../model/target/drift.ts';
import type { UnknownObject } from '../../model/target/unknown-object.ts';

/** A revision whose plans replace committed baselines. */
export interface Against {
  /** Its name in messages. */
  readonly name: string;
  /** True if the query could not be planned there. */
  readonly failedThere: boolean;
  /** The query's name there, if it was another one. */
  readonly formerly?: string | undefined;
}

/** A planned query and everything that the rules need to judge it. */
export interface Judgement {
  readonly query: Query;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Already merged, by mergeThresholds. */
  readonly thresholds: Thresholds;
  readonly baseline: BaselineBlock | null;
  /** Major on which the baseline was accepted: the snapshot's if a rehearsal has no baseline of its own major. */
  readonly baselineMajor: number;
  readonly current: PlanNode;
  /** Provenance of `current`. */
  readonly provenance: Provenance;
  /** True in CI, where a missing baseline fails. */
  readonly ci: boolean;
  /** Major version of the server that made the plan. */
  readonly major: number;
  /** Major of the snapshot's server. If it differs from `major`, the check is a rehearsal. */
  readonly sourceMajor: number;
  /** Other majors that have a baseline of this plan. */
  readonly otherMajors: readonly number[];
  /** Objects that the database has and the snapshot does not. */
  readonly unknown: readonly UnknownObject[];
  /** Objects that the snapshot defines and the database lacks. */
  readonly missing: readonly SchemaDrift[];
  /** True if the current plan is identical to production's own. */
  readonly reproduced: boolean;
  /** Relations that the query names, as it writes them: `public.orders` or `orders`. */
  readonly named: readonly string[];
  /** The generic plan that PostgreSQL switches to for the case, if it has another shape. */
  readonly flip: PlanFlip | null;
  /** Time and random functions in the query's conditions, by volatility. */
  readonly timeCalls: { readonly stable: readonly string[]; readonly volatile: readonly string[] };
  /** The time that now() returned while planning, as text. */
  readonly plannedAt: string;
  /** True for a new automatic case of a query that already has accepted plans. */
  readonly isNewCase: boolean;
  /** Functions of the query that may read tables during planning. */
  readonly readingFunctions: readonly string[];
  /** What a plan of the baseline's shape would cost now; undefined if that is not known. */
  readonly runnerUp?: RunnerUp | undefined;
  /** Set if the baseline is the plan at a revision. */
  readonly against?: Against | undefined;
}

/** A judgement with its baseline matched against the current plan. */
export interface Comparison extends Judgement {
  readonly baseline: BaselineBlock;
  readonly difference: PlanDifference;
  readonly cause: readonly Cause[];
}

/** A rule that needs no baseline. */
export type Rule = (judgement: Judgement) => readonly Finding[];

/** A rule that compares with a baseline. The judge adds the cause to its findings. */
export type ComparisonRule = (comparison: Comparison) => readonly Finding[];

/** The hint for a finding in a comparison with a revision, where no baseline can be accepted. */
export function allowHint({ file, line }: Query): string {
  return `If you want this change, raise the thresholds of the query (${file}:${line}).`;
}

/** The command line that starts regress, for hints. `npx regress` outside a project would fetch another package. */
export const REGRESS = 'npx regress-pg';

/** The command that accepts the plans of a query. */
export function updateCommand(query: string): string {
  const pattern = /^[\w./:@%+-]+$/.test(query) ? query : `'${query.replaceAll("'", "'\\''")}'`;
  return `${REGRESS} update ${pattern}`;
}

/** The same command with a place for the reason. */
export function acceptCommand(query: string): string {
  return `${updateCommand(query)} --reason '…'`;
}
