import { RegressError } from '../model/errors.ts';
import { type Connection, DatabaseError, VALUE_TEXT_SETTINGS_SQL } from '../postgres/index.ts';
import type { TargetIdentity } from './identity.ts';

/** Under these a text means what it meant when the snapshot was taken, and no trigger of the database runs. */
const BEGIN_SQL = (superuser: boolean): string => `
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
${VALUE_TEXT_SETTINGS_SQL};
SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
SET LOCAL array_nulls = on;
SET LOCAL row_security = off;
${superuser ? "SET LOCAL session_replication_role = 'replica';" : ''}
SET LOCAL check_function_bodies = on;
SET LOCAL default_tablespace = '';
SET LOCAL client_min_messages = 'warning';
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '30s';
SET LOCAL jit = off`;

/** Of this database: "regress" read as a number, which nobody else picks by chance. */
const LOCK_SQL = 'SELECT pg_catalog.pg_advisory_xact_lock(32199642320302963)';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Runs all of a restore in one transaction, alone among the restores of its database, so that other sessions see all of
 * it or nothing. Throws RegressError `target` when a lock is not had.
 */
export async function inRestoreTransaction<T>(
  connection: Connection,
  { superuser }: Pick<TargetIdentity, 'superuser'>,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run(BEGIN_SQL(superuser));
  try {
    await connection.query(LOCK_SQL);
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    // The reason of the failure is worth more than that of a rollback over a lost connection.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE ? lockError(error) : error;
  }
}

function lockError(cause: DatabaseError): RegressError {
  return new RegressError('target', 'another session has the target locked', {
    detail: `Another restore of this database may be running: ${cause.message}.`,
    hint: `Look for it: SELECT pid, query FROM pg_stat_activity WHERE datname = current_database();`,
    cause,
  });
}
