import { onExit } from '../../cleanup/index.ts';
import type { Config } from '../../config/index.ts';
import { SILENT } from '../../model/progress.ts';
import { majorOf, type Snapshot } from '../../model/snapshot.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { diagnoseRangeEnds, openThrowaway, type PlanningOptions, restoreInto } from '../../planning/index.ts';
import { mapSnapshot } from '../../predict/index.ts';
import { buildExtension, chooseInstallation, findInstallations, startServer } from '../../target/index.ts';
import type { Context } from '../terminal/context.ts';
import { diagnoseConditions, ofTarget } from './conditions.ts';

/** Locale for starting a server without a snapshot. */
const ANY_LOCALE = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null };

/** Starts a throwaway server as a check does, to prove that it works. */
export async function diagnoseThrowaway(
  config: Config,
  options: PlanningOptions,
  snapshot: Snapshot | null,
  context: Context,
): Promise<Diagnosis[]> {
  const pgConfig = options.pgConfig ?? config.target.pgConfig;
  const installations = await findInstallations(pgConfig === null ? {} : { pgConfig });
  const installation = chooseInstallation(
    installations,
    snapshot === null ? {} : { major: majorOf(snapshot.manifest) },
  );
  await buildExtension(installation, context.say);
  const { version, pgConfig: found } = installation;
  const ready = ofTarget(
    'ok',
    `no target is configured: a throwaway server of PostgreSQL ${version} starts, and the extension is built for it (${found})`,
  );
  if (snapshot === null) {
    const server = await startServer(installation, ANY_LOCALE);
    await onExit(server.stop)();
    return [ready];
  }
  const database = await openThrowaway(config, options, snapshot.manifest, context);
  try {
    const state = { role: config.target.role, restored: false, ownDatabase: true };
    const unmet = await diagnoseConditions(database.url, snapshot, state);
    await restoreNothing(database.url, found, snapshot, context);
    return [ready, ...unmet, await diagnoseRangeEnds(database.url)];
  } finally {
    await database.close();
  }
}

/** Restores an empty snapshot, so that the extension is loaded as after a real restore. */
async function restoreNothing(url: string, pgConfig: string, snapshot: Snapshot, context: Context): Promise<void> {
  const nothing = { ...snapshot.manifest, settings: {}, files: {} };
  const quiet = { ...context, progress: SILENT };
  const empty = mapSnapshot({ ...snapshot, manifest: nothing, relations }, new Map());
  await restoreInto(url, { pgConfig, keepSettings: true }, empty, quiet);
}

async function* relations(): AsyncGenerator<never> {}
