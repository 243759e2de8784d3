import { setTimeout } from 'node:timers/promises';
import { RegressError } from '../model/errors.ts';
import type { Progress } from '../model/progress.ts';
import { type Connection, DatabaseError, VALUE_TEXT_SETTINGS_SQL } from '../postgres/index.ts';
import type { TargetIdentity } from './identity.ts';

/**
 * With these settings, a text has the meaning it had when the snapshot was taken, and no trigger of the database runs.
 */
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

/** Key of an advisory lock: "regress" read as a number, which nobody else picks by chance. */
const LOCK = '32199642320302963';
const TRY_LOCK_SQL = `SELECT pg_catalog.pg_try_advisory_xact_lock(${LOCK}) AS locked`;

/** A shared lock held by the session: while somebody plans with a restored snapshot, nobody else can restore. */
const KEEP_SQL = `SELECT pg_catalog.pg_advisory_lock_shared(${LOCK})`;

/** Pause between two attempts to get the lock. */
const RETRY_MS = 200;

const LOCK_NOT_AVAILABLE = '55P03';

/** How a restore shares its database with other runs. */
export interface RestoreLock {
  /** Milliseconds to wait for runs that plan there and for other restores. */
  readonly patienceMs: number;
  /** True: other restores wait until this session ends. */
  readonly keep: boolean;
  readonly progress: Progress;
}

/**
 * Runs a whole restore in one transaction, while nobody else restores into the database or plans with an earlier
 * restore. Other sessions see all of it or nothing. Throws RegressError `target` if it cannot get a lock.
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
    // Before COMMIT, which releases the exclusive lock: nobody can restore in between.
    if (lock.keep) await connection.query(KEEP_SQL);
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    // The first error matters more than a ROLLBACK that fails because the connection is lost.
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
    detail: 'The other run restores a snapshot there, or plans with one. Two runs cannot share a database.',
    hint: 'Try again when it has ended, or give each run its own database: build the schema with target.prepare in regress.yaml',
  });
}

function lockError(cause: DatabaseError): RegressError {
  return new RegressError('target', 'another session has the target locked', {
    detail: `Another restore of this database may be running: ${cause.message}.`,
    hint: `Find it: SELECT pid, query FROM pg_stat_activity WHERE datname = current_database();`,
    cause,
  });
}
