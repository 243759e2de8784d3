import { relative, resolve } from 'node:path';
import { joinProjects, ofProject, type ProjectReport } from '../../compare/index.ts';
import type { Project } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { CheckReport } from '../../model/result.ts';
import type { Suite } from '../../model/suite.ts';
import { fittingPatterns, loadSuites, selectQueries } from '../../suite/index.ts';
import { type CheckOptions, checkDatabase } from './check-database.ts';
import { repositoryPathOf, suitePrefix } from './checked-suites.ts';
import type { CheckContext } from './context.ts';

/** What a check of several projects came to. */
interface Checked {
  /** Of the projects that could be checked; null where none could, or none was asked for. */
  readonly report: CheckReport | null;
  /** Why the first that could not be checked could not. */
  readonly failed: RegressError | null;
}

/**
 * Checks one project after the other. One that cannot be checked does not keep the others from it: a note of the report says
 * so. A pattern has to name a query of one project at least.
 */
export async function checkProjects(
  folder: string,
  projects: readonly Project[],
  patterns: readonly string[],
  options: CheckOptions,
  context: CheckContext,
): Promise<Checked> {
  const reports: ProjectReport[] = [];
  const failures: Failure[] = [];
  for (const { project, selected } of await selectFrom(projects, patterns)) {
    const { name, config } = project;
    context.say(`project ${name}`);
    try {
      const report = await checkDatabase(config, selected, patterns.length === 0, options, context);
      const path = relative(folder, resolve(config.folder, report.snapshot.path));
      const seenFromHere = { ...report, snapshot: { ...report.snapshot, path } };
      reports.push(ofProject(seenFromHere, name, suitePrefix(folder, config.suites)));
    } catch (error) {
      if (!(error instanceof RegressError)) throw error;
      failures.push({ name, error });
    }
  }
  const [failed = null] = failures.map(ofProjectError);
  if (reports.length === 0) return { report: null, failed };
  const joined = joinProjects(reports, repositoryPathOf(folder));
  const notes = failures.map(unchecked);
  for (const other of failures.slice(1)) context.progress.warn(ofProjectError(other).message);
  return { report: { ...joined, notes: [...joined.notes, ...notes] }, failed };
}

/** All suites are read before the first database is made, so that a mistake in one is told at once. */
async function selectFrom(projects: readonly Project[], patterns: readonly string[]) {
  const loaded: { readonly project: Project; readonly suites: readonly Suite[] }[] = [];
  for (const project of projects) loaded.push({ project, suites: await loadSuites(project.config.suites) });
  // It names what no project has.
  selectQueries(
    loaded.flatMap(({ suites }) => suites),
    patterns,
  );
  return loaded.flatMap(({ project, suites }) => {
    const fitting = fittingPatterns(suites, patterns);
    if (patterns.length > 0 && fitting.length === 0) return [];
    return [{ project, selected: selectQueries(suites, fitting) }];
  });
}

interface Failure {
  readonly name: string;
  readonly error: RegressError;
}

function ofProjectError({ name, error }: Failure): RegressError {
  const { code, message, detail, hint } = error;
  return new RegressError(code, `project ${name}: ${message}`, { detail, hint, cause: error });
}

function unchecked({ name, error: { message, hint } }: Failure): Finding {
  const next = hint === undefined ? {} : { hint };
  return { code: 'query-failed', severity: 'error', message: `${name}: no query was checked: ${message}`, ...next };
}
