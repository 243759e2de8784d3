import { rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { orphanedBaselines, writeBaseline } from '../../baseline/index.ts';
import type { Config } from '../../config/index.ts';
import type { Suite } from '../../model/suite.ts';
import { type PlanningOptions, planSuites, type RunContext } from '../../planning/index.ts';
import { type AcceptablePlans, acceptableOf, type Change, mergeSuites } from '../accepting.ts';

/** Plans the selected suites, and returns all suites with the plans that can be accepted. */
export async function planAcceptable(
  suites: readonly Suite[],
  selected: readonly Suite[],
  config: Config,
  options: PlanningOptions,
  context: RunContext,
): Promise<AcceptablePlans> {
  const { planned, server, suites: withCases } = await planSuites(selected, config, options, context);
  return { plans: planned.map(acceptableOf), suites: mergeSuites(suites, withCases), major: server.major };
}

/** Writes the baselines of all changes. All were read before, so that one that cannot be read leaves all as they were. */
export async function writeChanges(changes: readonly Change[]): Promise<void> {
  for (const { suite, after } of changes) await writeBaseline(suite, after);
}

/** Removes the baselines that belong to no suite. Returns how many there were. */
export async function removeOrphans(config: Config, suites: readonly Suite[], context: RunContext): Promise<number> {
  const paths = await orphanedBaselines(config.suites, suites);
  for (const path of paths) {
    await rm(path);
    context.say(`removed ${relative(config.folder, path)}, which belongs to no suite`);
  }
  return paths.length;
}
