import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { queryDigest } from '../baseline/index.ts';
import { splitProjects } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import { RegressError } from '../model/errors.ts';
import type { CheckReport, PlanResult } from '../model/result.ts';
import { plannedCases, type Query, type Suite } from '../model/suite.ts';
import { snapshotDigestOf } from '../planning/index.ts';
import { openSnapshot } from '../snapshot/index.ts';
import { type Acceptable, type AcceptablePlans, mergeSuites } from './accepting.ts';
import type { CheckContext } from './checks/context.ts';
import { suitePrefix } from './checks/suites-digest.ts';

/** A JSON report of check, and the file it was read from. */
export interface StoredReport {
  readonly file: string;
  readonly report: CheckReport;
}

/** Selects the plans to accept. */
interface Wanted {
  /** All suites. */
  readonly suites: readonly Suite[];
  /** Suites with only the selected queries. */
  readonly selected: readonly Suite[];
  /** Whether all queries are selected. */
  readonly whole: boolean;
  /** The project of the suites; null if there is only one. */
  readonly project: string | null;
}

/**
 * The plans of the selected queries in json results of check, which may come from another machine. Throws RegressError
 * `results` if they were made with another snapshot or other suites: if a query has another text, values or settings, is
 * missing in the results, or (with `whole`) is missing here.
 */
export async function plansFromResults(
  { file, report: stored }: StoredReport,
  wanted: Wanted,
  config: Config,
  options: { readonly snapshot?: string },
  context: CheckContext,
): Promise<AcceptablePlans> {
  const report = reportOf(stored, file, config, wanted.project);
  await requireSnapshot(file, report, config, options, context);
  const byQuery = new Map(report.results.map((result) => [keyOf(result.suite, result.query), [] as PlanResult[]]));
  for (const result of report.results) byQuery.get(keyOf(result.suite, result.query))?.push(result);
  const plans: Acceptable[] = [];
  const withCases = wanted.selected.map((suite) => ({
    ...suite,
    queries: suite.queries.map((query) => {
      const results = byQuery.get(keyOf(suite.file, query.name)) ?? [];
      plans.push(...acceptable(file, suite, query, results));
      return withAutoCases(query, results);
    }),
  }));
  if (wanted.whole) requireKnownQueries(file, report, wanted.suites);
  return { plans, suites: mergeSuites(wanted.suites, withCases), major: report.server.major };
}

/** The part of a report that is about the project. A report on a single project names none. */
function reportOf(report: CheckReport, file: string, config: Config, project: string | null): CheckReport {
  if (report.projects === undefined) return report;
  const part = splitProjects(report).find(({ name }) => name === project);
  const prefix = suitePrefix(config.base, config.suites);
  if (part !== undefined) return { ...part.report, results: part.report.results.map((one) => below(prefix, one)) };
  const names = report.projects.map(({ name }) => name);
  const message = project === null ? `${file} covers several projects` : `${file} has no project ${project}`;
  throw new RegressError('results', message, {
    detail: `It covers ${names.join(', ')}.`,
    hint: `In the folder of the regress.yaml that lists them: npx regress-pg update --project ${names[0]} --from FILE`,
  });
}

/** A result with the path of its suite relative to the project's folder. */
function below(prefix: string, result: PlanResult): PlanResult {
  return prefix === '.' ? result : { ...result, suite: result.suite.replace(`${prefix}/`, '') };
}

function acceptable(file: string, suite: Suite, query: Query, results: readonly PlanResult[]): Acceptable[] {
  const stray = query.auto === undefined ? results.find(({ auto }) => auto === true) : undefined;
  if (stray !== undefined) throw otherQuery(file, query, stray.case);
  return plannedCases(withAutoCases(query, results)).map((planned) => {
    const result = results.find((each) => each.case === planned.name && each.auto === planned.auto);
    if (result === undefined) throw noPlan(file, query, planned.name);
    if (queryDigest(query, planned) !== result.provenance.query) throw otherQuery(file, query, planned.name);
    return {
      suite: suite.file,
      query: query.name,
      case: planned.name,
      values: planned.auto === undefined ? null : result.values,
      file: query.file,
      line: query.line,
      provenance: result.provenance,
      outcome: outcomeOf(result),
    };
  });
}

/** Automatic cases are taken from the report; their values are not part of the digest. */
function withAutoCases(query: Query, results: readonly PlanResult[]): Query {
  const automatic = results.flatMap((result) =>
    result.auto === true && result.case !== null ? [{ name: result.case, values: [], auto: true as const }] : [],
  );
  return { ...query, cases: [...query.cases, ...automatic] };
}

function outcomeOf({ asPlanned, current, findings }: PlanResult): Acceptable['outcome'] {
  const figures = asPlanned ?? current;
  if (figures !== null) return { plan: figures.plan };
  const failed = findings.find(({ code }) => code === 'query-failed');
  return { error: `regress: error: ${failed?.message ?? 'the query could not be planned'}` };
}

/** Throws unless the results were made with the snapshot here. Without a snapshot here, trusts the results and says so. */
async function requireSnapshot(
  file: string,
  { snapshot, results }: CheckReport,
  config: Config,
  options: { readonly snapshot?: string },
  context: CheckContext,
): Promise<void> {
  const path = options.snapshot === undefined ? config.snapshot : resolve(options.snapshot);
  const shown = relative(process.cwd(), path) || '.';
  const here = existsSync(path) ? (await openSnapshot(path)).manifest : null;
  if (here === null)
    context.say(`there is no snapshot ${shown}; the results were made with snapshot ${short(snapshot.digest)}`);
  const digest = snapshotDigestOf(here ?? snapshot, config.map.schemas);
  const isSame = (here === null || here.digest === snapshot.digest) && results.every(isOf(digest));
  if (isSame) return;
  const isMap = here === null || here.digest === snapshot.digest;
  throw new RegressError('results', `${file} was made with another snapshot`, {
    detail: isMap
      ? 'The snapshot is the same, but map.schemas in regress.yaml is not.'
      : `It was made with ${short(snapshot.digest)}, but ${shown} is ${short(here.digest)}.`,
    hint: 'Check out the revision that was checked, or run npx regress-pg check on this one.',
  });
}

function isOf(digest: string): (result: PlanResult) => boolean {
  return ({ provenance }) => provenance.snapshot === digest;
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

/** Throws for results of a query that is not here. --all removes baselines without a query, so the suites must be the same. */
function requireKnownQueries(file: string, { results }: CheckReport, suites: readonly Suite[]): void {
  const ours = new Set(suites.flatMap((suite) => suite.queries.map(({ name }) => keyOf(suite.file, name))));
  const stray = results.find((result) => !ours.has(keyOf(result.suite, result.query)));
  if (stray === undefined) return;
  throw new RegressError('results', `${file} was made with other suites`, {
    detail: `It has the query ${stray.query} of ${stray.suite}, which does not exist here.`,
    hint: 'Check out the revision that was checked, or name the queries to accept instead of --all.',
  });
}

function keyOf(suite: string, query: string): string {
  return JSON.stringify([suite, query]);
}

function titleOf({ name }: Query, caseName: string | null): string {
  return caseName === null ? name : `${name} [${caseName}]`;
}

function noPlan(file: string, query: Query, caseName: string | null): RegressError {
  return new RegressError('results', `${file} has no plan for ${titleOf(query, caseName)}`, {
    detail: `The query at ${query.file}:${query.line} was not checked.`,
    hint: 'Name only queries that were checked, or check out the revision that was checked.',
  });
}

function otherQuery(file: string, query: Query, caseName: string | null): RegressError {
  return new RegressError('results', `${file} has another version of ${titleOf(query, caseName)}`, {
    detail: `The text, values or settings at ${query.file}:${query.line} differ from those that were planned.`,
    hint: 'Check out the revision that was checked, or run npx regress-pg check on this one.',
  });
}
