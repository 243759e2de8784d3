import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, DatabaseError, VALUE_TEXT_SETTINGS_SQL } from '../postgres/index.ts';
import { isConflict, isLocked, stateOf } from './source-session.ts';

export const BEGIN_SQL = 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';
export const END_SQL = 'ROLLBACK';

/** How our text is read, whatever the database says; what a value is printed like; limits that keep production's other sessions safe. */
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
 * A statement over tables locks them until its transaction ends. With these limits, and CARRIED_ON_MS, no lock is older
 * than two seconds: a migration that waits for it holds up everybody who comes after.
 */
const LOCKING_LIMITS_SQL = `SET LOCAL statement_timeout = '1s';
SET LOCAL lock_timeout = '500ms'`;

/** What is asked alone, as the first of its transaction, has nearly all of the two seconds for itself. */
export const ALONE_LIMIT = `SET LOCAL statement_timeout = '1800ms'`;

/** Settings of transactions that look at tables and indexes themselves. */
export const PROBE_SETTINGS_SQL = `${SESSION_SETTINGS_SQL};\n${LOCKING_LIMITS_SQL}`;

/** A transaction that holds locks on tables is followed by another one after so long. */
const CARRIED_ON_MS = 500;

/**
 * Runs `work` in one read-only transaction that is always rolled back: it changes nothing, and so has nothing to commit.
 * `work` may not look at tables themselves, whose locks would last as long.
 */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const outcome = await once(connection, '', work);
  if ('value' in outcome) return outcome.value;
  throw outcome.error;
}

/**
 * Runs a step of a snapshot in a read-only transaction of its own, under settings that end with it. A step that recovery
 * of a standby cancelled is run again from its beginning, over a new session where the old one was ended. Throws what
 * the step threw, at last.
 */
export async function inShortTransaction<T>(
  connection: Connection,
  settings: string,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const outcome = await once(connection, settings, work);
    if ('value' in outcome) return outcome.value;
    if (!(await isOvercome(connection, outcome.error, outcome.lost, tries))) throw outcome.error;
  }
}

/** The same of work that begins and ends its transactions itself. */
export async function overRecovery<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      stateOf(connection).transactions += 1;
      return await work();
    } catch (error) {
      const lost = await isLost(connection);
      if (!(await isOvercome(connection, error, lost, tries))) throw error;
    }
  }
}

/** One thing is tried so many times where recovery is in the way, and all together are so many times more than once. */
const TRIES = 8;
const CONFLICTS = 300;
const PAUSE_MS = 100;

/** Whether an error is a conflict with recovery that may not come again; there is a session again afterwards. */
async function isOvercome(connection: Connection, error: unknown, lost: boolean, tries: number): Promise<boolean> {
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

/** Ends the transaction; where that is not possible, there is no session any more. */
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

/** How many transactions a connection has taken so far. */
export function transactionCount(connection: Connection): number {
  return stateOf(connection).transactions;
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: DatabaseError };

/**
 * Runs `work`, which looks at tables, under settings of its own, which are set back afterwards. Returns the server's
 * error instead of throwing it, but for those that say nothing of what was asked: somebody holds a lock, the session was
 * ended, recovery is in the way of one try after the other. No savepoint is set on production, so an error ends the transaction, and what follows
 * is read in another one with the same settings; so it is after a while, because locks last as long as the transaction.
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
      if (isLocked(error) || !(await isOvercome(connection, error, await isLost(connection), tries))) throw error;
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

/** The server refused what was asked, and would again. */
function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.severity !== 'FATAL' && !isConflict(error) && !isLocked(error);
}

/** Whether the transaction has held its locks for long enough. */
function isOld(connection: Connection): boolean {
  return Date.now() - stateOf(connection).begunAt > CARRIED_ON_MS;
}

/** Ends a transaction, and begins another with the same settings. */
async function inFreshTransaction(connection: Connection): Promise<void> {
  await connection.run(END_SQL);
  await begin(connection, stateOf(connection).settings);
}

/** The search_path that a session of the role starts with. */
export const OWN_SEARCH_PATH_SQL = 'SET LOCAL search_path TO DEFAULT';

/** Undoes `SET LOCAL name = value`, of settings that are the server's own but for the statement timeout. */
export function settingsBack(settings: readonly string[]): string[] {
  return settings.map((setting) => {
    const name = /^SET LOCAL (\S+)/.exec(setting)?.[1] ?? '';
    if (name === 'search_path') return `SET LOCAL search_path = ''`;
    return name === 'statement_timeout' ? `SET LOCAL statement_timeout = '1s'` : `SET LOCAL ${name} TO DEFAULT`;
  });
}
