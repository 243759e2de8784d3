import { resolve } from 'node:path';
import { type Config, defaultConfig, loadConfig } from '../../config/index.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import type { PlanningOptions } from '../../planning/index.ts';
import { doctorJson, doctorText } from '../../report/index.ts';
import type { Context, GlobalOptions } from '../terminal/context.ts';
import { diagnoseConfiguration } from './configuration.ts';
import { failed } from './failed-diagnosis.ts';
import { diagnoseSnapshot } from './snapshot.ts';
import { diagnoseSource } from './source.ts';
import { diagnoseTarget } from './target.ts';

interface DoctorOptions extends PlanningOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/**
 * `regress doctor`: diagnoses configuration, source, snapshot and target, and changes none of them. Resolves to the exit
 * status: 0 all is well, 1 plans would not be exact, 2 regress cannot work.
 */
export async function doctor(options: DoctorOptions, globals: GlobalOptions, context: Context): Promise<number> {
  const { config, mistakes } = await configuration(globals, context);
  const source = options.source || config.source.url || context.env.REGRESS_SOURCE_URL || null;
  const named = options.snapshot !== undefined;
  const path = options.snapshot === undefined ? config.snapshot : resolve(options.snapshot);
  const { snapshot, diagnoses: ofSnapshot } = await diagnoseSnapshot(path, named);
  const diagnoses = [
    ...mistakes,
    ...(await diagnoseConfiguration(config, mistakes.length > 0)),
    ...(await diagnoseSource(source, context)),
    ...ofSnapshot,
    ...(await context.progress.during('checking the target', () => diagnoseTarget(config, options, snapshot, context))),
  ];
  context.print(options.json ? doctorJson(diagnoses) : doctorText(diagnoses, context));
  if (diagnoses.some(({ level }) => level === 'fail')) return 2;
  return diagnoses.some(({ level }) => level === 'warn') ? 1 : 0;
}

/** Reads the configuration. If it cannot be read, the diagnoses go on with the defaults. */
async function configuration(
  { config, project }: GlobalOptions,
  { env }: Context,
): Promise<{ readonly config: Config; readonly mistakes: Diagnosis[] }> {
  try {
    return { config: await loadConfig(config, env, project), mistakes: [] };
  } catch (error) {
    return { config: defaultConfig(), mistakes: [failed('configuration', error)] };
  }
}
