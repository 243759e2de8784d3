import { type Connection, DatabaseError, quoteLiteral } from '../postgres/index.ts';

/** A role with another search_path plans other tables. */
interface TryOptions {
  /** The search_path to find names by; null: the session's own. */
  readonly searchPath: string | null;
}

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
  const path = searchPath === null ? [] : [`SET LOCAL search_path = ${pathList(searchPath)}`];
  await connection.run(
    [
      'BEGIN TRANSACTION READ ONLY',
      `SET LOCAL statement_timeout = '10s'`,
      `SET LOCAL lock_timeout = '2s'`,
      `SET LOCAL idle_in_transaction_session_timeout = '60s'`,
      'SET LOCAL standard_conforming_strings = on',
      ...path,
    ].join('; '),
  );
  try {
    await connection.parameterTypes(statement);
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.severity === 'FATAL') throw error;
    return error;
  } finally {
    await connection.run('ROLLBACK').catch(() => undefined);
  }
}

/** set_config takes the list as it is written; SET would take it for one name. */
function pathList(searchPath: string): string {
  return searchPath
    .split(',')
    .map((part) => quoteLiteral(part.trim().replace(/^"(.*)"$/, (_, name: string) => name.replaceAll('""', '"'))))
    .join(', ');
}
