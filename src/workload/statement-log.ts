import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegressError } from '../model/errors.ts';
import type { SeenStatement } from '../model/sql/seen-statement.ts';
import { type Connection, quoteLiteral } from '../postgres/index.ts';

/** A log file, and the offset at which our statements begin. */
export interface StatementLog {
  readonly path: string;
  /** Bytes that the file held before. */
  readonly begin: number;
}

/** Beginning of every logged line; further lines of a statement begin with a tab. */
const PREFIX = 'regress-capture ';

/**
 * A statement is logged when it has ended, so that one that fails is left out, and without the values of its parameters.
 * The server's other messages are turned off as far as possible.
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

/**
 * Makes a throwaway server log the statements of all its sessions from now on. The connection must be a superuser's.
 * Throws RegressError `environment` if the server does not begin to log.
 */
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

/** The text before a statement of the simple protocol or a prepared statement, but not before a cursor's next rows. */
const STATEMENT = /^regress-capture LOG: {2}duration: [\d.]+ ms {2}(?:statement|execute (?!fetch from ).*?): /;

/** Longer texts are dumps and fixtures, and would fill the memory. */
const MAX_CHARACTERS = 200_000;

/** Reads the statements logged since `begin`, one for each text, in the order in which they first ended. */
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
