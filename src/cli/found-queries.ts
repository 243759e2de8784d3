import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import type { Config } from '../config/index.ts';
import { RegressError } from '../model/errors.ts';
import type { Suite } from '../model/suite.ts';
import { type DatabaseError, quoteIdent } from '../postgres/index.ts';
import {
  type Candidate,
  isNameOf,
  type LeftOut,
  loadSuites,
  type NewQuery,
  newSuite,
  queryName,
  readStatement,
  repairTypes,
  type Shape,
  shapeOf,
  withQueries,
} from '../suite/index.ts';
import type { Context } from './context.ts';

/** What PostgreSQL says of a statement; null where it takes it. */
export type Try = (statement: string) => Promise<DatabaseError | null>;

/** The suite to add to, and the shapes that any suite of the project has. */
export interface Known {
  readonly path: string;
  readonly names: ReadonlySet<string>;
  has(shape: Shape): boolean;
}

/** Reads all suites of the project. Throws RegressError `usage` for a file that is no YAML, `suite` for a broken one. */
export async function openKnown(config: Config, out: string | undefined, usual: string): Promise<Known> {
  const path = out === undefined ? resolve(config.suites, usual) : resolve(out);
  if (!/\.ya?ml$/.test(path)) {
    throw new RegressError('usage', `${out} is no suite that can be added to`, {
      hint: 'Name a file that ends in .yaml',
    });
  }
  const suites = await loadSuites(config.suites, { optional: true });
  const inside = !relative(config.suites, path).startsWith('..');
  const others = inside || !existsSync(path) ? [] : await loadSuites(dirname(path), { optional: true });
  const own = [...suites, ...others].find((suite) => suite.path === path);
  return knownBy([...suites, ...(own === undefined ? [] : [own])], own, path);
}

function knownBy(suites: readonly Suite[], own: Suite | undefined, path: string): Known {
  const digests = new Set(
    suites.flatMap(({ queries }) => queries.flatMap(({ statement }) => shapeOf(statement)?.digest ?? [])),
  );
  const names = new Set((own?.queries ?? []).map(({ name }) => name));
  return {
    path,
    names,
    has: (shape) => digests.has(shape.digest) || [...names].some((name) => isNameOf(name, shape)),
  };
}

/** Says that pg_stat_statements keeps texts from the role. */
export function warnOfHidden(hidden: number, reader: string, context: Context): void {
  context.progress.warn(
    `the text of ${hidden} ${hidden === 1 ? 'statement' : 'statements'} of other users is hidden from "${reader}"\n` +
      `HINT:  GRANT pg_read_all_stats TO ${quoteIdent(reader)}`,
  );
}

/** Queries to add, and those that PostgreSQL does not take, with what it says. */
export interface Sorted {
  readonly added: readonly NewQuery[];
  readonly known: number;
  readonly refused: readonly { readonly name: string; readonly sql: string; readonly reason: string }[];
  /** Queries that could not be tried, such as in a schema the role may not use. */
  readonly untried: readonly string[];
}

interface SortOptions {
  /** Queries to take at most, known ones among them. */
  readonly top: number;
  readonly attempt: Try;
  readonly withStats: boolean;
  readonly context: Context;
}

/** Takes the first candidates that PostgreSQL takes, mended where it must be; those that a suite has need no trial. */
export async function sortCandidates(
  candidates: readonly Candidate[],
  known: Known,
  { top, attempt, withStats, context }: SortOptions,
): Promise<Sorted> {
  const names = new Set(known.names);
  const result = {
    added: [] as NewQuery[],
    known: 0,
    refused: [] as Sorted['refused'][number][],
    untried: [] as string[],
  };
  context.progress.start('parse', Math.min(top, candidates.length));
  for (const candidate of candidates) {
    if (result.added.length + result.known >= top) break;
    context.progress.advance();
    if (known.has(candidate.shape)) {
      result.known += 1;
      continue;
    }
    const name = queryName(candidate.shape, names);
    if (candidate.lost !== null) {
      result.refused.push({ name, sql: candidate.sql, reason: candidate.lost });
      continue;
    }
    const tried = await takenBy(attempt, candidate);
    if ('error' in tried) {
      result.refused.push({ name, sql: candidate.sql, reason: tried.error.message });
      continue;
    }
    if (!tried.tried) result.untried.push(name);
    names.add(name);
    result.added.push(newQuery(name, candidate, tried, withStats));
  }
  context.progress.done();
  return result;
}

function newQuery(
  name: string,
  { calls, totalExecTime, tags }: Candidate,
  { sql, notes }: { readonly sql: string; readonly notes: readonly string[] },
  withStats: boolean,
): NewQuery {
  const mean = totalExecTime === null ? undefined : Number((totalExecTime / calls).toPrecision(4));
  return {
    name,
    sql,
    generic: readStatement(sql).parameters.length > 0,
    ...(withStats && mean !== undefined && { stats: { calls, mean_exec_time: mean } }),
    tags,
    notes,
  };
}

/** A statement is mended as often: each round can find the next place. */
const MAX_REPAIRS = 6;

type Taken =
  | { readonly sql: string; readonly notes: readonly string[]; readonly tried: boolean }
  | { readonly error: DatabaseError };

async function takenBy(attempt: Try, candidate: Candidate): Promise<Taken> {
  let { sql } = candidate;
  const notes = [...candidate.notes];
  let first: DatabaseError | undefined;
  for (let round = 0; round <= MAX_REPAIRS; round += 1) {
    const error = await attempt(readStatement(sql).statement);
    if (error === null) return { sql, notes, tried: true };
    first ??= error;
    if (!saysSomething(error)) return { sql, notes, tried: false };
    const position = error.position === undefined ? undefined : Number(error.position);
    const repaired = repairTypes(sql, { code: error.code, message: error.message, position });
    if (repaired === null) break;
    sql = repaired.sql;
    notes.push(...repaired.notes);
  }
  return { error: first as DatabaseError };
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** Errors of the statement itself, not of who asks or of the moment: syntax, names, types, and what is not supported. */
function saysSomething({ code = '' }: DatabaseError): boolean {
  return code !== INSUFFICIENT_PRIVILEGE && /^(?:42|22|0A)/.test(code);
}

/** Adds the queries to the suite, or makes it; the file appears whole or not at all. Nothing is written where none is new. */
export async function writeQueries(
  path: string,
  added: readonly NewQuery[],
  heading: readonly string[],
): Promise<void> {
  if (added.length === 0) return;
  try {
    const source = existsSync(path) ? await readFile(path, 'utf8') : null;
    const text = source === null ? newSuite(heading, added) : withQueries(source, added);
    await mkdir(dirname(path), { recursive: true });
    const aside = `${path}.${process.pid}.tmp`;
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (cause) {
    throw new RegressError('suite', `could not write ${shownPath(path)}`, {
      detail: `${(cause as Error).message}.`,
      cause,
    });
  }
}

/** Says what was added and what was left out, and why. */
export function report(sorted: Sorted, leftOut: LeftOut, path: string, config: Config, context: Context): void {
  const { added, known, refused, untried } = sorted;
  for (const { name, sql, reason } of refused) {
    context.progress.warn(`${name} left out: ${reason}\n${indented(sql)}`);
  }
  if (untried.length > 0) {
    context.progress.warn(`could not try whether PostgreSQL plans ${untried.join(', ')}; check will say`);
  }
  for (const [reason, count] of [...leftOut].sort((a, b) => b[1] - a[1])) context.say(`left out: ${count} (${reason})`);
  for (const { name } of added) context.print(`  ${name}\n`);
  const file = shownPath(path);
  const counts = `${counted(added.length)} added to ${file}, ${known} known already, ${refused.length} that PostgreSQL does not take`;
  context.print(`${counts}\n`);
  if (added.length === 0) return;
  const inSuites = relative(config.suites, path).split(sep);
  if (inSuites[0] !== '..') context.say(`HINT:  regress update ${inSuites.join('/')}`);
  else context.progress.warn(`${file} is not below ${shownPath(config.suites)}, where check looks`);
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'query' : 'queries'}`;
}

const SHOWN_CHARACTERS = 400;

function indented(sql: string): string {
  const shown = sql.length > SHOWN_CHARACTERS ? `${sql.slice(0, SHOWN_CHARACTERS)} …` : sql;
  return shown.replace(/^/gm, '    ');
}

function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
