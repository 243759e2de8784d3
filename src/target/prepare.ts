import { dirname, relative } from 'node:path';
import { FileError, projectFoldersOf, readText, unreadable } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import type { Progress } from '../model/progress.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Connection, connect, DatabaseError, isOverdue } from '../postgres/index.ts';
import { sourceError } from '../yaml/index.ts';
import { runCommand } from './command.ts';
import { createFromProduction, type ProductionObject } from './production-objects.ts';

/** `timeout` is in seconds. `env` names withheld variables that this command gets all the same. */
type Step =
  | { readonly sql: string; readonly timeout: number }
  | { readonly run: string; readonly timeout: number; readonly env: readonly string[] }
  | { readonly production: readonly ProductionObject[] };

interface PrepareOptions {
  /** The folder that commands run in. */
  readonly folder: string;
  /** Variables that commands do not get, because they lead to production. */
  readonly withheld: readonly string[];
  /** The snapshot, adapted to the target. */
  snapshotFor(connection: Connection): Promise<Snapshot>;
  readonly progress: Progress;
}

/**
 * Builds the schema of the branch by the steps in order: SQL files over our own connection, shell commands with PG* and
 * DATABASE_URL of the target, and production's objects that the schema lacks so far. Output of commands goes to stderr.
 * Throws RegressError `target` at the step that fails.
 */
export async function prepareTarget(url: string, steps: readonly Step[], options: PrepareOptions): Promise<void> {
  // 0: unknown length. Commands print their own progress.
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

/**
 * psql's commands begin with a backslash at the start of a line. `\restrict` is in every pg_dump output and means
 * nothing to a server.
 */
const PSQL_GUARD = /^\\(un)?restrict\b.*$/gm;
const PSQL_COMMAND = /^\\\w+/m;
/** The rows follow in the file, and only psql can tell them from statements. */
const COPY_ROWS = /^COPY\b[^;]*\bFROM\s+STDIN\b/im;

/** A hundred times the size of a usual schema. Files with rows are for psql. */
const MAX_BYTES = 32 * 1024 * 1024;

function readHint(file: string, cause: unknown): string {
  return cause instanceof FileError
    ? `For another kind of file, or a file elsewhere, use a command: run: ${byPsql(file)}`
    : 'Correct its path in target.prepare of regress.yaml; it is relative to that file.';
}

async function runFile(
  url: string,
  { sql: path, timeout }: { readonly sql: string; readonly timeout: number },
): Promise<void> {
  const file = shownPath(path);
  const limits = { within: projectFoldersOf(dirname(path)), limit: MAX_BYTES };
  const source = await readText(path, limits).catch((cause: unknown) => {
    throw unreadable('target', { what: file, file }, cause, readHint(file, cause));
  });
  // Spaces keep the length, so that positions in messages are those of the file.
  const sql = source.replace(PSQL_GUARD, (line) => ' '.repeat(line.length));
  // Checked first, because rows may begin with a backslash too.
  const copy = COPY_ROWS.exec(sql);
  if (copy) throw psqlError(file, source, copy.index, 'COPY … FROM stdin works only in psql');
  const command = PSQL_COMMAND.exec(sql);
  if (command) throw psqlError(file, source, command.index, `${command[0]} is a psql command`);
  const connection = await connect(url, 'target', { ms: timeout * 1000, since: 'statement' });
  try {
    await connection.run(sql);
  } catch (error) {
    if (isOverdue(error)) throw overdue(file, `It was canceled after ${timeout} s.`, error);
    throw error instanceof DatabaseError ? fileError(file, source, error) : error;
  } finally {
    await connection.close();
  }
}

function psqlError(file: string, source: string, offset: number, message: string): RegressError {
  const hint = `Use psql in target.prepare: run: ${byPsql(file)}`;
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
    // A step, not a shell command: in the user's shell, psql would connect to another database.
    hint: error.hint ?? `To see the line number, run the file with psql in target.prepare: run: ${byPsql(file)}`,
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
    hint: 'To allow more time, add a timeout in seconds to this step in target.prepare: timeout: 7200',
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
