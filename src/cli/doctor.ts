import { relative, resolve } from 'node:path';
import { type Config, loadConfig } from '../config/index.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { RegressError } from '../model/errors.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { doctorJson, doctorText } from '../report/index.ts';
import { openSnapshot } from '../snapshot/index.ts';
import { loadSuites } from '../suite/index.ts';
import type { Context, GlobalOptions } from './context.ts';
import { failed, listed } from './diagnose.ts';
import { diagnoseSource } from './doctor-source.ts';
import { diagnoseTarget } from './doctor-target.ts';
import type { PlanningOptions } from './session.ts';

interface DoctorOptions extends PlanningOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/**
 * `regress doctor`: says of the source and the target what works and what does not, and changes neither. Resolves to the
 * exit status: 0 all is well, 1 plans would not be exact, 2 something keeps regress from its work.
 */
export async function doctor(options: DoctorOptions, globals: GlobalOptions, context: Context): Promise<number> {
  const config = await loadConfig(globals.config, context.env);
  const source = options.source || config.source.url || context.env.REGRESS_SOURCE_URL || null;
  const path = options.snapshot === undefined ? config.snapshot : resolve(options.snapshot);
  const snapshot = await openSnapshot(path).catch((error: unknown) => failed('snapshot', error));
  const opened = 'manifest' in snapshot ? snapshot : null;
  const diagnoses = [
    ...(await diagnoseConfiguration(config)),
    ...(await diagnoseSource(source)),
    ...('manifest' in snapshot ? describeSnapshot(snapshot, config) : [{ ...snapshot, level: 'note' as const }]),
    ...(await diagnoseTarget(config, options, opened, context)),
  ];
  context.print(options.json ? doctorJson(diagnoses) : doctorText(diagnoses, context));
  if (diagnoses.some(({ level }) => level === 'fail')) return 2;
  return diagnoses.some(({ level }) => level === 'warn') ? 1 : 0;
}

async function diagnoseConfiguration(config: Config): Promise<Diagnosis[]> {
  const about = { subject: 'configuration' } as const;
  const file: Diagnosis =
    config.path === null
      ? {
          ...about,
          level: 'note',
          message: 'there is no regress.yaml here or above',
          hint: 'See docs/configuration.md',
        }
      : { ...about, level: 'ok', message: relative(process.cwd(), config.path) };
  try {
    const suites = await loadSuites(config.suites);
    const queries = suites.reduce((sum, suite) => sum + suite.queries.length, 0);
    return [file, { ...about, level: 'ok', message: `${queries} queries in ${suites.length} suites` }];
  } catch (error) {
    if (!(error instanceof RegressError)) throw error;
    return [file, { ...failed('configuration', error), level: 'note' }];
  }
}

function describeSnapshot({ manifest }: Snapshot, config: Config): Diagnosis[] {
  const { capturedAt, files, unreadable, values } = manifest;
  const what = [...new Set(unreadable.map((each) => each.what))];
  const path = relative(process.cwd(), config.snapshot) || '.';
  return [
    {
      subject: 'snapshot',
      level: 'ok',
      message: `${path}: ${Object.keys(files).length} relations, captured ${capturedAt.slice(0, 16).replace('T', ' ')} UTC`,
    },
    ...what.map(
      (each): Diagnosis => ({
        subject: 'snapshot',
        level: 'warn',
        message: `${each} not read of ${listed(unreadable.filter((one) => one.what === each).map(({ object }) => object))}`,
        hint: 'regress snapshot, once the role may read it',
      }),
    ),
    ...(values
      ? []
      : [
          { subject: 'snapshot', level: 'warn', message: 'it was taken without values of columns' } satisfies Diagnosis,
        ]),
  ];
}
