import { randomBytes } from 'node:crypto';
import type { Manifest } from '../model/snapshot.ts';
import { type Connection, connect, quoteIdent, quoteLiteral, serverVersion, withDatabase } from '../postgres/index.ts';

/** A database of one run, dropped when the run ends. */
export interface RunDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

const PREFIX = 'regress_run_';

/** Databases of runs whose session is gone: each run keeps one session open that carries its database's name. */
const DEAD_RUNS_SQL = `
SELECT d.datname
  FROM pg_catalog.pg_database d
 WHERE d.datname LIKE $1
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.application_name = d.datname)
 ORDER BY d.datname`;

/**
 * Creates an empty database on the server of a URL, with the encoding and locale of the snapshot's source where the
 * server has them, and drops those that dead runs left behind. `warn` is told what differs.
 */
export async function createRunDatabase(
  serverUrl: string,
  manifest: Manifest,
  warn: (message: string) => void,
): Promise<RunDatabase> {
  const keeper = await connect(serverUrl, 'target');
  const name = `${PREFIX}${process.pid}_${randomBytes(4).toString('hex')}`;
  try {
    await keeper.query('SELECT pg_catalog.set_config($1, $2, false)', ['application_name', name]);
    await dropDeadRuns(keeper);
    await createLike(keeper, name, manifest, warn);
  } catch (error) {
    await keeper.close();
    throw error;
  }
  return {
    name,
    url: withDatabase(serverUrl, name),
    drop: async () => {
      await drop(keeper, name);
      await keeper.close();
    },
  };
}

async function dropDeadRuns(keeper: Connection): Promise<void> {
  const dead = await keeper.query<{ datname: string }>(DEAD_RUNS_SQL, [`${PREFIX.replaceAll('_', '\\_')}%`]);
  for (const { datname } of dead) await drop(keeper, datname);
}

async function drop(keeper: Connection, name: string): Promise<void> {
  await keeper.run(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`);
}

async function createLike(
  keeper: Connection,
  name: string,
  manifest: Manifest,
  warn: (message: string) => void,
): Promise<void> {
  const create = `CREATE DATABASE ${quoteIdent(name)} TEMPLATE template0`;
  const { major } = await serverVersion(keeper);
  try {
    await keeper.run(`${create}${localeOptions(manifest, major)}`);
  } catch (error) {
    await keeper.run(create);
    warn(
      `the target server cannot make a database with the source's encoding and locale (${manifest.server.encoding}, ` +
        `${manifest.server.lc_collate}): ${(error as Error).message}; plans that depend on collation may differ`,
    );
  }
}

/** Options of CREATE DATABASE; providers other than libc exist from 15 (icu) and 17 (builtin). */
function localeOptions({ server }: Manifest, major: number): string {
  const { encoding, lc_collate, lc_ctype, locale_provider, locale } = server;
  const libc = ` ENCODING ${quoteLiteral(encoding)} LC_COLLATE ${quoteLiteral(lc_collate)} LC_CTYPE ${quoteLiteral(lc_ctype)}`;
  if (locale_provider === 'i' && locale !== null)
    return `${libc} LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(locale)}`;
  if (locale_provider === 'b' && locale !== null) {
    return `${libc} LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteLiteral(locale)}`;
  }
  return major >= 15 ? `${libc} LOCALE_PROVIDER libc` : libc;
}
