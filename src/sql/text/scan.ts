import type * as LibpgQuery from 'libpg-query';
import { RegressError } from '../../model/errors.ts';
import { ask, isTooDeep, syntaxErrorAt } from './libpg-query.ts';
import { StatementError } from './statement-error.ts';
import { endOfTokens } from './token-count.ts';

/** A token of PostgreSQL's lexer; offsets are JavaScript string offsets. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isComment: boolean;
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
    const found = syntaxErrorAt(syntaxError);
    if (found !== null) return new StatementError(found.message, [...sql].slice(0, found.position).join('').length);
  }
  return error instanceof Error ? new StatementError('the text cannot be read as SQL', 0) : error;
}
