import { type Connection, DatabaseError, VALUE_TEXT_SETTINGS_SQL } from '../postgres/index.ts';

export const BEGIN_SQL = 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';
export const END_SQL = 'ROLLBACK';

const STATEMENT_TIMEOUT_SQL = `SET LOCAL statement_timeout = '60s'`;

/** How our text is read, whatever the database says; what a value is printed like; limits that keep production's other sessions safe. */
export const SESSION_SETTINGS_SQL = `SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
${VALUE_TEXT_SETTINGS_SQL};
SET LOCAL quote_all_identifiers = off;
SET LOCAL row_security = off;
SET LOCAL application_name = 'regress snapshot';
${STATEMENT_TIMEOUT_SQL};
SET LOCAL lock_timeout = '2s';
SET LOCAL idle_in_transaction_session_timeout = '120s';
SET LOCAL jit = off`;

/** How many transactions each connection's work took so far. */
const transactions = new WeakMap<Connection, number>();

/** Runs `work` in one read-only transaction that is always rolled back: it changes nothing, and so has nothing to commit. */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  transactions.set(connection, 1);
  await connection.run(BEGIN_SQL);
  try {
    return await work();
  } finally {
    await connection.run(END_SQL).catch(() => undefined);
  }
}

/** How many transactions the work of inTransaction has taken: one, and one for each error of an attempt. */
export function transactionCount(connection: Connection): number {
  return transactions.get(connection) ?? 0;
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: DatabaseError };

/**
 * Runs `work` under settings of its own, which are set back afterwards. Returns the server's error instead of throwing
 * it, but for one that ended the session; any other error is thrown. No savepoint is set on production, so an error
 * ends the transaction, and what follows is read in another one with the same session settings.
 */
export async function attempt<T>(
  connection: Connection,
  settings: readonly string[],
  work: () => Promise<T>,
): Promise<Attempt<T>> {
  if (settings.length > 0) await connection.run(settings.join('; '));
  const result = await work().then(
    (value): Attempt<T> => ({ ok: true, value }),
    (error: unknown): Attempt<T> => {
      if (!(error instanceof DatabaseError) || error.severity === 'FATAL') throw error;
      return { ok: false, error };
    },
  );
  if (!result.ok) await inFreshTransaction(connection);
  else if (settings.length > 0) await connection.run(settingsBack(settings).join('; '));
  return result;
}

/** Ends a transaction that failed, and begins another with the same settings. */
async function inFreshTransaction(connection: Connection): Promise<void> {
  transactions.set(connection, transactionCount(connection) + 1);
  await connection.run([END_SQL, BEGIN_SQL, SESSION_SETTINGS_SQL].join('; '));
}

/** The search_path that a session of the role starts with. */
export const OWN_SEARCH_PATH_SQL = 'SET LOCAL search_path TO DEFAULT';

/** Undoes `SET LOCAL name = value`, of settings that are the server's own but for the statement timeout. */
export function settingsBack(settings: readonly string[]): string[] {
  return settings.map((setting) => {
    const name = /^SET LOCAL (\S+)/.exec(setting)?.[1] ?? '';
    if (name === 'search_path') return `SET LOCAL search_path = ''`;
    return name === 'statement_timeout' ? STATEMENT_TIMEOUT_SQL : `SET LOCAL ${name} TO DEFAULT`;
  });
}
