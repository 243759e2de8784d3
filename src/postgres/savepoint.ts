import { DatabaseError } from './session/client.ts';
import type { Connection } from './session/connection.ts';

/**
 * Classes of SQLSTATE that say nothing about the value sent: connection, transaction state, rollback, resources, locks,
 * operator intervention and system errors.
 */
const NOT_ABOUT_THE_VALUE = ['08', '25', '40', '53', '55', '57', '58'];

/** True for an error that was caused by a single value, name or statement. */
function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && !NOT_ABOUT_THE_VALUE.includes(error.code?.slice(0, 2) ?? '08');
}

/**
 * Runs work in a savepoint and keeps what it did. If the server refuses it, undoes it and returns the server's error.
 * Throws an error that is not about what was sent.
 */
export async function attempt(connection: Connection, work: () => Promise<unknown>): Promise<DatabaseError | null> {
  await connection.run('SAVEPOINT regress_attempt');
  const refusal = await refusalOf(connection, work);
  await connection.run('RELEASE SAVEPOINT regress_attempt');
  return refusal;
}

/** Like `attempt`, but always undoes the work. */
export async function probe(connection: Connection, work: () => Promise<unknown>): Promise<DatabaseError | null> {
  await connection.run('SAVEPOINT regress_attempt');
  const refusal = await refusalOf(connection, work);
  await connection.run('ROLLBACK TO SAVEPOINT regress_attempt; RELEASE SAVEPOINT regress_attempt');
  return refusal;
}

async function refusalOf(connection: Connection, work: () => Promise<unknown>): Promise<DatabaseError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await connection.run('ROLLBACK TO SAVEPOINT regress_attempt');
    return error;
  }
}
