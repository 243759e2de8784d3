import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { Suite } from '../../model/suite.ts';
import type { DatabaseError } from '../../postgres/index.ts';
import { readStatement, repairTypes, type Shape, shapeOf } from '../../sql/index.ts';
import { type Candidate, isNameOf, loadSuites, type NewQuery, queryName } from '../../suite/index.ts';
import type { Context } from '../terminal/context.ts';

/** Asks PostgreSQL to parse a statement. Resolves to its error, or null if the statement is accepted. */
export type Try = (statement: string) => Promise<DatabaseError | null>;

/** The suite to add to, and the query shapes that the project's suites already have. */
export interface Known {
  readonly path: string;
  readonly names: ReadonlySet<string>;
  has(shape: Shape): boolean;
}

/** Reads all suites of the project. Throws RegressError `usage` if `out` is not YAML, and `suite` for a broken suite. */
export async function openKnown(config: Config, out: string | undefined, usual: string): Promise<Known> {
  const path = out === undefined ? resolve(config.suites, usual) : resolve(out);
  if (!/\.ya?ml$/.test(path)) {
    throw new RegressError('usage', `cannot add queries to ${out}`, {
      hint: 'Name a file that ends in .yaml.',
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
  const ignored = suites.flatMap((suite) => suite.ignored ?? []);
  const names = new Set((own?.queries ?? []).map(({ name }) => name));
  return {
    path,
    names,
    has: (shape) => digests.has(shape.digest) || [...names, ...ignored].some((name) => isNameOf(name, shape)),
  };
}

/** Queries to add, and those that PostgreSQL rejects, with its reason. */
export interface Sorted {
  readonly added: readonly NewQuery[];
  readonly known: number;
  readonly refused: readonly { readonly name: string; readonly sql: string; readonly reason: string }[];
  /** Names of queries that were added without a test parse, for example because the role may not use their schema. */
  readonly untried: readonly string[];
}

interface SortOptions {
  /** The most queries to take, including known ones. */
  readonly top: number;
  readonly attempt: Try;
  readonly withStats: boolean;
  readonly context: Context;
}

/** Takes the first candidates that PostgreSQL accepts, if necessary after repairing their types. Known ones are not tried. */
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
    const parsed = await parsedOrRepaired(attempt, candidate);
    if ('error' in parsed) {
      result.refused.push({ name, sql: candidate.sql, reason: parsed.error.message });
      continue;
    }
    if (!parsed.tried) result.untried.push(name);
    names.add(name);
    result.added.push(newQuery(name, candidate, parsed, withStats));
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

/** The most repairs of one statement. Each round can find one more place. */
const MAX_REPAIRS = 6;

type Parsed =
  | { readonly sql: string; readonly notes: readonly string[]; readonly tried: boolean }
  | { readonly error: DatabaseError };

async function parsedOrRepaired(attempt: Try, candidate: Candidate): Promise<Parsed> {
  let { sql } = candidate;
  const notes = [...candidate.notes];
  let first: DatabaseError | undefined;
  for (let round = 0; round <= MAX_REPAIRS; round += 1) {
    const error = await attempt(readStatement(sql).statement);
    if (error === null) return { sql, notes, tried: true };
    first ??= error;
    if (!isAboutStatement(error)) return { sql, notes, tried: false };
    const position = error.position === undefined ? undefined : Number(error.position);
    const repaired = repairTypes(sql, { code: error.code, message: error.message, position });
    if (repaired === null) break;
    sql = repaired.sql;
    notes.push(...repaired.notes);
  }
  return { error: first as DatabaseError };
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** Whether an error is about the statement (syntax, names, types, unsupported features), not about the role or the server. */
function isAboutStatement({ code = '' }: DatabaseError): boolean {
  return code !== INSUFFICIENT_PRIVILEGE && /^(?:42|22|0A)/.test(code);
}
