import { exitStatus } from '../compare/index.ts';
import { loadProjects } from '../config/index.ts';
import { type CheckOptions, checkDatabase, checkProjects } from '../judging/index.ts';
import { RegressError } from '../model/errors.ts';
import { loadSuites, selectQueries } from '../suite/index.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';
import type { ReporterChoice } from './terminal/reporter-option.ts';
import { writeReports } from './terminal/write-reports.ts';

/**
 * `regress check`: plans the suites and compares with the baselines, or with the plans of a revision; of every project where
 * regress.yaml has several. Resolves to the exit status.
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

/** A snapshot is one database's. */
function requireShared(options: CheckOptions): void {
  const given = (['snapshot', 'baselineSnapshot'] as const).find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = given === 'snapshot' ? '--snapshot' : '--baseline-snapshot';
  throw new RegressError('usage', `${flag} is of one database, and regress.yaml has several projects`, {
    hint: `Name the project: regress check --project NAME ${flag} DIRECTORY`,
  });
}
