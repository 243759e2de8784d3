import { relative, resolve } from 'node:path';
import { readBaseline, writeBaseline } from '../baseline/index.ts';
import { measureNoise } from '../compare/index.ts';
import { loadConfig } from '../config/index.ts';
import type { BaselineBlock } from '../model/baseline.ts';
import { RegressError } from '../model/errors.ts';
import type { PlanNode } from '../model/plan.ts';
import { type Planned, type PlanningOptions, type Plans, planSuites } from '../planning/index.ts';
import { type MeasuredNoise, noiseReport } from '../report/index.ts';
import { loadSuites } from '../suite/index.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';

interface NoiseOptions extends Omit<PlanningOptions, 'snapshot'> {
  readonly allowCi?: boolean;
}

/**
 * `regress noise`: plans the suites on several snapshots of the same data, and records in each baseline how much its figures
 * vary. Resolves to the exit status.
 */
export async function noise(
  snapshots: readonly string[],
  options: NoiseOptions,
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  requireSeveral(snapshots, options, context.ci);
  const config = await loadConfig(globals.config, context.env, globals.project);
  const suites = await loadSuites(config.suites);
  const runs: Plans[] = [];
  for (const snapshot of snapshots) {
    context.say(`planning with ${relative(process.cwd(), resolve(snapshot))}`);
    runs.push(await planSuites(suites, config, { ...options, snapshot }, context));
  }
  const [first] = runs;
  if (first === undefined) return 0;
  const plansOf = plansByQuery(runs);
  const measured: MeasuredNoise[] = [];
  let unmeasured = 0;
  for (const suite of suites) {
    const baseline = await readBaseline(suite, first.server.major);
    const mine = first.planned.filter((item) => item.suite.file === suite.file);
    const blocks = (baseline?.blocks ?? []).map((block): BaselineBlock => {
      const item = mine.find((one) => isOf(block, one));
      const plans = item && plansOf(item);
      if (item === undefined || !isMany(plans)) return block;
      const found = measureNoise(plans);
      measured.push({
        query: block.query,
        case: block.case,
        file: item.query.file,
        line: item.query.line,
        noise: found,
      });
      return { ...block, noise: found };
    });
    unmeasured += mine.filter((item) => !blocks.some((block) => isOf(block, item))).length;
    if (baseline !== null) await writeBaseline(suite, { ...baseline, blocks });
  }
  context.print(noiseReport(measured, { snapshots: snapshots.length, unmeasured, color: context.color }));
  return 0;
}

function requireSeveral(snapshots: readonly string[], options: NoiseOptions, ci: boolean): void {
  const different = new Set(snapshots.map((path) => resolve(path)));
  if (different.size < 2 || different.size < snapshots.length) {
    throw new RegressError('usage', 'noise needs two or more different snapshots of the same data', {
      detail: "Take each snapshot after a separate ANALYZE, so that they differ only in ANALYZE's random sample.",
      hint: 'npx regress-pg noise snapshots/production /tmp/again-1 /tmp/again-2 /tmp/again-3',
    });
  }
  if (ci && !options.allowCi) {
    throw new RegressError('usage', 'baselines are not written in CI', {
      detail: 'The environment variable CI is set.',
      hint: 'Run npx regress-pg noise where you take snapshots and commit the baselines, or add --allow-ci.',
    });
  }
}

/** Whether the block is of this query and case, and of the same text and values. */
function isOf(block: BaselineBlock, { query, planned, provenance }: Planned): boolean {
  return block.query === query.name && block.case === planned.name && block.provenance.query === provenance.query;
}

/** The plans of a query on all snapshots; undefined if one snapshot gave no plan. */
function plansByQuery(runs: readonly Plans[]): (item: Planned) => readonly PlanNode[] | undefined {
  const key = ({ suite, query, planned }: Planned) => JSON.stringify([suite.file, query.name, planned.name]);
  const plans = new Map<string, PlanNode[]>();
  for (const item of runs.flatMap(({ planned }) => planned)) {
    if ('plan' in item.outcome) plans.set(key(item), [...(plans.get(key(item)) ?? []), item.outcome.plan]);
  }
  return (item) => {
    const found = plans.get(key(item));
    return found?.length === runs.length ? found : undefined;
  };
}

function isMany(plans: readonly PlanNode[] | undefined): plans is readonly [PlanNode, PlanNode, ...PlanNode[]] {
  return plans !== undefined && plans.length >= 2;
}
