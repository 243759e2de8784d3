import { loadConfig } from '../config/index.ts';
import {
  type Acceptable,
  acceptedPlans,
  changesOf,
  describeError,
  planAcceptable,
  plansFromResults,
  removeOrphans,
  staleCount,
  writeChanges,
} from '../judging/index.ts';
import { RegressError } from '../model/errors.ts';
import type { PlanningOptions } from '../planning/index.ts';
import { acceptedReport, parseReport } from '../report/index.ts';
import { loadSuites, selectQueries } from '../suite/index.ts';
import { choosePlans, requireTerminal } from './choose-plans.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';
import { readResults } from './terminal/read-results.ts';
import { CANCELLED } from './terminal/terminal.ts';

interface UpdateOptions extends PlanningOptions {
  readonly all?: boolean;
  /** Ask about each query with new or changed plans. */
  readonly interactive?: boolean;
  readonly reason?: string;
  readonly allowCi?: boolean;
  /** A file with json results of check, whose plans are accepted. */
  readonly from?: string;
}

/** `regress update`: accepts the plans of the named queries. Resolves to the exit status: 1 if a query has no plan. */
export async function update(
  patterns: readonly string[],
  options: UpdateOptions,
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  requireScope(patterns, options, context.ci);
  if (options.interactive) requireTerminal(context);
  const config = await loadConfig(globals.config, context.env, globals.project);
  const project = globals.project ?? null;
  const suites = await loadSuites(config.suites);
  const selected = selectQueries(suites, patterns);
  const acceptable =
    options.from === undefined
      ? await planAcceptable(suites, selected, config, options, context)
      : await plansFromResults(
          { file: options.from, report: parseReport(await readResults(options.from), options.from) },
          { suites, selected, whole: options.all ?? false, project },
          config,
          options,
          context,
        );
  const chosen = options.interactive ? await choosePlans(acceptable, context) : { ...acceptable, left: 0 };
  if (chosen === null) {
    context.say('nothing was written');
    return CANCELLED;
  }
  const changes = await changesOf(chosen, options);
  await writeChanges(changes);
  const accepted = changes.flatMap(acceptedPlans);
  const removed = options.all ? staleCount(changes) + (await removeOrphans(config, suites, context)) : 0;
  // With --interactive each plan was shown before the question.
  if (!options.interactive) context.print(acceptedReport(accepted, context));
  return summarize(acceptable.plans, { accepted: accepted.length, left: chosen.left, removed }, context);
}

function requireScope(patterns: readonly string[], options: UpdateOptions, ci: boolean): void {
  if (patterns.length === 0 && !options.all && !options.interactive) {
    throw new RegressError('usage', 'no query to accept is named', {
      detail: 'Name queries or suite files, or use --all or --interactive.',
      hint: "npx regress-pg update recent-orders --reason 'the new index serves the dashboard'",
    });
  }
  if (patterns.length > 0 && options.all) throw new RegressError('usage', '--all and names cannot be used together');
  if (options.all && options.interactive)
    throw new RegressError('usage', '--all and --interactive cannot be used together');
  if (options.from !== undefined && options.target !== undefined)
    throw new RegressError('usage', '--from and --target cannot be used together', {
      detail: '--from accepts plans that were made before, without a server.',
    });
  if (ci && !options.allowCi) {
    throw new RegressError('usage', 'baselines are not written in CI', {
      detail: 'The environment variable CI is set; a build that accepts its own plans checks nothing.',
      hint: 'Run npx regress-pg update where you make the change and commit the baseline, or add --allow-ci.',
    });
  }
}

interface Counts {
  readonly accepted: number;
  readonly left: number;
  readonly removed: number;
}

function summarize(plans: readonly Acceptable[], { accepted, left, removed }: Counts, context: Context): number {
  let failed = 0;
  for (const { query, file, line, outcome } of plans) {
    if (!('error' in outcome)) continue;
    failed += 1;
    const text = typeof outcome.error === 'string' ? outcome.error : describeError(outcome.error);
    context.say(`${file}:${line}: ${query}`);
    for (const part of text.trimEnd().split('\n')) context.say(part);
  }
  const same = plans.length - accepted - left - failed;
  const parts = [
    `${accepted} accepted`,
    ...(left > 0 ? [`${left} left`] : []),
    `${same} as before`,
    ...(removed > 0 ? [`${removed} stale removed`] : []),
    ...(failed > 0 ? [`${failed} not planned`] : []),
  ];
  context.print(`${parts.join(', ')}\n`);
  return failed > 0 ? 1 : 0;
}
