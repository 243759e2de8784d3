import { type Connection, DatabaseError } from '../postgres/index.ts';

/** A role with another search_path plans other tables. */
interface TryOptions {
  /** The search_path to find names by; null: the session's own. */
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

/** Takes the list as it is written, where SET would take it for one name. */
const SEARCH_PATH_SQL = `SELECT pg_catalog.set_config('search_path', $1, true)`;

/**
 * What PostgreSQL says of a statement when it only parses it and finds types for its parameters; null where it takes it.
 * Nothing is planned or executed. Each in a read-only transaction of its own, so that an error ends nothing else and
 * the locks of parsing are gone at once. Throws an error that ended the session.
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
