import type { Config } from '../config/index.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { connect, serverVersion } from '../postgres/index.ts';
import { overwrittenRelations, restoredDigest } from '../restore/index.ts';
import { buildExtension, chooseInstallation, findInstallations, startServer } from '../server/index.ts';
import { chooseTarget, createRunDatabase, refuseTarget } from '../target/index.ts';
import { onExit } from './cleanup.ts';
import { conditionsOf } from './conditions.ts';
import type { Context } from './context.ts';
import { diagnose, failed, listed } from './diagnose.ts';
import { extensionFor } from './extension-source.ts';
import { diagnoseRangeEnds } from './range-ends.ts';
import { majorOf, type PlanningOptions, restoreInto } from './session.ts';

/** What of the target works, as diagnoses. A throwaway server is started to prove it; a target of one's own is left as it is. */
export async function diagnoseTarget(
  config: Config,
  options: PlanningOptions,
  snapshot: Snapshot | null,
  context: Context,
): Promise<Diagnosis[]> {
  const choice = chooseTarget(options.target, config.target.url, context.env);
  const pgConfig = options.pgConfig ?? config.target.pgConfig ?? undefined;
  return diagnose('target', () =>
    choice.kind === 'throwaway'
      ? diagnoseThrowaway(pgConfig, snapshot, context)
      : diagnoseServer(choice.url, pgConfig, config.target.prepare.length > 0, snapshot),
  );
}

const at = (level: Diagnosis['level'], message: string, more: Partial<Diagnosis> = {}): Diagnosis => ({
  subject: 'target',
  level,
  message,
  ...more,
});

/** Where the snapshot's locale does not matter. */
const ANY_LOCALE = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null };

async function diagnoseThrowaway(
  pgConfig: string | undefined,
  snapshot: Snapshot | null,
  context: Context,
): Promise<Diagnosis[]> {
  const installations = await findInstallations(pgConfig === undefined ? {} : { pgConfig });
  const major = snapshot === null ? undefined : majorOf(snapshot.manifest);
  const installation = chooseInstallation(installations, major === undefined ? {} : { major });
  await buildExtension(installation);
  const server = await startServer(installation, snapshot?.manifest.server ?? ANY_LOCALE);
  const stop = onExit(server.stop);
  try {
    const ready = at(
      'ok',
      `a throwaway server of PostgreSQL ${installation.version} starts, and the extension is built for it`,
    );
    if (snapshot === null) return [ready];
    const database = await createRunDatabase(server.url('postgres'), snapshot.manifest);
    const unmet = await conditions(database.url, snapshot);
    await restoreNothing(database.url, installation.pgConfig, snapshot, context);
    const rangeEnds = await diagnoseRangeEnds(database.url);
    await database.drop();
    return [ready, ...unmet, rangeEnds];
  } finally {
    await stop();
  }
}

/** The extension is then there, as after a restore, in an empty database. */
async function restoreNothing(url: string, pgConfig: string, snapshot: Snapshot, context: Context): Promise<void> {
  const nothing = { ...snapshot.manifest, settings: {}, files: {} };
  await restoreInto(url, { pgConfig, keepSettings: true }, { ...snapshot, manifest: nothing, relations }, context);
}

async function* relations(): AsyncGenerator<never> {}

/** Settings are left out where none were restored yet; what the source lacks is said of the snapshot. */
async function conditions(url: string, snapshot: Snapshot, restored = false): Promise<Diagnosis[]> {
  const connection = await connect(url, 'target');
  try {
    const unmet = await conditionsOf(connection, snapshot.manifest);
    const others = unmet.filter(
      ({ code }) => !['privileges', 'values'].includes(code) && (restored || code !== 'setting'),
    );
    if (others.length === 0) return [at('ok', 'every condition of identical plans holds here')];
    return others.map(({ message, effect, hint }) => at('warn', message, { detail: effect, ...(hint && { hint }) }));
  } finally {
    await connection.close();
  }
}

async function diagnoseServer(
  url: string,
  pgConfig: string | undefined,
  ownDatabase: boolean,
  snapshot: Snapshot | null,
): Promise<Diagnosis[]> {
  const connection = await connect(url, 'target');
  const close = onExit(connection.close);
  try {
    const { version } = await serverVersion(connection);
    const found = [at('ok', `connected to ${connection.url}: PostgreSQL ${version}`)];
    const attempt = async (work: () => Promise<Diagnosis[]>) => {
      found.push(...(await work().catch((error: unknown) => [failed('target', error)])));
    };
    if (snapshot !== null) {
      await attempt(async () => {
        await refuseTarget(connection, snapshot.manifest, { allowData: false, usesThisDatabase: !ownDatabase });
        return [at('ok', 'may be written to: it is not the source, and holds no data')];
      });
    }
    await attempt(async () => {
      const extension = await extensionFor(connection, pgConfig);
      const how = extension.kind === 'installed' ? 'is installed there' : `is built here: ${extension.path}`;
      return [at('ok', `the extension regress_planner ${how}`)];
    });
    const [row] = await connection.query<{ autovacuum: string }>(
      `SELECT pg_catalog.current_setting('autovacuum') AS autovacuum ORDER BY 1`,
    );
    if (row?.autovacuum === 'on') {
      found.push(
        at('warn', 'autovacuum is on and may overwrite restored statistics', {
          hint: 'ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();',
        }),
      );
    }
    const digest = ownDatabase ? null : await restoredDigest(connection);
    if (!ownDatabase) {
      await attempt(async () =>
        restoredState(digest, snapshot, digest === null ? [] : await overwrittenRelations(connection)),
      );
    }
    if (snapshot !== null) found.push(...(await conditions(url, snapshot, digest !== null)));
    if (digest !== null) found.push(await diagnoseRangeEnds(url));
    return found;
  } finally {
    await close();
  }
}

function restoredState(digest: string | null, snapshot: Snapshot | null, overwritten: readonly string[]): Diagnosis[] {
  const hint = { hint: 'regress restore' };
  if (digest === null) return [at('note', 'no snapshot was restored into it yet', hint)];
  const other = snapshot !== null && digest !== snapshot.manifest.digest;
  return [
    other ? at('warn', 'another snapshot was restored into it', hint) : at('ok', 'the snapshot is restored there'),
    ...(overwritten.length === 0
      ? []
      : [at('warn', `restored statistics were overwritten since: ${listed(overwritten)}`, hint)]),
  ];
}
