import type { Cause, Finding } from '../../model/finding.ts';
import { type PlanNode, walkPlan } from '../../model/plan.ts';
import { qualifiedRelation } from '../../model/plans/node-title.ts';
import { type CheckReport, countedStatus, isBad, type PlanFigures, type PlanResult } from '../../model/result.ts';
import type { ReportOptions } from '../options.ts';
import { changedByText } from '../text/changed-by.ts';
import { createPaint } from '../text/paint.ts';
import { deviationText, summaryFacts } from '../text/summary-lines.ts';
import { planJson, sorted } from './json-text.ts';

/** One planned query as the page needs it before its plans are opened. */
export interface PageEntry
  extends Omit<
    PlanResult,
    | 'sql'
    | 'findings'
    | 'baseline'
    | 'current'
    | 'production'
    | 'baselineMajor'
    | 'provenance'
    | 'asPlanned'
    | 'changedBy'
    | 'auto'
    | 'project'
  > {
  /** Index in `PageData.sql`. Cases of a query share it. */
  readonly sql: number;
  readonly findings: readonly Omit<Finding, 'node'>[];
  readonly causes: readonly Cause[];
  /** Qualified names of the relations in either plan. */
  readonly tables: readonly string[];
  /** In planner cost units; null without a plan. */
  readonly baselineCost: number | null;
  readonly currentCost: number | null;
  readonly production: PlanResult['production'];
  /** What changed the plan, as text for people; null if it did not change or the cause is absent. */
  readonly changedBy: string | null;
  /** How the plan differs from production's own, as a sentence without a full stop; null if it does not. */
  readonly deviation: string | null;
  /** Index in the order of the suites. Entries are sorted the worst first. */
  readonly place: number;
}

/** The part of the HTML report that the page reads at start. */
export interface PageData {
  readonly regress: string;
  readonly startedAt: string;
  /** Name of the earlier plans. */
  readonly before: string;
  readonly summary: CheckReport['summary'];
  /** Number of failures and errors that do not count for the exit status. */
  readonly uncounted: number;
  /** Facts of the run, such as the server and the snapshot. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly settings: Readonly<Record<string, string>>;
  readonly conditions: CheckReport['conditions'];
  readonly notes: readonly Omit<Finding, 'node'>[];
  readonly sql: readonly string[];
  readonly entries: readonly PageEntry[];
}

/** The plans of one entry. The page reads them when the entry is opened. */
export interface PagePlans {
  /** `same`: equal to the current plan. */
  readonly baseline: PlanNode | 'same' | null;
  readonly current: PlanNode | null;
}

/** A report as the page reads it: the data read at start, and the plans of each entry. `results` are sorted the worst first. */
export function pageData(
  report: CheckReport,
  results: readonly PlanResult[],
  options: ReportOptions,
): { readonly data: PageData; readonly plans: readonly PagePlans[] } {
  const { regress, startedAt, summary, settings, conditions, notes } = report;
  const places = new Map(report.results.map((result, place) => [result, place]));
  const deviations = new Map(report.production?.deviations.map((one) => [keyOf(one), deviationText(one)]));
  const sql = new Map<string, number>();
  const entries = results.map((result) => {
    if (!sql.has(result.sql)) sql.set(result.sql, sql.size);
    const deviation = deviations.get(keyOf(result)) ?? null;
    return pageEntry(result, { sql: sql.get(result.sql) ?? 0, place: places.get(result) ?? 0, deviation });
  });
  const data: PageData = {
    regress,
    startedAt,
    before: options.before ?? report.against?.ref ?? 'baseline',
    summary,
    uncounted: report.results.filter((result) => isUncounted(result, report)).length,
    facts: summaryFacts(report, createPaint(false)),
    settings: sorted(settings),
    conditions: conditions.map(({ code, message, effect, hint }) => ({
      ...{ code, message, effect },
      ...(hint !== undefined && { hint }),
    })),
    notes: notes.map(withoutNode),
    sql: [...sql.keys()],
    entries,
  };
  return { data, plans: results.map(pagePlans) };
}

function pageEntry(result: PlanResult, known: Pick<PageEntry, 'sql' | 'place' | 'deviation'>): PageEntry {
  const { baseline, current, findings, baselineMajor, provenance, asPlanned, auto, project, changedBy, ...rest } =
    result;
  return {
    ...rest,
    ...known,
    query: project === undefined ? result.query : `${project}: ${result.query}`,
    findings: findings.map(withoutNode),
    changedBy: changedBy === undefined ? null : changedByText(changedBy),
    causes: [...new Set(findings.flatMap(({ cause }) => cause ?? []))].sort(),
    tables: tablesOf([baseline, current]),
    baselineCost: baseline?.totalCost ?? null,
    currentCost: current?.totalCost ?? null,
  };
}

function isUncounted(result: PlanResult, { failOn }: CheckReport): boolean {
  return isBad(result.status) && !isBad(countedStatus(result, failOn));
}

function pagePlans({ baseline, current }: PlanResult): PagePlans {
  const [before, now] = [baseline, current].map((figures) => figures && (planJson(figures.plan) as PlanNode));
  const isSame = before && JSON.stringify(before) === JSON.stringify(now);
  return { baseline: isSame ? 'same' : (before ?? null), current: now ?? null };
}

function tablesOf(plans: readonly (PlanFigures | null)[]): readonly string[] {
  const nodes = plans.flatMap((figures) => (figures === null ? [] : [...walkPlan(figures.plan)]));
  return [...new Set(nodes.flatMap((node) => qualifiedRelation(node) ?? []))].sort();
}

function withoutNode({ node: _, ...finding }: Finding): Omit<Finding, 'node'> {
  return finding;
}

function keyOf(named: { readonly suite: string; readonly query: string; readonly case: string | null }): string {
  return JSON.stringify([named.suite, named.query, named.case]);
}
