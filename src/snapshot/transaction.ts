import { type Connection, DatabaseError, VALUE_TEXT_SETTINGS_SQL } from '../postgres/index.ts';

export const BEGIN_SQL = 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';
export const END_SQL = 'ROLLBACK';
export const ATTEMPT_BEGIN_SQL = 'SAVEPOINT regress';
export const ATTEMPT_END_SQL = 'ROLLBACK TO SAVEPOINT regress; RELEASE SAVEPOINT regress';

/** What a value is printed like, and the limits that keep production's other sessions safe. */
export const SESSION_SETTINGS_SQL = `${VALUE_TEXT_SETTINGS_SQL};
SET LOCAL quote_all_identifiers = off;
SET LOCAL row_security = off;
SET LOCAL application_name = 'regress snapshot';
SET LOCAL statement_timeout = '60s';
SET LOCAL lock_timeout = '2s';
SET LOCAL idle_in_transaction_session_timeout = '120s';
SET LOCAL jit = off`;

/** Runs `work` in one read-only transaction that is always rolled back: it changes nothing, and so has nothing to commit. */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run(BEGIN_SQL);
  try {
    return await work();
  } finally {
    await connection.run(END_SQL).catch(() => undefined);
  }
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: DatabaseError };

/**
 * Runs `work` in a savepoint that is always rolled back, so that neither its settings nor its error outlive it. Returns
 * the server's error instead of throwing it, but for one that ended the session; any other error is thrown.
 */
export async function attempt<T>(
  connection: Connection,
  settings: readonly string[],
  work: () => Promise<T>,
): Promise<Attempt<T>> {
  await connection.run([ATTEMPT_BEGIN_SQL, ...settings].join('; '));
  const result = await work().then(
    (value): Attempt<T> => ({ ok: true, value }),
    (error: unknown): Attempt<T> => {
      if (!(error instanceof DatabaseError) || error.severity === 'FATAL') throw error;
      return { ok: false, error };
    },
  );
  await connection.run(ATTEMPT_END_SQL);
  return result;
}
