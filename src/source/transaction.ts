import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, DatabaseError, VALUE_TEXT_SETTINGS_SQL } from '../postgres/index.ts';
import { isConflict, isLocked, stateOf } from './source-session.ts';

export const BEGIN_SQL = 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';
export const END_SQL = 'ROLLBACK';

/**
 * Settings that fix how the server reads our text and prints values, whatever the database's own are; and limits that
 * protect production's other sessions.
 */
export const SESSION_SETTINGS_SQL = `SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
${VALUE_TEXT_SETTINGS_SQL};
SET LOCAL quote_all_identifiers = off;
SET LOCAL row_security = off;
SET LOCAL application_name = 'regress snapshot';
SET LOCAL statement_timeout = '60s';
SET LOCAL lock_timeout = '1s';
SET LOCAL idle_in_transaction_session_timeout = '10s';
SET LOCAL jit = off`;

/**
 * A statement that reads tables locks them until its transaction ends. These limits and RENEW_AFTER_MS keep every lock
 * shorter than two seconds, because a migration that waits for it holds up everybody behind it.
 */
const LOCKING_LIMITS_SQL = `SET LOCAL statement_timeout = '1s';
SET LOCAL lock_timeout = '500ms'`;

/** A statement that is sent alone, as the first of its transaction, may take nearly all of the two seconds. */
export const ALONE_LIMIT = `SET LOCAL statement_timeout = '1800ms'`;

/** Settings of transactions that read tables and indexes themselves. */
export const PROBE_SETTINGS_SQL = `${SESSION_SETTINGS_SQL};\n${LOCKING_LIMITS_SQL}`;

/** A transaction that holds locks on tables is replaced by another one after this time. */
const RENEW_AFTER_MS = 500;

/**
 * Runs `work` in one read-only transaction, which is always rolled back because there is nothing to commit. `work` must
 * not read tables themselves: their locks would last as long as the transaction.
 */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const outcome = await once(connection, '', work);
  if ('value' in outcome) return outcome.value;
  throw outcome.error;
}

/**
 * Runs a step of a snapshot in a read-only transaction of its own, under settings that end with it. If recovery on a
 * standby cancels the step, it is run again from its beginning, in a new session if the old one was ended. Throws the
 * step's last error.
 */
export async function inShortTransaction<T>(
  connection: Connection,
  settings: string,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const outcome = await once(connection, settings, work);
    if ('value' in outcome) return outcome.value;
    if (!(await prepareRetry(connection, outcome.error, outcome.lost, tries))) throw outcome.error;
  }
}

/** Like inShortTransaction, for work that begins and ends its transactions itself. */
export async function overRecovery<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      stateOf(connection).transactions += 1;
      return await work();
    } catch (error) {
      const lost = await isLost(connection);
      if (!(await prepareRetry(connection, error, lost, tries))) throw error;
    }
  }
}

/** Tries of one step that conflicts with recovery. */
const TRIES = 8;
/** Conflicts with recovery in a whole snapshot. */
const CONFLICTS = 300;
const PAUSE_MS = 100;

/** True if the error is a conflict with recovery and another try is worthwhile. Pauses, and replaces a lost session. */
async function prepareRetry(connection: Connection, error: unknown, lost: boolean, tries: number): Promise<boolean> {
  const state = stateOf(connection);
  state.lost = lost;
  const conflict = isConflict(error) || (lost && state.standby);
  if (!conflict || tries >= TRIES || state.conflicts >= CONFLICTS || (lost && state.renew === null)) return false;
  state.conflicts += 1;
  await pause(PAUSE_MS);
  if (lost) await state.renew?.();
  state.lost = false;
  return true;
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown; readonly lost: boolean };

async function once<T>(connection: Connection, settings: string, work: () => Promise<T>): Promise<Outcome<T>> {
  const outcome = await begin(connection, settings)
    .then(work)
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  const lost = await isLost(connection);
  return 'value' in outcome ? outcome : { ...outcome, lost };
}

/** Ends the transaction. True if that fails, because the session is gone. */
function isLost(connection: Connection): Promise<boolean> {
  return connection.run(END_SQL).then(
    () => false,
    () => true,
  );
}

async function begin(connection: Connection, settings: string): Promise<void> {
  const state = stateOf(connection);
  Object.assign(state, { settings, begunAt: Date.now(), transactions: state.transactions + 1 });
  await connection.run([BEGIN_SQL, ...(settings === '' ? [] : [settings])].join('; '));
}

/** Number of transactions that a connection has begun so far. */
export function transactionCount(connection: Connection): number {
  return stateOf(connection).transactions;
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: DatabaseError };

/**
 * Runs `work`, which reads tables, under settings of its own, which are reset afterwards. Returns the server's error
 * instead of throwing it, except for errors that say nothing about the statement: a lock of another session, a lost
 * session, or recovery that conflicts with every try. We set no savepoints on production, so an error ends the
 * transaction, and later statements run in a new one with the same settings. A new one also begins after a while, because
 * locks last as long as their transaction.
 */
export async function attempt<T>(
  connection: Connection,
  settings: readonly string[],
  work: () => Promise<T>,
): Promise<Attempt<T>> {
  for (let tries = 1; ; tries++) {
    try {
      return await attemptOnce(connection, settings, work);
    } catch (error) {
      const own = stateOf(connection).settings;
      if (isLocked(error) || !(await prepareRetry(connection, error, await isLost(connection), tries))) throw error;
      await begin(connection, own);
    }
  }
}

async function attemptOnce<T>(
  connection: Connection,
  settings: readonly string[],
  work: () => Promise<T>,
): Promise<Attempt<T>> {
  if (isOld(connection) || settings.includes(ALONE_LIMIT)) await inFreshTransaction(connection);
  if (settings.length > 0) await connection.run(settings.join('; '));
  const result = await work().then(
    (value): Attempt<T> => ({ ok: true, value }),
    (error: unknown): Attempt<T> => {
      if (!isRefusal(error)) throw error;
      return { ok: false, error };
    },
  );
  if (!result.ok) await inFreshTransaction(connection);
  else if (settings.length > 0) await connection.run(settingsBack(settings).join('; '));
  return result;
}

/** True if the server refused the statement and would refuse it again. */
function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.severity !== 'FATAL' && !isConflict(error) && !isLocked(error);
}

/** True if the transaction has held its locks for long enough. */
function isOld(connection: Connection): boolean {
  return Date.now() - stateOf(connection).begunAt > RENEW_AFTER_MS;
}

/** Ends the transaction and begins another with the same settings. */
async function inFreshTransaction(connection: Connection): Promise<void> {
  await connection.run(END_SQL);
  await begin(connection, stateOf(connection).settings);
}

/** The search_path that a session of the role starts with. */
export const OWN_SEARCH_PATH_SQL = 'SET LOCAL search_path TO DEFAULT';

/** Statements that undo `SET LOCAL name = value`: back to our own search_path and statement_timeout, else to the default. */
export function settingsBack(settings: readonly string[]): string[] {
  return settings.map((setting) => {
    const name = /^SET LOCAL (\S+)/.exec(setting)?.[1] ?? '';
    if (name === 'search_path') return `SET LOCAL search_path = ''`;
    return name === 'statement_timeout' ? `SET LOCAL statement_timeout = '1s'` : `SET LOCAL ${name} TO DEFAULT`;
  });
}
