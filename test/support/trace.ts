import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServer } from './servers.ts';

/** A line of the log that begins a statement; what follows on indented lines is part of it. */
const STATEMENT = /^.*? LOG: {2}(?:statement|execute [^:]*): /;

/**
 * Every statement the server was sent by new sessions of a database while `work` ran, one by one and in order, as its
 * log has them.
 */
export async function tracedStatements(
  server: TestServer,
  database: string,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const log = join(await server.psql('postgres', 'SHOW data_directory'), '../server.log');
  await server.psql('postgres', `ALTER DATABASE "${database}" SET log_statement = 'all'`);
  const begin = (await readFile(log)).length;
  try {
    await work();
  } finally {
    await server.psql('postgres', `ALTER DATABASE "${database}" RESET log_statement`);
  }
  return messages((await readFile(log)).subarray(begin).toString())
    .flatMap(statements)
    .filter((statement) => !statement.includes(' log_statement'));
}

function messages(log: string): string[] {
  const found: string[] = [];
  let inside = false;
  for (const line of log.split('\n')) {
    if (STATEMENT.test(line)) found.push(line.replace(STATEMENT, ''));
    else if (inside && line.startsWith('\t')) found.push(`${found.pop()}\n${line.slice(1)}`);
    inside = STATEMENT.test(line) || (inside && line.startsWith('\t'));
  }
  return found;
}

/** The statements of one message, split at semicolons outside of quotes. */
function statements(message: string): string[] {
  const parts = message.match(/(?:'(?:[^']|'')*'|"[^"]*"|[^;'"])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Those that may not be sent to production: all but reading, planning, and what is undone with its transaction. */
export function forbiddenStatements(statements: readonly string[], major: number): string[] {
  const allowed = /^(SELECT|EXPLAIN \(FORMAT JSON|BEGIN|COMMIT|ROLLBACK$|SET LOCAL)/;
  // EXPLAIN plans generically by itself from 16 on.
  const generic = /^(PREPARE|DEALLOCATE)/;
  return statements.filter(
    (statement) =>
      !(allowed.test(statement) || (major < 16 && generic.test(statement))) || /^EXPLAIN.*\bANALYZE\b/s.test(statement),
  );
}
