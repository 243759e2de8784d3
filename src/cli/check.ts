import { exitStatus } from '../compare/index.ts';
import { loadProjects } from '../config/index.ts';
import { type CheckOptions, checkDatabase, checkProjects } from '../judging/index.ts';
import { RegressError } from '../model/errors.ts';
import { loadSuites, selectQueries } from '../suite/index.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';
import type { ReporterChoice } from './terminal/reporter-option.ts';
import { writeReports } from './terminal/write-reports.ts';

/**
 * `regress check`: plans the suites and compares the plans with the baselines, or with the plans of a revision. Checks every
 * project if regress.yaml has several. Resolves to the exit status.
 */
export async function check(
  patterns: readonly string[],
  options: CheckOptions & { readonly reporter: readonly ReporterChoice[] },
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  const started = Date.now();
  const { folder, projects, config } = await loadProjects(globals.config, context.env, globals.project);
  const whole = patterns.length === 0;
  if (projects === null) {
    const selected = selectQueries(await loadSuites(config.suites), patterns);
    const report = await checkDatabase(config, selected, whole, options, context);
    await writeReports(report, options.reporter, Date.now() - started, context);
    return exitStatus(report);
  }
  requireShared(options);
  const { report, failed } = await checkProjects(folder, projects, patterns, options, context);
  if (report !== null) await writeReports(report, options.reporter, Date.now() - started, context);
  if (failed !== null) throw failed;
  return report === null ? 2 : exitStatus(report);
}

/** Throws RegressError `usage` for options that name a snapshot, which is always of one database. */
function requireShared(options: CheckOptions): void {
  const given = (['snapshot', 'baselineSnapshot'] as const).find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = given === 'snapshot' ? '--snapshot' : '--baseline-snapshot';
  throw new RegressError('usage', `${flag} is for one database, but regress.yaml has several projects`, {
    hint: `Name the project: npx regress-pg check --project NAME ${flag} DIRECTORY`,
  });
}
