import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { onExit } from '../cleanup/index.ts';
import { localeCandidates, type ServerLocale } from '../environment/index.ts';
import { RegressError } from '../model/errors.ts';
import type { Manifest } from '../model/manifest.ts';
import {
  type Connection,
  connect,
  DatabaseError,
  quoteIdent,
  quoteLiteral,
  serverVersion,
  withDatabase,
} from '../postgres/index.ts';

/** A run database; it is dropped when the run ends. */
export interface RunDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

const PREFIX = 'regress_run_';

/** Run databases whose session is gone. Each run keeps one session open that carries its database's name. */
const DEAD_RUNS_SQL = `
SELECT d.datname
  FROM pg_catalog.pg_database d
 WHERE d.datname LIKE $1
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.application_name = d.datname)
 ORDER BY d.datname`;

/**
 * Creates an empty run database on a server, and drops those that dead runs left behind. It gets the encoding and
 * locale of the snapshot's source, or the next best that the server has. On a throwaway server it is in production's
 * default tablespace, if the server has one of that name, so that objects the branch adds get its page costs; it
 * disappears with the server.
 */
export async function createRunDatabase(
  serverUrl: string,
  manifest: Manifest,
  { throwaway }: { readonly throwaway: boolean } = { throwaway: false },
): Promise<RunDatabase> {
  const keeper = await connect(serverUrl, 'target');
  const name = `${PREFIX}${process.pid}_${randomBytes(4).toString('hex')}`;
  // Registered before the database exists: a signal then waits until it is created, and drops it. On a throwaway server
  // it disappears with the server.
  const drop = throwaway ? keeper.close : onExit(() => dropRunDatabase(keeper, name, serverUrl));
  try {
    await keeper.query('SELECT pg_catalog.set_config($1, $2, false)', ['application_name', name]);
    await dropDeadRuns(keeper);
    const place = throwaway ? await tablespaceClause(keeper, manifest.default_tablespace) : '';
    await createLike(keeper, name, place, manifest.server);
  } catch (error) {
    // If the answer was lost, the database may exist all the same.
    await drop().catch(() => undefined);
    throw error;
  }
  return { name, url: withDatabase(serverUrl, name), drop };
}

async function dropRunDatabase(keeper: Connection, name: string, serverUrl: string): Promise<void> {
  try {
    await drop(keeper, name);
  } catch (error) {
    if (!isLost(error) || !(await droppedAnew(serverUrl, name))) throw error;
  } finally {
    await keeper.close();
  }
}

function isLost(error: unknown): boolean {
  return error instanceof RegressError && error.code === 'connection';
}

const KEEPER_SQL = `
SELECT a.pid FROM pg_catalog.pg_stat_activity a WHERE a.application_name = $1 ORDER BY a.pid`;
const POLL_MS = 100;
const POLLS = 30;

/** A server that recovers from a crash answers with this until it accepts sessions (ERRCODE_CANNOT_CONNECT_NOW). */
const CANNOT_CONNECT_NOW = '57P03';
/** Waits this long for the end of the recovery, in ms. */
const RECOVERY_MS = 10_000;

async function connectAfterRecovery(serverUrl: string): Promise<Connection> {
  for (const since = Date.now(); ; await sleep(POLL_MS)) {
    try {
      return await connect(serverUrl, 'target');
    } catch (error) {
      const cause = error instanceof RegressError ? error.cause : undefined;
      const recovers = cause instanceof DatabaseError && cause.code === CANNOT_CONNECT_NOW;
      if (!recovers || Date.now() - since > RECOVERY_MS) throw error;
    }
  }
}

/**
 * Drops the run database over a new session, once the lost session is gone from the server too: its CREATE DATABASE
 * continues without it. False if that fails; the next run drops it then.
 */
async function droppedAnew(serverUrl: string, name: string): Promise<boolean> {
  try {
    const connection = await connectAfterRecovery(serverUrl);
    try {
      for (let poll = 0; poll < POLLS && (await connection.query(KEEPER_SQL, [name])).length > 0; poll++) {
        await sleep(POLL_MS);
      }
      await drop(connection, name);
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

async function dropDeadRuns(keeper: Connection): Promise<void> {
  const dead = await keeper.query<{ datname: string }>(DEAD_RUNS_SQL, [`${PREFIX.replaceAll('_', '\\_')}%`]);
  for (const { datname } of dead) await drop(keeper, datname);
}

async function drop(keeper: Connection, name: string): Promise<void> {
  await keeper.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`);
}

const TABLESPACE_SQL = `SELECT t.spcname AS name FROM pg_catalog.pg_tablespace t WHERE t.spcname = $1 ORDER BY 1`;

async function tablespaceClause(keeper: Connection, tablespace: string): Promise<string> {
  const [there] = await keeper.query<{ name: string }>(TABLESPACE_SQL, [tablespace]);
  return there === undefined ? '' : ` TABLESPACE ${quoteIdent(there.name)}`;
}

/** Uses the first suitable locale that the server accepts. If it is not the source's, the conditions report that. */
async function createLike(keeper: Connection, name: string, place: string, asked: ServerLocale): Promise<void> {
  const create = `CREATE DATABASE ${quoteIdent(name)} TEMPLATE template0${place}`;
  const { major } = await serverVersion(keeper);
  for (const locale of localeCandidates(asked, major)) {
    try {
      return void (await keeper.query(`${create}${localeOptions(locale, major)}`));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
    }
  }
  await keeper.query(create);
}

/** Options of CREATE DATABASE. Providers can be named from 15 on, ICU rules from 16 on. */
function localeOptions(asked: ServerLocale, major: number): string {
  const { encoding, lc_collate, lc_ctype, locale_provider, locale, icu_rules } = asked;
  const libc = ` ENCODING ${quoteLiteral(encoding)} LC_COLLATE ${quoteLiteral(lc_collate)} LC_CTYPE ${quoteLiteral(lc_ctype)}`;
  const rules = icu_rules === undefined || major < 16 ? '' : ` ICU_RULES ${quoteLiteral(icu_rules)}`;
  if (locale_provider === 'i') return `${libc} LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(locale ?? '')}${rules}`;
  if (locale_provider === 'b') return `${libc} LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteLiteral(locale ?? '')}`;
  return major >= 15 ? `${libc} LOCALE_PROVIDER libc` : libc;
}
