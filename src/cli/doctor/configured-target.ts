import { onExit } from '../../cleanup/index.ts';
import type { Config } from '../../config/index.ts';
import { readRoleSettings } from '../../environment/index.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { listed } from '../../model/text/wording.ts';
import { diagnoseRangeEnds, extensionFor, type PlanningOptions } from '../../planning/index.ts';
import { type Connection, connect, quoteIdent, serverVersion } from '../../postgres/index.ts';
import {
  EXTENSION_VERSION,
  overwrittenRelations,
  requirePreparedTarget,
  restoredDigest,
  verifyPlanner,
} from '../../restore/index.ts';
import { refuseTarget } from '../../target/index.ts';
import { diagnoseConditions, ofTarget } from './conditions.ts';
import { failed } from './failed-diagnosis.ts';

const SESSION_SQL = `
SELECT current_user::pg_catalog.text AS role, pg_catalog.current_setting('is_superuser') = 'on' AS superuser,
  pg_catalog.current_setting('autovacuum') = 'on' AS autovacuum
 ORDER BY 1`;

interface Session {
  readonly role: string;
  readonly superuser: boolean;
  readonly autovacuum: boolean;
}

/** Diagnoses of a target that the user runs. Changes nothing, and goes on after a failure. */
export async function diagnoseServer(
  url: string,
  { target }: Config,
  options: PlanningOptions,
  snapshot: Snapshot | null,
): Promise<Diagnosis[]> {
  const connection = await connect(url, 'target');
  const close = onExit(connection.close);
  try {
    const { version } = await serverVersion(connection);
    const [session] = (await connection.query<Session>(SESSION_SQL)) as [Session];
    // With prepare steps, each run creates a run database.
    const usesRunDatabase = target.prepare.length > 0;
    const who = `${quoteIdent(session.role)}, ${session.superuser ? 'a superuser' : 'not a superuser'}`;
    const found = [ofTarget('ok', `connected to ${connection.url} as ${who}: PostgreSQL ${version}`)];
    const add = async (work: () => Promise<Diagnosis[]>) => {
      found.push(...(await work().catch((error: unknown) => [failed('target', error)])));
    };
    await add(() => refusal(connection, snapshot?.manifest ?? null, options, usesRunDatabase));
    await add(() => extension(connection, options.pgConfig ?? target.pgConfig ?? undefined, usesRunDatabase));
    if (session.autovacuum) found.push(AUTOVACUUM);
    const digest = usesRunDatabase ? null : await restoredDigest(connection);
    if (!usesRunDatabase) await add(() => restoredState(connection, digest, snapshot));
    const restored = digest !== null;
    if (!restored) await add(() => ownSettings(connection, session.role, snapshot?.manifest ?? null));
    if (snapshot !== null) {
      await add(() =>
        diagnoseConditions(url, snapshot, { role: target.role, restored, ownDatabase: !usesRunDatabase }),
      );
    }
    // This plans in a transaction that is rolled back, so it is skipped if regress may not write.
    const works = found.every(({ level }) => level !== 'fail');
    if (restored && works) found.push(await diagnoseRangeEnds(url));
    return found;
  } finally {
    await close();
  }
}

async function refusal(
  connection: Connection,
  manifest: Manifest | null,
  { allowData = false }: PlanningOptions,
  usesRunDatabase: boolean,
): Promise<Diagnosis[]> {
  await refuseTarget(connection, manifest, { allowData, usesThisDatabase: !usesRunDatabase });
  const data = usesRunDatabase ? 'a database is created for each run' : 'it contains no data';
  return [ofTarget('ok', `regress may write to it: ${manifest === null ? '' : 'it is not the source, and '}${data}`)];
}

async function extension(
  connection: Connection,
  pgConfig: string | undefined,
  usesRunDatabase: boolean,
): Promise<Diagnosis[]> {
  const source = await extensionFor(connection, pgConfig);
  await requirePreparedTarget(connection, usesRunDatabase);
  const how = source.kind === 'installed' ? 'is installed on the server' : `was built on this machine: ${source.path}`;
  return [ofTarget('ok', `the extension regress_planner ${EXTENSION_VERSION} ${how}`)];
}

const AUTOVACUUM = ofTarget('warn', 'autovacuum is on and may overwrite restored statistics', {
  hint: 'ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();',
});

async function restoredState(
  connection: Connection,
  digest: string | null,
  snapshot: Snapshot | null,
): Promise<Diagnosis[]> {
  const hint = { hint: 'npx regress-pg restore' };
  if (digest === null) return [ofTarget('note', 'no snapshot has been restored into it yet', hint)];
  await verifyPlanner(connection);
  const other = snapshot !== null && digest !== snapshot.manifest.digest;
  const overwritten = await overwrittenRelations(connection);
  return [
    other
      ? ofTarget('warn', 'another snapshot was restored into it', {
          detail: `Its digest begins with ${digest.slice(0, 12)}, that of the snapshot here with ${snapshot.manifest.digest.slice(0, 12)}.`,
          ...hint,
        })
      : ofTarget('ok', 'the snapshot has been restored into it, and sessions load the extension'),
    ...(overwritten.length === 0
      ? []
      : [ofTarget('warn', `restored statistics have been overwritten since: ${listed(overwritten)}`, hint)]),
  ];
}

const PRELOAD = 'session_preload_libraries';

/** Settings of the role that override those which a restore sets on the database. */
async function ownSettings(connection: Connection, role: string, manifest: Manifest | null): Promise<Diagnosis[]> {
  const names = [PRELOAD, ...Object.keys(manifest?.settings ?? {})];
  const own = (await readRoleSettings(connection, names)).filter((each) => each.role === role);
  return own.flatMap(({ settings, database }) =>
    Object.entries(settings)
      .filter(([name, value]) => name !== PRELOAD || !value.includes('regress_planner'))
      .map(([name, value]) =>
        ofTarget(
          name === PRELOAD ? 'fail' : 'warn',
          `role ${quoteIdent(role)} has its own setting ${name} = ${value}`,
          {
            detail:
              name === PRELOAD
                ? "It overrides the database's setting, which loads the extension."
                : "It overrides production's setting, which a restore sets on the database.",
            hint: `ALTER ROLE ${quoteIdent(role)} ${database ? 'IN DATABASE … ' : ''}RESET ${name}`,
          },
        ),
      ),
  );
}
