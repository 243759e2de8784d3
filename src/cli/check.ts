import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import {
  comparePlans,
  exitStatus,
  judge,
  mergeThresholds,
  planFigures,
  queryFailed,
  statusOf,
  summarize,
  summarizeRehearsal,
  withCommonSpelling,
  withValuesOf,
} from '../compare/index.ts';
import { type Config, loadConfig } from '../config/index.ts';
import { RegressError } from '../model/errors.ts';
import type { CheckReport, PlanResult } from '../model/result.ts';
import type { RunnerUp } from '../model/runner-up.ts';
import { valuesText } from '../model/suite.ts';
import { type ReporterName, reporters } from '../report/index.ts';
import { loadSuites, namedRelations, selectQueries, timeCalls } from '../suite/index.ts';
import type { Context, GlobalOptions } from './context.ts';
import { comparedFlip } from './plan-flips.ts';
import { type Planned, type Plans, planSuitesAnd } from './planning.ts';
import { reproductionOf, summarizeReproduction } from './production-plans.ts';
import { findRunnersUp } from './runners-up.ts';
import { majorOf, type PlanningOptions } from './session.ts';
import { type Accepted, acceptedPlan, type Majors, openShelves, type Shelf } from './shelves.ts';
import { staleNotes } from './stale.ts';

interface CheckOptions extends PlanningOptions {
  /** `NAME` or `NAME=FILE`. */
  readonly reporter: readonly string[];
}

/** `regress check`: plans the suites and compares with the baselines. Resolves to the exit status. */
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
  const { plans, majors, shelves, runnersUp } = await planSuitesAnd(
    selected,
    config,
    options,
    context,
    async (plans, planWithout) => {
      const majors = { source: majorOf(plans.snapshot.manifest), target: plans.server.major };
      const shelves = await openShelves(selected, majors);
      const accepted = ({ suite, query, planned }: Planned) =>
        acceptedPlan(shelves.get(suite.file), query.name, planned.name, majors);
      const runnersUp = await findRunnersUp(plans.planned, accepted, planWithout, majors.target);
      return { plans, majors, shelves, runnersUp };
    },
  );
  const notes = patterns.length === 0 ? await staleNotes(config, plans.suites, shelves) : [];
  const results = plans.planned.map((planned) =>
    judgeOne(planned, shelves, { ...plans, runnersUp }, config, { ...majors, ci: context.ci }),
  );
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
    conditions: plans.conditions,
    production: rehearsal === null ? summarizeReproduction(plans.planned, plans.deviations) : null,
    results,
    notes,
  };
  await writeReports(report, options.reporter, Date.now() - startedAt.getTime(), context);
  return exitStatus(report);
}

function judgeOne(
  item: Planned,
  shelves: ReadonlyMap<string, Shelf>,
  plans: Plans & { readonly runnersUp: ReadonlyMap<Planned, RunnerUp> },
  config: Config,
  { source, target, ci }: Majors & { readonly ci: boolean },
): PlanResult {
  const { suite, query, planned, outcome, provenance } = item;
  const shelf = shelves.get(suite.file);
  const found = acceptedPlan(shelf, query.name, planned.name, { source, target });
  const accepted = found && withMovedValues(found, item);
  const about = {
    suite: suite.file,
    query: query.name,
    case: planned.name,
    file: query.file,
    line: query.line,
    sql: query.sql,
    values: valuesText(query, planned),
    baselineValues: accepted?.block.values ?? null,
    stats: query.stats,
    baseline: accepted && planFigures(accepted.block.plan),
    baselineMajor: accepted?.major ?? null,
    production: source === target ? reproductionOf(item) : null,
  };
  if ('error' in outcome) {
    const { message, code, detail, hint, position } = outcome.error;
    const at = position === undefined ? undefined : Number(position);
    const findings = [queryFailed({ message, code, detail, hint, position: at }, query.statement)];
    return { ...about, status: statusOf(findings), findings, current: null };
  }
  const ofOtherMajor = accepted !== null && accepted.major !== target;
  const current = ofOtherMajor ? withCommonSpelling(outcome.plan) : outcome.plan;
  const judged = judge({
    query,
    case: planned.name,
    thresholds: mergeThresholds(config.thresholds, suite.thresholds, query.thresholds),
    baseline: accepted?.block ?? null,
    baselineMajor: accepted?.major ?? target,
    current,
    provenance,
    ci,
    major: target,
    sourceMajor: source,
    otherMajors: shelf?.otherMajors ?? [],
    unknown: plans.unknown,
    missing: plans.missing,
    reproduced: about.production === 'identical',
    named: namedRelations(query.statement),
    flip: comparedFlip(item, shelf, { source, target }, plans.settings),
    timeCalls: timeCalls(query.statement),
    plannedAt: plannedAt(plans.snapshot.manifest.capturedAt),
    isNewCase:
      planned.auto !== undefined && (shelf?.baseline?.blocks ?? []).some((block) => block.query === query.name),
    readingFunctions: plans.readingFunctions.get(query.statement) ?? [],
    runnerUp: plans.runnersUp.get(item),
  });
  return { ...about, ...judged, current: planFigures(current), runnerUp: plans.runnersUp.get(item) };
}

/** An automatic case whose values moved with the snapshot is compared by what stands around them. */
function withMovedValues(accepted: Accepted, { query, planned, outcome }: Planned): Accepted {
  const { block } = accepted;
  const moved = planned.auto !== undefined && block.values !== (valuesText(query, planned) ?? undefined);
  if (!moved || 'error' in outcome) return accepted;
  return { ...accepted, block: { ...block, plan: withValuesOf(outcome.plan, block.plan) } };
}

/** To the second, in UTC. */
function plannedAt(capturedAt: string): string {
  return `${capturedAt.slice(0, 19).replace('T', ' ')} UTC`;
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
