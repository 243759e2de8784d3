import type { Provenance } from './baseline.ts';
import type { UnmetCondition } from './condition.ts';
import type { Finding } from './finding.ts';
import type { PlanNode } from './plan.ts';
import type { Reproduction, ReproductionSummary } from './plans/production-plan.ts';
import type { RunnerUp } from './plans/runner-up.ts';
import type { QueryStats } from './suite.ts';

export type Status = 'ok' | 'warn' | 'fail' | 'error';

/** One query planned one way (a case, or the generic plan) and compared. The JSON report's `results[]`. */
export interface PlanResult {
  /** In a report of several projects: whose query it is. */
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
  /** Settings of the query alone, which stand before `CheckReport.settings`; absent where it has none. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly status: Status;
  /** The status had nothing changed but the branch; absent where that is the same, or not known. */
  readonly branchStatus?: Status;
  readonly findings: readonly Finding[];
  /** What changed the plan; absent where it is as before, or has nothing it changed from. */
  readonly changedBy?: ChangedBy;
  /** Values of the case as people read them, `customer_id = 17`; null for a plan without. */
  readonly values: string | null;
  /** What an automatic case had when the baseline was accepted; null for any other. */
  readonly baselineValues: string | null;
  readonly baseline: PlanFigures | null;
  /** Major the baseline was accepted on; null without a baseline. */
  readonly baselineMajor: number | null;
  readonly current: PlanFigures | null;
  /** The current plan as it came, where `current` is spelled as another major would, to be compared with its baseline. */
  readonly asPlanned?: PlanFigures | undefined;
  /** What the current plan was made under: with it and the plan, a block of a baseline can be written. */
  readonly provenance: Provenance;
  /** An automatic case, whose values go into its block. */
  readonly auto?: true | undefined;
  /** What a plan of the baseline's shape would cost now, where the shape changed and that could be found. */
  readonly runnerUp?: RunnerUp | undefined;
  /** How the current plan compares with production's own; null in a rehearsal. */
  readonly production: Reproduction;
}

export interface PlanFigures {
  readonly totalCost: number;
  readonly planRows: number;
  readonly plan: PlanNode;
}

/** What a check was made with and came to, but for its results. */
export interface CheckFacts {
  readonly server: { readonly version: string; readonly major: number };
  /** Null where snapshot and server are of one major. */
  readonly rehearsal: Rehearsal | null;
  readonly snapshot: { readonly path: string; readonly digest: string; readonly capturedAt: string };
  readonly suites: CheckedSuites;
  /** Which part of the suites was planned; null: all that was asked for. */
  readonly shard: Shard | null;
  /** Planner settings the plans were made under. */
  readonly settings: Readonly<Record<string, string>>;
  readonly summary: Summary;
  /** The revision whose plans these are compared with; null: committed baselines. */
  readonly against: ComparedRevision | null;
  /** What changed the plans that differ; null where none does. */
  readonly causes: CauseSummary | null;
  /** What makes the exit status 1. */
  readonly failOn: 'any' | 'branch';
  /** Conditions of identical plans that do not hold. */
  readonly conditions: readonly UnmetCondition[];
  /** How many of production's own plans were reproduced; null where the snapshot has none of these queries, and in a rehearsal. */
  readonly production: ReproductionSummary | null;
  /** Findings about no query of the suites, such as a baseline without a query. */
  readonly notes: readonly Finding[];
}

/**
 * Everything one `check` found: the JSON report, and the source of every other report. Of a check of several projects the
 * results are those of all, and begin with the path of their project; the facts are what can be said of them together.
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

/** What was found of one project of several, but for its results. */
export interface ProjectFacts extends CheckFacts {
  readonly name: string;
}

/** The suites of a check. */
export interface CheckedSuites {
  /** The folder, as seen from the top of the git repository, else from the folder of the configuration; with `/`. */
  readonly path: string;
  /** Of the queries that were asked for, in whatever shard they are, and of the thresholds they are judged by. */
  readonly digest: string;
}

/** One of several checks that share the queries between them. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly total: number;
  /** For each result, the place of its query among those of all shards, from 0. */
  readonly places: readonly number[];
}

/** What changed a plan that differs. */
export interface ChangedBy {
  readonly by: 'branch' | 'settings' | 'snapshot' | 'version' | 'unknown';
  /** By what share the rows of a table moved, where the snapshot changed the plan and that is known. */
  readonly growth: string | null;
}

/** Plans that differ, each counted once. */
export interface CauseSummary {
  /** By the schema, a query or a setting that the branch changed, maybe among other causes. */
  readonly branch: number;
  readonly settings: number;
  readonly snapshot: number;
  readonly version: number;
  /** Of which more than one thing may be the cause. */
  readonly unknown: number;
  /** The table of most of the plans that the snapshot changed, and by what share its rows did, such as `public.orders grew 80 %`. */
  readonly growth: string | null;
}

/** What `check --against` compared with. */
export interface ComparedRevision {
  /** As the user named it, or the main branch. */
  readonly ref: string;
  /** Full hash. */
  readonly commit: string;
  /** True: the merge base of HEAD and `ref`; false: `ref` itself. */
  readonly mergeBase: boolean;
  /** True where it is the commit that is checked out: only what is not committed can differ. */
  readonly isHead: boolean;
  /** Findings that stand there just as well; they are notes with `standing`. */
  readonly standing: number;
}

/** A check on another major than the snapshot's: what becomes of the plans, since none can be production's. */
export interface Rehearsal {
  /** Major of the server the snapshot is of. */
  readonly source: number;
  /** Major of the server that planned. */
  readonly target: number;
  /** Plans that were compared with a baseline of the source's major. */
  readonly compared: number;
  /** Of these, how many work in the same way, whatever they cost. */
  readonly sameShape: number;
  /** New cost divided by old cost, over the plans compared; null where there is none. */
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
 * The status as it counts for the exit status: with `failOn: branch` what the branch did not do is a warning, and so is
 * what reports make of it.
 */
export function countedStatus(
  { status, branchStatus }: Pick<PlanResult, 'status' | 'branchStatus'>,
  failOn: CheckReport['failOn'],
): Status {
  if (failOn !== 'branch' || branchStatus === undefined) return status;
  if (isBad(branchStatus)) return branchStatus;
  return isBad(status) ? 'warn' : status;
}

/** How many results count as this for the exit status. */
export function countedAs(status: Status, { results, failOn }: Pick<CheckReport, 'results' | 'failOn'>): number {
  return results.filter((result) => countedStatus(result, failOn) === status).length;
}

/** Why projects of a check of several could not be checked: where there is one, the check is not whole, whatever its results are. */
export function uncheckedProjects({ notes }: Pick<CheckFacts, 'notes'>): readonly Finding[] {
  return notes.filter(({ severity }) => severity === 'error');
}

/** True for what fails a build. */
export function isBad(status: Status): boolean {
  return status === 'fail' || status === 'error';
}
