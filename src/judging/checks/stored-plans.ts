import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { queryDigest } from '../../baseline/index.ts';
import { splitProjects } from '../../compare/index.ts';
import type { Config } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { CheckReport, PlanResult } from '../../model/result.ts';
import { plannedCases, type Query, type Suite } from '../../model/suite.ts';
import { measuredOn } from '../../planning/index.ts';
import { openSnapshot } from '../../snapshot/index.ts';
import { type Acceptable, type AcceptablePlans, mergeSuites } from '../accepting.ts';
import { suitePrefix } from './checked-suites.ts';
import type { CheckContext } from './context.ts';

/** A JSON report of check, and the file it was read from. */
export interface StoredReport {
  readonly file: string;
  readonly report: CheckReport;
}

/** Whose plans are asked for. */
interface Wanted {
  /** All suites. */
  readonly suites: readonly Suite[];
  /** With the queries that were asked for. */
  readonly selected: readonly Suite[];
  /** True where all were. */
  readonly whole: boolean;
  /** The project they are of, where there are several. */
  readonly project: string | null;
}

/**
 * The plans of a JSON report of check, made elsewhere, for the queries asked for. Throws RegressError `results` where the
 * report is of another snapshot than the one here, or of other suites: another text, values or settings of a query, one that
 * it does not have, or with `whole` one that is not here.
 */
export async function storedPlans(
  { file, report: stored }: StoredReport,
  wanted: Wanted,
  config: Config,
  options: { readonly snapshot?: string },
  context: CheckContext,
): Promise<AcceptablePlans> {
  const report = reportOf(stored, file, config, wanted.project);
  await requireSnapshot(file, report, config, options, context);
  const shelf = new Map(report.results.map((result) => [keyOf(result.suite, result.query), [] as PlanResult[]]));
  for (const result of report.results) shelf.get(keyOf(result.suite, result.query))?.push(result);
  const plans: Acceptable[] = [];
  const withCases = wanted.selected.map((suite) => ({
    ...suite,
    queries: suite.queries.map((query) => {
      const results = shelf.get(keyOf(suite.file, query.name)) ?? [];
      plans.push(...acceptable(file, suite, query, results));
      return withAutoCases(query, results);
    }),
  }));
  if (wanted.whole) requireOurs(file, report, wanted.suites);
  return { plans, suites: mergeSuites(wanted.suites, withCases), major: report.server.major };
}

/** A project's part of a report of several. A report of one project of several names none. */
function reportOf(report: CheckReport, file: string, config: Config, project: string | null): CheckReport {
  if (report.projects === undefined) return report;
  const part = splitProjects(report).find(({ name }) => name === project);
  const prefix = suitePrefix(config.base, config.suites);
  if (part !== undefined) return { ...part.report, results: part.report.results.map((one) => below(prefix, one)) };
  const names = report.projects.map(({ name }) => name);
  const message = project === null ? `${file} is of several projects` : `${file} has no project ${project}`;
  throw new RegressError('results', message, {
    detail: `It is of ${names.join(', ')}.`,
    hint: `In the folder of the regress.yaml that names them: regress update --project ${names[0]} --from FILE`,
  });
}

/** A result with the path of its suite as the project itself has it. */
function below(prefix: string, result: PlanResult): PlanResult {
  return prefix === '.' ? result : { ...result, suite: result.suite.replace(`${prefix}/`, '') };
}

function acceptable(file: string, suite: Suite, query: Query, results: readonly PlanResult[]): Acceptable[] {
  const stray = query.auto === undefined ? results.find(({ auto }) => auto === true) : undefined;
  if (stray !== undefined) throw otherQuery(file, query, stray.case);
  return plannedCases(withAutoCases(query, results)).map((planned) => {
    const result = results.find((each) => each.case === planned.name && each.auto === planned.auto);
    if (result === undefined) throw lacking(file, query, planned.name);
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

/** Values of its automatic cases stand in the report; no digest is made of them. */
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

/** Where there is no snapshot here, the report's word is taken, and said to be. */
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
  if (here === null) context.say(`there is no snapshot ${shown} here; the results are of ${short(snapshot.digest)}`);
  const digest = measuredOn(here ?? snapshot, config.map.schemas);
  const isSame = (here === null || here.digest === snapshot.digest) && results.every(isOf(digest));
  if (isSame) return;
  const isMap = here === null || here.digest === snapshot.digest;
  throw new RegressError('results', `${file} is of another snapshot`, {
    detail: isMap
      ? 'The snapshot is the same, but map.schemas of regress.yaml is not.'
      : `It is of ${short(snapshot.digest)}, and ${shown} is ${short(here.digest)}.`,
    hint: 'Check out the revision that was checked, or run regress check on this one.',
  });
}

function isOf(digest: string): (result: PlanResult) => boolean {
  return ({ provenance }) => provenance.snapshot === digest;
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

/** With --all what is not planned any more goes, so that the suites have to be those that were planned. */
function requireOurs(file: string, { results }: CheckReport, suites: readonly Suite[]): void {
  const ours = new Set(suites.flatMap((suite) => suite.queries.map(({ name }) => keyOf(suite.file, name))));
  const stray = results.find((result) => !ours.has(keyOf(result.suite, result.query)));
  if (stray === undefined) return;
  throw new RegressError('results', `${file} is of other suites`, {
    detail: `It has the query ${stray.query} of ${stray.suite}, which is not here.`,
    hint: 'Check out the revision that was checked, or name the queries to accept instead of --all.',
  });
}

function keyOf(suite: string, query: string): string {
  return JSON.stringify([suite, query]);
}

function titleOf({ name }: Query, caseName: string | null): string {
  return caseName === null ? name : `${name} [${caseName}]`;
}

function lacking(file: string, query: Query, caseName: string | null): RegressError {
  return new RegressError('results', `${file} has no plan of ${titleOf(query, caseName)}`, {
    detail: `The query stands at ${query.file}:${query.line}; it was not checked.`,
    hint: 'Name the queries that were checked, or check out the revision that was.',
  });
}

function otherQuery(file: string, query: Query, caseName: string | null): RegressError {
  return new RegressError('results', `${file} is of another query ${titleOf(query, caseName)}`, {
    detail: `The text, values or settings at ${query.file}:${query.line} are not those that were planned.`,
    hint: 'Check out the revision that was checked, or run regress check on this one.',
  });
}
