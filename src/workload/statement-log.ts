import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegressError } from '../model/errors.ts';
import type { SeenStatement } from '../model/sql/seen-statement.ts';
import { type Connection, quoteLiteral } from '../postgres/index.ts';

/** A log that statements are written to from a place on. */
export interface StatementLog {
  readonly path: string;
  /** Bytes that were there before. */
  readonly begin: number;
}

/** What every line of ours begins with; a line that goes on with a statement begins with a tab. */
const PREFIX = 'regress-capture ';

/**
 * Statements are logged when they have ended, so that one that fails is not among them, and without the values of their
 * parameters. Of the server's own messages only those are wanted.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  log_destination: 'stderr',
  log_line_prefix: PREFIX,
  log_statement: 'none',
  log_min_duration_statement: '0',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  lc_messages: 'C',
};

const RELOAD_SQL = 'SELECT pg_catalog.pg_reload_conf()';
const POLL_MS = 20;
const RELOAD_TIMEOUT_MS = 10_000;

/** Makes a throwaway server log the statements of all its sessions from now on. The connection is a superuser's. */
export async function logStatements(connection: Connection, path: string): Promise<StatementLog> {
  for (const [name, value] of Object.entries(SETTINGS)) {
    await connection.run(`ALTER SYSTEM SET ${name} = ${quoteLiteral(value)}`);
  }
  await connection.run(RELOAD_SQL);
  const deadline = Date.now() + RELOAD_TIMEOUT_MS;
  while (!(await isLogging(connection))) {
    if (Date.now() > deadline) throw new RegressError('environment', 'the throwaway server does not log statements');
    await sleep(POLL_MS);
  }
  return { path, begin: (await stat(path)).size };
}

async function isLogging(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ value: string }>(
    `SELECT pg_catalog.current_setting('log_min_duration_statement') AS value ORDER BY 1`,
  );
  return row?.value === '0';
}

/** What comes before a statement: of the simple protocol, or of a prepared statement, not of a cursor's next rows. */
const STATEMENT = /^regress-capture LOG: {2}duration: [\d.]+ ms {2}(?:statement|execute (?!fetch from ).*?): /;

/** Longer texts are dumps and fixtures, and would fill the memory. */
const MAX_CHARACTERS = 200_000;

/** The statements a log has from its begin to now, by their text, in the order in which they first ended. */
export async function readLog({ path, begin }: StatementLog): Promise<SeenStatement[]> {
  const calls = new Map<string, number>();
  const end = (await stat(path)).size - 1;
  if (end < begin) return [];
  const input = createReadStream(path, { start: begin, end });
  let current: string[] | null = null;
  let length = 0;
  const finish = () => {
    const text = current?.join('\n');
    if (text !== undefined && length <= MAX_CHARACTERS) calls.set(text, (calls.get(text) ?? 0) + 1);
    current = null;
  };
  for await (const line of createInterface({ input, crlfDelay: 0 })) {
    if (current !== null && line.startsWith('\t')) {
      length += line.length;
      if (length <= MAX_CHARACTERS) current.push(line.slice(1));
      continue;
    }
    finish();
    const head = STATEMENT.exec(line);
    if (head === null) continue;
    length = line.length;
    current = length <= MAX_CHARACTERS ? [line.slice(head[0].length)] : [''];
  }
  finish();
  return [...calls].map(([text, times]) => ({ text, calls: times, totalExecTime: null }));
}
