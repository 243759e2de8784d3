import { type Connection, DatabaseError } from '../postgres/index.ts';

interface TryOptions {
  /** The search_path to find names by, because another one may find other tables; null: the session's own. */
  readonly searchPath: string | null;
}

const BEGIN_SQL = [
  'BEGIN TRANSACTION READ ONLY',
  `SET LOCAL client_encoding = 'UTF8'`,
  'SET LOCAL standard_conforming_strings = on',
  `SET LOCAL statement_timeout = '10s'`,
  `SET LOCAL lock_timeout = '2s'`,
  `SET LOCAL idle_in_transaction_session_timeout = '60s'`,
].join('; ');

/** Reads the value as a list of names, where SET would read it as one name. */
const SEARCH_PATH_SQL = `SELECT pg_catalog.set_config('search_path', $1, true)`;

/**
 * Lets PostgreSQL parse a statement and find the types of its parameters. Returns PostgreSQL's error, or null if it accepts
 * the statement. Nothing is planned or executed. Each statement has a read-only transaction of its own, so that an error
 * ends nothing else and the locks of parsing are released at once. Throws an error that ended the session.
 */
export async function tryStatement(
  connection: Connection,
  statement: string,
  { searchPath }: TryOptions,
): Promise<DatabaseError | null> {
  await connection.run(BEGIN_SQL);
  try {
    if (searchPath !== null) await connection.query(SEARCH_PATH_SQL, [searchPath]);
    await connection.parameterTypes(statement);
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.severity === 'FATAL') throw error;
    return error;
  } finally {
    await connection.run('ROLLBACK').catch(() => undefined);
  }
}
