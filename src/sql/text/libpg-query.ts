import type * as LibpgQuery from 'libpg-query';
import { RegressError } from '../../model/errors.ts';
import { isDeeper } from '../../model/text/json.ts';
import { roughNesting } from './nesting.ts';

let library: typeof LibpgQuery | undefined;

/**
 * Loads PostgreSQL's lexer, which `scan` needs. Loaded on demand, because the WebAssembly module takes longer than
 * `--help`.
 */
export async function loadScanner(): Promise<void> {
  const loaded = await import('libpg-query');
  await loaded.loadModule();
  library = loaded;
}

/**
 * Maximum depth of a parse tree, because functions walk it recursively. A subquery has eight levels, an operator two.
 */
const MAX_LEVELS = 2000;

/** The library's parse tree of a statement; null if this parser does not understand it, or if it is too deep. */
export function parseStatement(sql: string): unknown {
  const tree = isTooDeep(sql) ? null : orNull(() => ask(sql, (loaded) => loaded.parseSync(sql)));
  return isDeeper(tree, MAX_LEVELS) ? null : tree;
}

/**
 * libpg-query's fingerprint of a statement: equal if only constants, parameters and lengths of lists differ. Null if
 * this parser does not understand it.
 */
export function fingerprint(sql: string): string | null {
  const print = isTooDeep(sql) ? null : orNull(() => ask(sql, (loaded) => loaded.fingerprintSync(sql)));
  // The library returns some of its errors as fingerprints.
  return print !== null && /^[0-9a-f]{16}$/.test(print) ? print : null;
}

/** Far below where the library's stack overflows, and far above what people and their tools write. */
const MAX_NESTING = 2000;

export function isTooDeep(sql: string): boolean {
  return sql.length > MAX_NESTING && roughNesting(sql) > MAX_NESTING;
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RegressError) throw error;
    return null;
  }
}

/** Texts that made the library's stack overflow. */
const exhausting = new Set<string>();

/**
 * The library's own stack, in WebAssembly, is not reset when JavaScript's overflows. After about thirty times its
 * memory is overwritten and it misreads SQL. A few times are safe.
 */
const MAX_EXHAUSTING = 4;

/**
 * Asks the library about a text, but not again about one that made its stack overflow. Throws RegressError if that
 * happened too often.
 */
export function ask<T>(sql: string, question: (loaded: typeof LibpgQuery) => T): T {
  if (library === undefined) throw new Error('loadScanner() was not called');
  if (exhausting.size > MAX_EXHAUSTING) throw tooManyDeep();
  if (exhausting.has(sql)) throw new RangeError('the text is nested too deeply');
  try {
    return question(library);
  } catch (error) {
    if (!(error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError'))) throw error;
    exhausting.add(sql);
    throw exhausting.size > MAX_EXHAUSTING ? tooManyDeep() : error;
  }
}

function tooManyDeep(): RegressError {
  return new RegressError('suite', 'too many queries are nested too deeply to be read', {
    detail: `The SQL parser's stack overflowed for ${exhausting.size} queries, so it is no longer reliable.`,
    hint: 'Remove queries with thousands of nested operators or subqueries.',
  });
}

/** Where a syntax error is, in characters from 0, with its message; null for any other error. */
export function syntaxErrorAt(error: unknown): { readonly message: string; readonly position: number } | null {
  if (!library?.hasSqlDetails(error)) return null;
  return { message: error.message, position: error.sqlDetails?.cursorPosition ?? 0 };
}
