import { setTimeout } from 'node:timers/promises';
import { RegressError } from '../model/errors.ts';
import type { Progress } from '../model/progress.ts';
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
const LOCK = '32199642320302963';
const TRY_LOCK_SQL = `SELECT pg_catalog.pg_try_advisory_xact_lock(${LOCK}) AS locked`;

/** Shared, and of the session: whoever plans by what was restored keeps others from restoring. */
const KEEP_SQL = `SELECT pg_catalog.pg_advisory_lock_shared(${LOCK})`;

/** Between two attempts to get the lock. */
const RETRY_MS = 200;

const LOCK_NOT_AVAILABLE = '55P03';

/** How a restore shares its database with other runs. */
export interface RestoreLock {
  /** Waits so long, in ms, for runs that plan there, and for other restores. */
  readonly patienceMs: number;
  /** True: from the restore on until the session ends, others wait before they restore. */
  readonly keep: boolean;
  readonly progress: Progress;
}

/**
 * Runs all of a restore in one transaction, alone among the restores of its database and while nobody plans by what an
 * earlier one brought. Other sessions see all of it or nothing. Throws RegressError `target` when a lock is not had.
 */
export async function inRestoreTransaction<T>(
  connection: Connection,
  { superuser }: Pick<TargetIdentity, 'superuser'>,
  lock: RestoreLock,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run(BEGIN_SQL(superuser));
  try {
    await acquire(connection, lock);
    const result = await work();
    // Before COMMIT gives the other lock back, so that nobody restores in between.
    if (lock.keep) await connection.query(KEEP_SQL);
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    // The reason of the failure is worth more than that of a rollback over a lost connection.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE ? lockError(error) : error;
  }
}

async function acquire(connection: Connection, { patienceMs, progress }: RestoreLock): Promise<void> {
  const end = Date.now() + patienceMs;
  const tryLock = async () => (await connection.query<{ locked: boolean }>(TRY_LOCK_SQL))[0]?.locked === true;
  if (await tryLock()) return;
  await progress.during('waiting for another run that uses the target', async () => {
    while (Date.now() < end) {
      await setTimeout(RETRY_MS);
      if (await tryLock()) return;
    }
    throw busyError();
  });
}

function busyError(): RegressError {
  return new RegressError('target', 'another run uses the target', {
    detail: 'It plans by the snapshot that it restored there, or restores one. Two runs cannot share a database.',
    hint: 'Try again when it has ended, or let each run have a database of its own: build the schema by target.prepare in regress.yaml',
  });
}

function lockError(cause: DatabaseError): RegressError {
  return new RegressError('target', 'another session has the target locked', {
    detail: `Another restore of this database may be running: ${cause.message}.`,
    hint: `Look for it: SELECT pid, query FROM pg_stat_activity WHERE datname = current_database();`,
    cause,
  });
}
