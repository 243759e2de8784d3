import type { Provenance } from './baseline.ts';
import type { Finding } from './finding.ts';
import type { PlanNode } from './plan.ts';
import type { Reproduction, ReproductionSummary } from './plans/production-plan.ts';
import type { RunnerUp } from './plans/runner-up.ts';
import type { QueryStats } from './suite.ts';
import type { UnmetCondition } from './target/condition.ts';

export type Status = 'ok' | 'warn' | 'fail' | 'error';

/** One query planned one way (a case, or the generic plan) and compared. The JSON report's `results[]`. */
export interface PlanResult {
  /** The project of the query, in a report of several projects. */
  readonly project?: string | undefined;
  /** Path of the suite, as `Query.file`. */
  readonly suite: string;
  readonly query: string;
  /** Name of the case, `generic`, or null for a query without parameters. */
  readonly case: string | null;
  readonly file: string;
  readonly line: number;
  readonly sql: string;
  /** As `Query.stats`. */
  readonly stats?: QueryStats | undefined;
  /** Settings of this query alone; they override `CheckReport.settings`. Absent if there are none. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly status: Status;
  /** The status if only the branch had changed. Absent if equal to `status`, or unknown. */
  readonly branchStatus?: Status;
  readonly findings: readonly Finding[];
  /** The cause of the change. Absent if the plan is unchanged, or has no earlier plan. */
  readonly changedBy?: ChangedBy;
  /** Values of the case, formatted for people, such as `customer_id = 17`; null for a plan without values. */
  readonly values: string | null;
  /** Values of an automatic case when the baseline was accepted; null for any other case. */
  readonly baselineValues: string | null;
  readonly baseline: PlanFigures | null;
  /** Major the baseline was accepted on; null without a baseline. */
  readonly baselineMajor: number | null;
  readonly current: PlanFigures | null;
  /**
   * The current plan as planned, if `current` is rewritten in another major's spelling to compare it with its baseline.
   */
  readonly asPlanned?: PlanFigures | undefined;
  /** Digests of what the current plan was made under. Together with the plan they make a block of a baseline. */
  readonly provenance: Provenance;
  /** True for an automatic case; its values go into its block. */
  readonly auto?: true | undefined;
  /** The cost of a plan of the baseline's shape now, if the shape changed and such a plan was found. */
  readonly runnerUp?: RunnerUp | undefined;
  /** How the current plan compares with production's own; null in a rehearsal. */
  readonly production: Reproduction;
}

export interface PlanFigures {
  readonly totalCost: number;
  readonly planRows: number;
  readonly plan: PlanNode;
}

/** A check without its results: inputs, settings and summary. */
export interface CheckFacts {
  readonly server: { readonly version: string; readonly major: number };
  /** null if snapshot and server have the same major. */
  readonly rehearsal: Rehearsal | null;
  readonly snapshot: { readonly path: string; readonly digest: string; readonly capturedAt: string };
  readonly suites: CheckedSuites;
  /** Which part of the suites was planned; null: everything that was asked for. */
  readonly shard: Shard | null;
  /** Planner settings that the plans were made under. */
  readonly settings: Readonly<Record<string, string>>;
  readonly summary: Summary;
  /** The revision that plans are compared with; null: committed baselines. */
  readonly against: ComparedRevision | null;
  /** The causes of plans that differ; null if none differs. */
  readonly causes: CauseSummary | null;
  /** Which failures make the exit status 1. */
  readonly failOn: 'any' | 'branch';
  /** Conditions for identical plans that do not hold. */
  readonly conditions: readonly UnmetCondition[];
  /**
   * How many of production's own plans were reproduced; null if the snapshot has none of these queries, and in a
   * rehearsal.
   */
  readonly production: ReproductionSummary | null;
  /** Findings about no query of the suites, such as a baseline without a query. */
  readonly notes: readonly Finding[];
}

/**
 * Everything that one `check` found: the JSON report, and the source of every other report. A check of several projects
 * has the results of all of them, whose paths begin with the project's; its facts cover all projects together.
 */
export interface CheckReport extends CheckFacts {
  readonly format: 1;
  /** Version of regress. */
  readonly regress: string;
  /** Version of the extension regress_planner. */
  readonly extension: string;
  readonly startedAt: string;
  readonly results: readonly PlanResult[];
  /** The projects of a check of several, in the order of regress.yaml. */
  readonly projects?: readonly ProjectFacts[] | undefined;
}

/** One project of a check of several, without its results. */
export interface ProjectFacts extends CheckFacts {
  readonly name: string;
}

/** The suites of a check. */
export interface CheckedSuites {
  /** The folder, relative to the top of the git repository, or else to the folder of the configuration; with `/`. */
  readonly path: string;
  /** Digest of the queries that were asked for (of all shards) and of their thresholds. */
  readonly digest: string;
}

/** One of several checks that divide the queries among themselves. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly total: number;
  /** For each result, the position of its query among those of all shards, from 0. */
  readonly places: readonly number[];
}

/** The cause of a plan that differs. */
export interface ChangedBy {
  readonly by: 'branch' | 'settings' | 'snapshot' | 'version' | 'unknown';
  /** How much a table's rows grew or shrank, if the snapshot changed the plan and the share is known. */
  readonly growth: string | null;
}

/** Number of plans that differ, by cause; each is counted once. */
export interface CauseSummary {
  /** Changed by the branch: its schema, a query or a setting, possibly among other causes. */
  readonly branch: number;
  readonly settings: number;
  readonly snapshot: number;
  readonly version: number;
  /** More than one cause is possible. */
  readonly unknown: number;
  /**
   * The table behind most of the plans that the snapshot changed, and how much its rows grew or shrank: `public.orders
   * grew 80 %`.
   */
  readonly growth: string | null;
}

/** The revision that `check --against` compared with. */
export interface ComparedRevision {
  /** As the user named it, or the main branch. */
  readonly ref: string;
  /** Full hash. */
  readonly commit: string;
  /** True: the merge base of HEAD and `ref`; false: `ref` itself. */
  readonly mergeBase: boolean;
  /** True if it is the commit that is checked out: only uncommitted changes can differ. */
  readonly isHead: boolean;
  /** Number of findings that the revision has too; they are notes with `standing`. */
  readonly standing: number;
}

/**
 * A check on another major than the snapshot's. No plan can be identical to production's, so it tells what becomes of
 * them.
 */
export interface Rehearsal {
  /** Major of the server the snapshot is of. */
  readonly source: number;
  /** Major of the server that planned. */
  readonly target: number;
  /** Plans compared with a baseline of the source's major. */
  readonly compared: number;
  /** How many of these have the same shape, whatever they cost. */
  readonly sameShape: number;
  /** New cost divided by old cost, over the plans compared; null if there are none. */
  readonly costRatio: { readonly least: number; readonly median: number; readonly greatest: number } | null;
}

export interface Summary {
  readonly queries: number;
  readonly ok: number;
  readonly warned: number;
  readonly failed: number;
  readonly errored: number;
}

/**
 * The status that counts for the exit status and in reports. With `failOn: branch`, a failure that the branch did not
 * cause is a warning.
 */
export function countedStatus(
  { status, branchStatus }: Pick<PlanResult, 'status' | 'branchStatus'>,
  failOn: CheckReport['failOn'],
): Status {
  if (failOn !== 'branch' || branchStatus === undefined) return status;
  if (isBad(branchStatus)) return branchStatus;
  return isBad(status) ? 'warn' : status;
}

/** Number of results that count with this status for the exit status. */
export function countedAs(status: Status, { results, failOn }: Pick<CheckReport, 'results' | 'failOn'>): number {
  return results.filter((result) => countedStatus(result, failOn) === status).length;
}

/**
 * Why projects of a check of several could not be checked. If there are any, the check is incomplete, whatever its
 * results are.
 */
export function uncheckedProjects({ notes }: Pick<CheckFacts, 'notes'>): readonly Finding[] {
  return notes.filter(({ severity }) => severity === 'error');
}

/** True for a status that fails a build. */
export function isBad(status: Status): boolean {
  return status === 'fail' || status === 'error';
}
