import { rm } from 'node:fs/promises';
import { relative } from 'node:path';
import {
  findBlock,
  mergeBlocks,
  orphanedBaselines,
  readBaseline,
  staleBlocks,
  writeBaseline,
} from '../baseline/index.ts';
import { comparePlans, isSamePlan, keptNoise } from '../compare/index.ts';
import { type Config, loadConfig } from '../config/index.ts';
import type { Baseline, BaselineBlock } from '../model/baseline.ts';
import { RegressError } from '../model/errors.ts';
import { type Suite, valuesText } from '../model/suite.ts';
import { type AcceptedPlan, acceptedReport } from '../report/index.ts';
import { loadSuites, selectQueries } from '../suite/index.ts';
import type { Context, GlobalOptions } from './context.ts';
import { type Planned, planSuites } from './planning.ts';
import { describeError } from './print-error.ts';
import type { PlanningOptions } from './session.ts';

interface UpdateOptions extends PlanningOptions {
  readonly all?: boolean;
  readonly reason?: string;
  readonly allowCi?: boolean;
}

/** `regress update`: accepts the plans of the named queries. Resolves to the exit status: 1 when one has no plan. */
export async function update(
  patterns: readonly string[],
  options: UpdateOptions,
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  requireScope(patterns, options, context.ci);
  const config = await loadConfig(globals.config, context.env);
  const suites = await loadSuites(config.suites);
  const {
    planned,
    server,
    suites: withCases,
  } = await planSuites(selectQueries(suites, patterns), config, options, context);
  const changes = await changesOf(mergeSuites(suites, withCases), planned, server.major, options);
  // Only now, so that a baseline that cannot be read leaves all as they were.
  for (const { suite, after } of changes) await writeBaseline(suite, after);
  const accepted = changes.flatMap(({ mine, before }) => acceptedPlans(mine, before));
  const removed = options.all ? staleCount(changes) + (await removeOrphans(config, suites, context)) : 0;
  context.print(acceptedReport(accepted, { ...context, comparePlans }));
  return summarize(planned, accepted.length, removed, context);
}

/** What becomes of one suite's baseline. */
interface Change {
  readonly suite: Suite;
  readonly mine: readonly Planned[];
  readonly before: Baseline | null;
  readonly after: Baseline;
}

async function changesOf(
  suites: readonly Suite[],
  planned: readonly Planned[],
  major: number,
  options: UpdateOptions,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const suite of suites) {
    const mine = planned.filter((item) => item.suite.file === suite.file);
    if (mine.length === 0 && !options.all) continue;
    const before = await readBaseline(suite, major);
    changes.push({ suite, mine, before, after: accept(suite, before, mine, major, options) });
  }
  return changes;
}

/** Suites as they are, with the automatic cases of the queries that were planned. */
function mergeSuites(suites: readonly Suite[], planned: readonly Suite[]): Suite[] {
  return suites.map((suite) => {
    const mine = planned.find(({ file }) => file === suite.file)?.queries ?? [];
    const queries = suite.queries.map((query) => mine.find(({ name }) => name === query.name) ?? query);
    return { ...suite, queries };
  });
}

function staleCount(changes: readonly Change[]): number {
  return changes.flatMap(({ suite, before }) => (before === null ? [] : staleBlocks(before, suite))).length;
}

function requireScope(patterns: readonly string[], options: UpdateOptions, ci: boolean): void {
  if (patterns.length === 0 && !options.all) {
    throw new RegressError('usage', 'nothing to accept is named', {
      detail: 'Accepting is deliberate: name queries or suite files, or say --all.',
      hint: "regress update recent-orders --reason 'the new index serves the dashboard'",
    });
  }
  if (patterns.length > 0 && options.all) throw new RegressError('usage', '--all and names exclude each other');
  if (ci && !options.allowCi) {
    throw new RegressError('usage', 'baselines are not written in CI', {
      detail: 'The environment variable CI is set; a build that accepts its own plans checks nothing.',
      hint: 'Run regress update where the change is made and commit the baseline, or add --allow-ci.',
    });
  }
}

/**
 * A baseline with these plans accepted. A block whose plan and provenance are as accepted keeps its reason; so does one
 * whose plan only was measured anew.
 */
export function accept(
  suite: Suite,
  before: Baseline | null,
  items: readonly Planned[],
  major: number,
  options: { readonly all?: boolean; readonly reason?: string | undefined },
): Baseline {
  const blocks = items.flatMap(({ query, planned, provenance, outcome }): BaselineBlock[] => {
    if ('error' in outcome) return [];
    const known = findBlock(before, query.name, planned.name);
    const unchanged = known !== null && isSamePlan(known.plan, outcome.plan);
    const reason = unchanged ? known.reason : (options.reason ?? '');
    const values = planned.auto === undefined ? null : valuesText(query, planned);
    const shown = values === null ? {} : { values };
    const noise = keptNoise(known, provenance, outcome.plan);
    const block = { query: query.name, case: planned.name, ...shown, provenance, reason, plan: outcome.plan };
    return [{ ...block, ...(noise && { noise }) }];
  });
  return mergeBlocks(before, suite, major, blocks, { prune: options.all ?? false });
}

/** The plans that are new or another than before. */
export function acceptedPlans(planned: readonly Planned[], before: Baseline | null): AcceptedPlan[] {
  return planned.flatMap(({ query, planned: { name }, outcome }): AcceptedPlan[] => {
    if ('error' in outcome) return [];
    const known = findBlock(before, query.name, name);
    if (known !== null && isSamePlan(known.plan, outcome.plan)) return [];
    const baseline = known?.plan ?? null;
    return [{ query: query.name, case: name, file: query.file, line: query.line, baseline, current: outcome.plan }];
  });
}

async function removeOrphans(config: Config, suites: readonly Suite[], context: Context): Promise<number> {
  const paths = await orphanedBaselines(config.suites, suites);
  for (const path of paths) {
    await rm(path);
    context.say(`removed ${relative(config.folder, path)}, which belongs to no suite`);
  }
  return paths.length;
}

function summarize(planned: readonly Planned[], accepted: number, removed: number, context: Context): number {
  let failed = 0;
  for (const { query, outcome } of planned) {
    if (!('error' in outcome)) continue;
    failed += 1;
    context.say(`${query.file}:${query.line}: ${query.name}\n${describeError(outcome.error)}`);
  }
  const same = planned.length - accepted - failed;
  const parts = [
    `${accepted} accepted`,
    `${same} as before`,
    ...(removed > 0 ? [`${removed} stale removed`] : []),
    ...(failed > 0 ? [`${failed} not planned`] : []),
  ];
  context.print(`${parts.join(', ')}\n`);
  return failed > 0 ? 1 : 0;
}
