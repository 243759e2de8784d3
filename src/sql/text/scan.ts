import type * as LibpgQuery from 'libpg-query';
import { RegressError } from '../../model/errors.ts';
import { isDeeper } from '../../model/text/json.ts';
import { roughNesting } from './nesting.ts';
import { endOfTokens } from './token-count.ts';

/** A token of PostgreSQL's lexer; offsets are JavaScript string offsets. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isComment: boolean;
}

/**
 * The text is not SQL for PostgreSQL's lexer, or not a query that regress can plan; `offset` is the position, as a
 * string offset.
 */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly offset: number;
  /** True where the text is no single statement that PostgreSQL plans; false where it cannot be read as it is. */
  readonly isNoQuery: boolean;

  constructor(message: string, offset: number, isNoQuery = false) {
    super(message);
    this.offset = offset;
    this.isNoQuery = isNoQuery;
  }
}

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

/** The library needs about a kilobyte per token while it scans. Queries written by people have a few hundred tokens. */
const MAX_WORDS = 200_000;

/**
 * The tokens of a text in order, including comments. Throws StatementError if the lexer rejects the text, or if there
 * are too many.
 */
export function scan(sql: string): Token[] {
  const beyond = sql.length > MAX_WORDS ? endOfTokens(sql, MAX_WORDS) : null;
  if (beyond !== null) throw new StatementError(`the SQL has more than ${MAX_WORDS} words and signs`, beyond);
  const unfit = /[\0\p{Surrogate}]/u.exec(sql);
  if (unfit) throw new StatementError('SQL cannot contain this character', unfit.index);
  if (sql.trim() === '') return [];
  // The library's JSON does not escape control characters. A space is equivalent: none of them ends a string or a
  // comment.
  const scannable = sql.replace(/[\x01-\x08\v\f\x0e-\x1f]/g, ' ');
  try {
    return toTokens(sql, ask(scannable, (loaded) => loaded.scanSync(scannable)).tokens);
  } catch (error) {
    throw error instanceof RegressError ? error : lexicalError(scannable, error);
  }
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

function isTooDeep(sql: string): boolean {
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
function ask<T>(sql: string, question: (loaded: typeof LibpgQuery) => T): T {
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

function toTokens(sql: string, tokens: readonly LibpgQuery.ScanToken[]): Token[] {
  const toOffset = offsetConverter(sql);
  return tokens.map((token) => {
    const start = toOffset(token.start);
    const end = toOffset(token.end);
    const isComment = token.tokenName === 'SQL_COMMENT' || token.tokenName === 'C_COMMENT';
    return { text: sql.slice(start, end), start, end, isComment };
  });
}

/** A function that converts byte offsets in UTF-8, in ascending order, to string offsets. */
function offsetConverter(sql: string): (byteOffset: number) => number {
  const bytes = Buffer.from(sql);
  if (bytes.length === sql.length) return (byteOffset) => byteOffset;
  let atByte = 0;
  let atCharacter = 0;
  return (byteOffset) => {
    atCharacter += bytes.toString('utf8', atByte, byteOffset).length;
    atByte = byteOffset;
    return atCharacter;
  };
}

/** The scanner's error has no position. The parser stops at the same place and gives its position, in characters. */
function lexicalError(sql: string, error: unknown): unknown {
  try {
    if (!isTooDeep(sql)) ask(sql, (loaded) => loaded.parseSync(sql));
  } catch (syntaxError) {
    if (syntaxError instanceof RegressError) return syntaxError;
    if (library?.hasSqlDetails(syntaxError)) {
      const position = syntaxError.sqlDetails?.cursorPosition ?? 0;
      return new StatementError(syntaxError.message, [...sql].slice(0, position).join('').length);
    }
  }
  return error instanceof Error ? new StatementError('the text cannot be read as SQL', 0) : error;
}
