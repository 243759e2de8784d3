import { relative } from 'node:path';
import { summarize, summarizeRehearsal } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import {
  committedPlans,
  findRunnersUp,
  judgeOne,
  type PlannedRevision,
  planRevision,
  revisionPlans,
  tellCauses,
} from '../judging/index.ts';
import type { CheckReport, PlanResult } from '../model/result.ts';
import { majorOf } from '../model/snapshot.ts';
import type { Suite } from '../model/suite.ts';
import {
  type Planned,
  type PlanningOptions,
  type Plans,
  planSuitesAnd,
  type Slice,
  summarizeReproduction,
} from '../planning/index.ts';
import { EXTENSION_VERSION } from '../restore/index.ts';
import { checkedSuites } from './checked-suites.ts';
import type { Context } from './terminal/context.ts';
import type { ReporterChoice } from './terminal/reporter-option.ts';

export interface CheckOptions extends PlanningOptions {
  readonly reporter: readonly ReporterChoice[];
  readonly shard?: Slice;
  /** A revision to compare with; true means the merge base with the main branch. */
  readonly against?: string | true;
  readonly failOn?: 'any' | 'branch';
  /** The snapshot the baselines were accepted under. */
  readonly baselineSnapshot?: string;
}

/** Plans the suites of one database and compares the plans with the baselines, or with the plans of a revision. */
export async function checkDatabase(
  config: Config,
  selected: readonly Suite[],
  whole: boolean,
  options: CheckOptions,
  context: Context,
): Promise<CheckReport> {
  const startedAt = new Date();
  const revision = await revisionOf(options.against, config, options, context);
  const { plans, judges, reference, runnersUp } = await planSuitesAnd(
    selected,
    config,
    options,
    context,
    async (plans, planWithout) => {
      const majors = { source: majorOf(plans.snapshot.manifest), target: plans.server.major };
      const judges = { ...majors, config, ci: context.ci };
      const selection = { suites: plans.suites, selected, whole };
      const reference =
        revision === null
          ? await committedPlans(config, majors, selection)
          : revisionPlans(revision, plans, judges, selection);
      const acceptedOf = (item: Planned) => reference.earlier(item).accepted;
      const runnersUp = await findRunnersUp(plans.planned, acceptedOf, planWithout, majors.target);
      return { plans, judges, reference, runnersUp };
    },
    options.shard,
  );
  const majors = { source: judges.source, target: judges.target };
  const run = { ...plans, runnersUp };
  const judged = plans.planned.map((planned) => judgeOne(planned, reference.earlier(planned), run, judges));
  const { results, causes } = await tellCauses(judged, plans, { reference, judges, config, options, context });
  const rehearsal = summarizeRehearsal(results, majors);
  return {
    format: 1,
    regress: context.version,
    extension: EXTENSION_VERSION,
    startedAt: startedAt.toISOString(),
    server: { version: plans.server.version, major: plans.server.major },
    rehearsal,
    snapshot: {
      path: relative(config.folder, plans.snapshot.path) || '.',
      digest: plans.snapshot.manifest.digest,
      capturedAt: plans.snapshot.manifest.capturedAt,
    },
    suites: checkedSuites(config, selected),
    shard: options.shard === undefined ? null : { ...options.shard, places: placesOf(plans) },
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

/** For each plan, the position of its query among the queries of all shards, from 0. */
function placesOf({ suites, planned }: Plans): readonly number[] {
  const queries = suites.flatMap((suite) => suite.queries);
  const places = new Map(queries.map((query, place) => [query, place]));
  return planned.map(({ query }) => places.get(query) ?? 0);
}
