import { relative } from 'node:path';
import { summarize, summarizeRehearsal } from '../../compare/index.ts';
import type { Config } from '../../config/index.ts';
import type { CheckReport, PlanResult } from '../../model/result.ts';
import type { Suite } from '../../model/suite.ts';
import {
  type PlanningOptions,
  type Plans,
  type Slice,
  summarizeReproduction,
  withPlannedSuites,
} from '../../planning/index.ts';
import { EXTENSION_VERSION } from '../../restore/index.ts';
import { type PlannedRevision, planRevision } from '../against.ts';
import { findCauses } from '../causes/causes.ts';
import { committedPlans, revisionPlans } from '../reference.ts';
import type { CheckContext } from './context.ts';
import { gather, judgeAll } from './judged-plans.ts';
import { checkedSuites } from './suites-digest.ts';

export interface CheckOptions extends PlanningOptions {
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
  context: CheckContext,
): Promise<CheckReport> {
  const startedAt = new Date();
  const revision = await revisionOf(options.against, config, options, context);
  const judgeable = await withPlannedSuites(
    selected,
    config,
    options,
    context,
    (plans, planWithout) =>
      gather(plans, planWithout, { config, ci: context.ci }, async (judges) => {
        const selection = { suites: plans.suites, selected, whole };
        return revision === null
          ? committedPlans(config, judges, selection)
          : revisionPlans(revision, plans, judges, selection);
      }),
    options.shard,
  );
  const { plans, judges, reference } = judgeable;
  const search = { reference, judges, config, options, context };
  const { results, causes } = await findCauses(judgeAll(judgeable), plans, search);
  const rehearsal = summarizeRehearsal(results, judges);
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
  context: CheckContext,
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
