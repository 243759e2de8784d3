import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { comparePlans, exitStatus, summarize, summarizeRehearsal } from '../compare/index.ts';
import { type Config, loadConfig } from '../config/index.ts';
import { RegressError } from '../model/errors.ts';
import type { CheckReport, PlanResult } from '../model/result.ts';
import { type ReporterName, reporters } from '../report/index.ts';
import { loadSuites, selectQueries } from '../suite/index.ts';
import { type PlannedRevision, planRevision } from './against.ts';
import { tellCauses } from './causes.ts';
import type { Context, GlobalOptions } from './context.ts';
import { judgeOne } from './judging.ts';
import { loadPageParts } from './page-parts.ts';
import { type Planned, planSuitesAnd } from './planning.ts';
import { summarizeReproduction } from './production-plans.ts';
import { committedPlans, revisionPlans } from './reference.ts';
import { findRunnersUp } from './runners-up.ts';
import { majorOf, type PlanningOptions } from './session.ts';

interface CheckOptions extends PlanningOptions {
  /** `NAME` or `NAME=FILE`. */
  readonly reporter: readonly string[];
  /** A revision to compare with; true: the merge base with the main branch. */
  readonly against?: string | true;
  readonly failOn?: 'any' | 'branch';
  /** The snapshot the baselines were accepted under. */
  readonly baselineSnapshot?: string;
}

/** `regress check`: plans the suites and compares with the baselines, or with the plans of a revision. Resolves to the exit status. */
export async function check(
  patterns: readonly string[],
  options: CheckOptions,
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  const startedAt = new Date();
  const config = await loadConfig(globals.config, context.env);
  const suites = await loadSuites(config.suites);
  const selected = selectQueries(suites, patterns);
  const revision = await revisionOf(options.against, config, options, context);
  const { plans, judges, reference, runnersUp } = await planSuitesAnd(
    selected,
    config,
    options,
    context,
    async (plans, planWithout) => {
      const majors = { source: majorOf(plans.snapshot.manifest), target: plans.server.major };
      const judges = { ...majors, config, ci: context.ci };
      const selection = { suites: plans.suites, selected, whole: patterns.length === 0 };
      const reference =
        revision === null
          ? await committedPlans(config, majors, selection)
          : revisionPlans(revision, plans, judges, selection);
      const acceptedOf = (item: Planned) => reference.earlier(item).accepted;
      const runnersUp = await findRunnersUp(plans.planned, acceptedOf, planWithout, majors.target);
      return { plans, judges, reference, runnersUp };
    },
  );
  const majors = { source: judges.source, target: judges.target };
  const made = { ...plans, runnersUp };
  const judged = plans.planned.map((planned) => judgeOne(planned, reference.earlier(planned), made, judges));
  const { results, causes } = await tellCauses(judged, plans, { reference, judges, config, options, context });
  const rehearsal = summarizeRehearsal(results, majors);
  const report: CheckReport = {
    format: 1,
    regress: context.version,
    startedAt: startedAt.toISOString(),
    server: { version: plans.server.version, major: plans.server.major },
    rehearsal,
    snapshot: {
      path: relative(config.folder, plans.snapshot.path) || '.',
      digest: plans.snapshot.manifest.digest,
      capturedAt: plans.snapshot.manifest.capturedAt,
    },
    settings: plans.settings,
    summary: summarize(results),
    against: comparedRevision(revision, results),
    causes,
    failOn: options.failOn ?? config.failOn,
    conditions: plans.conditions,
    production: rehearsal === null ? summarizeReproduction(plans.planned, plans.deviations) : null,
    results,
    notes: reference.notes,
  };
  await writeReports(report, options.reporter, Date.now() - startedAt.getTime(), context);
  return exitStatus(report);
}

async function revisionOf(
  against: CheckOptions['against'],
  config: Config,
  options: CheckOptions,
  context: Context,
): Promise<PlannedRevision | null> {
  return against === undefined ? null : planRevision(against === true ? null : against, config, options, context);
}

function comparedRevision(revision: PlannedRevision | null, results: readonly PlanResult[]): CheckReport['against'] {
  if (revision === null) return null;
  const { ref, commit, mergeBase, isHead } = revision;
  const standing = results.flatMap(({ findings }) => findings).filter((finding) => finding.standing === true);
  return { ref, commit, mergeBase, isHead, standing: standing.length };
}

async function writeReports(
  report: CheckReport,
  wanted: readonly string[],
  elapsedMs: number,
  context: Context,
): Promise<void> {
  // What is for stdout is not lost with a file that cannot be written.
  const stdoutFirst = [...wanted].sort((a, b) => Number(a.includes('=')) - Number(b.includes('=')));
  for (const entry of wanted.length === 0 ? ['console'] : stdoutFirst) {
    const [name, ...rest] = entry.split('=') as [ReporterName, ...string[]];
    const file = rest.join('=');
    const text = reporters[name](report, {
      color: context.color && file === '',
      width: context.width,
      verbose: context.verbose,
      elapsedMs,
      comparePlans,
      page: name === 'html' ? await loadPageParts() : undefined,
    });
    if (file === '') context.print(text);
    else await writeReport(file, text);
  }
}

async function writeReport(file: string, text: string): Promise<void> {
  const path = resolve(file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new RegressError('usage', `could not write the report ${file}`, {
      detail: `${(cause as Error).message}.`,
      cause,
    });
  }
}
