import type { Config } from '../../config/index.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import type { PlanningOptions } from '../../planning/index.ts';
import { chooseTarget } from '../../target/index.ts';
import type { Context } from '../terminal/context.ts';
import { diagnoseServer } from './configured-target.ts';
import { diagnose } from './failed-diagnosis.ts';
import { diagnoseThrowaway } from './throwaway.ts';

/** Diagnoses of the target. Starts a throwaway server to prove that it works; changes nothing on another target. */
export async function diagnoseTarget(
  config: Config,
  options: PlanningOptions,
  snapshot: Snapshot | null,
  context: Context,
): Promise<Diagnosis[]> {
  const choice = chooseTarget(options.target, config.target.url, context.env);
  return diagnose('target', () =>
    choice.kind === 'throwaway'
      ? diagnoseThrowaway(config, options, snapshot, context)
      : diagnoseServer(choice.url, config, options, snapshot),
  );
}
