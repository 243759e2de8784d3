import { dirname, relative } from 'node:path';
import { boundsOf, FileError, readText, unreadable } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import type { Progress } from '../model/progress.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Connection, connect, DatabaseError, isOverdue } from '../postgres/index.ts';
import { sourceError } from '../yaml/index.ts';
import { runCommand } from './command.ts';
import { createFromProduction, type ProductionObject } from './production-objects.ts';

/** `timeout` is in seconds; `env` names variables that a command gets though they are withheld from others. */
type Step =
  | { readonly sql: string; readonly timeout: number }
  | { readonly run: string; readonly timeout: number; readonly env: readonly string[] }
  | { readonly production: readonly ProductionObject[] };

interface PrepareOptions {
  /** Where commands run. */
  readonly folder: string;
  /** Variables that commands do not get, because they lead to production. */
  readonly withheld: readonly string[];
  /** The snapshot as it is for a database. */
  snapshotFor(connection: Connection): Promise<Snapshot>;
  readonly progress: Progress;
}

/**
 * Builds the schema of the branch: files of SQL over a session of ours, commands in the shell with PG* and DATABASE_URL
 * of the target, and what production has and the schema so far lacks. What a command prints goes to stderr. Throws
 * RegressError `target` at the step that fails.
 */
export async function prepareTarget(url: string, steps: readonly Step[], options: PrepareOptions): Promise<void> {
  // Of unknown length: commands print what they do.
  options.progress.start('prepare', 0);
  let created = '';
  for (const step of steps) {
    await options.progress.during(`prepare: ${stepTitle(step)}`, async () => {
      if ('sql' in step) await runFile(url, step);
      else if ('run' in step) await runStep(url, step, options);
      else created += await createObjects(url, step.production, options);
    });
    options.progress.advance();
  }
  options.progress.done(`prepare: ${steps.length}${created === '' ? '' : `, and ${created} as in production`}`);
}

function stepTitle(step: Step): string {
  if ('sql' in step) return shownPath(step.sql);
  return 'run' in step ? step.run : `${step.production.join(' and ')} as in production`;
}

function shownPath(path: string): string {
  return relative(process.cwd(), path) || path;
}

async function createObjects(
  url: string,
  wanted: readonly ProductionObject[],
  { snapshotFor, progress }: PrepareOptions,
): Promise<string> {
  const connection = await connect(url, 'target');
  try {
    return await createFromProduction(connection, await snapshotFor(connection), wanted, progress);
  } finally {
    await connection.close();
  }
}

/** psql's own commands begin a line with a backslash; `\restrict` guards every pg_dump output and says nothing to a server. */
const PSQL_GUARD = /^\\(un)?restrict\b.*$/gm;
const PSQL_COMMAND = /^\\\w+/m;
/** Its rows stand in the file behind it, which only psql tells from statements. */
const COPY_ROWS = /^COPY\b[^;]*\bFROM\s+STDIN\b/im;

/** A schema has a hundredth of it; a file with rows is for psql. */
const MAX_BYTES = 32 * 1024 * 1024;

function readHint(file: string, cause: unknown): string {
  return cause instanceof FileError
    ? `A file of another kind, or another place, is for a command: run: ${byPsql(file)}`
    : 'Mend its path in target.prepare of regress.yaml; it is relative to that file.';
}

async function runFile(
  url: string,
  { sql: path, timeout }: { readonly sql: string; readonly timeout: number },
): Promise<void> {
  const file = shownPath(path);
  const limits = { within: boundsOf(dirname(path)), limit: MAX_BYTES };
  const source = await readText(path, limits).catch((cause: unknown) => {
    throw unreadable('target', { what: file, file }, cause, readHint(file, cause));
  });
  // Replaced by blanks of the same length, so that positions in messages stay those of the file.
  const sql = source.replace(PSQL_GUARD, (line) => ' '.repeat(line.length));
  // Rows may begin with a backslash too.
  const copy = COPY_ROWS.exec(sql);
  if (copy) throw psqlError(file, source, copy.index, 'COPY … FROM stdin takes its rows from psql');
  const command = PSQL_COMMAND.exec(sql);
  if (command) throw psqlError(file, source, command.index, `${command[0]} is a command of psql`);
  const connection = await connect(url, 'target', { ms: timeout * 1000, since: 'statement' });
  try {
    await connection.run(sql);
  } catch (error) {
    if (isOverdue(error)) throw overdue(file, `It took longer than ${timeout} s, and was given up.`, error);
    throw error instanceof DatabaseError ? fileError(file, source, error) : error;
  } finally {
    await connection.close();
  }
}

function psqlError(file: string, source: string, offset: number, message: string): RegressError {
  const hint = `Prepare with psql: run: ${byPsql(file)}`;
  return sourceError('target', file, source, placeAt(source, offset), message, { hint });
}

function byPsql(file: string): string {
  return `psql -v ON_ERROR_STOP=1 -f ${file}`;
}

function fileError(file: string, source: string, error: DatabaseError): RegressError {
  const offset = error.position === undefined ? null : Number(error.position) - 1;
  if (offset !== null) return sourceError('target', file, source, placeAt(source, offset), error.message);
  return new RegressError('target', `${file}: ${error.message}`, {
    detail: error.detail,
    // Not for the shell: there psql would run it in another database.
    hint: error.hint ?? `To see its line, let psql run it, in target.prepare: run: ${byPsql(file)}`,
    cause: error,
  });
}

function placeAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function overdue(step: string, detail: string, cause?: unknown): RegressError {
  return new RegressError('target', `prepare step took too long: ${step}`, {
    detail,
    hint: 'Where it may take longer, say so beside it in target.prepare, in seconds: timeout: 7200',
    cause,
  });
}

async function runStep(
  url: string,
  { run: command, timeout, env }: { readonly run: string; readonly timeout: number; readonly env: readonly string[] },
  { folder, withheld }: PrepareOptions,
): Promise<void> {
  const hidden = withheld.filter((name) => !env.includes(name));
  const { status, detail, isOverdue: late } = await runCommand(url, [command], { folder, withheld: hidden, timeout });
  if (late) throw overdue(command, detail);
  if (status === 0) return;
  throw new RegressError('target', `prepare command failed: ${command}`, { detail, hint: 'Its output is above.' });
}
