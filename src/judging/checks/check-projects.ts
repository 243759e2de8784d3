import { relative, resolve } from 'node:path';
import { joinProjects, ofProject, type ProjectReport } from '../../compare/index.ts';
import type { Project } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { CheckReport } from '../../model/result.ts';
import type { Suite } from '../../model/suite.ts';
import { loadSuites, matchingPatterns, selectQueries } from '../../suite/index.ts';
import { type CheckOptions, checkDatabase } from './check-database.ts';
import type { CheckContext } from './context.ts';
import { repositoryPathOf, suitePrefix } from './suites-digest.ts';

/** The outcome of a check of several projects. */
interface Checked {
  /** Report on the projects that could be checked; null if there are none. */
  readonly report: CheckReport | null;
  /** The error of the first project that could not be checked. */
  readonly failed: RegressError | null;
}

/**
 * Checks one project after the other. If one cannot be checked, the report gets a note and the others are still checked.
 * Each pattern must match a query of at least one project.
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

/** Reads all suites before the first database is created, so that a mistake in one is reported at once. */
async function selectFrom(projects: readonly Project[], patterns: readonly string[]) {
  const loaded: { readonly project: Project; readonly suites: readonly Suite[] }[] = [];
  for (const project of projects) loaded.push({ project, suites: await loadSuites(project.config.suites) });
  // Throws for a pattern that matches no query of any project.
  selectQueries(
    loaded.flatMap(({ suites }) => suites),
    patterns,
  );
  return loaded.flatMap(({ project, suites }) => {
    const fitting = matchingPatterns(suites, patterns);
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
