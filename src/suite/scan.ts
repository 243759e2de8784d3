import type * as LibpgQuery from 'libpg-query';

/** A token of PostgreSQL's lexer; offsets are JavaScript string offsets. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isComment: boolean;
}

/** SQL that PostgreSQL's lexer refuses, or that is no query regress can plan; `offset` is where, as a string offset. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

let library: typeof LibpgQuery | undefined;

/** Loads PostgreSQL's lexer; `scan` needs it. Late, because the WebAssembly module takes longer to load than `--help`. */
export async function loadScanner(): Promise<void> {
  const loaded = await import('libpg-query');
  await loaded.loadModule();
  library = loaded;
}

/** A token takes about a kilobyte while the library tells of it; queries that people write have some hundreds. */
const MAX_WORDS = 200_000;

/** The tokens of a text in order, comments included. Throws StatementError where the lexer cannot go on, and for too many. */
export function scan(sql: string): Token[] {
  const beyond = endOfWords(sql);
  if (beyond !== null) throw new StatementError(`the SQL has more than ${MAX_WORDS} words and signs`, beyond);
  const unfit = /[\0\p{Surrogate}]/u.exec(sql);
  if (unfit) throw new StatementError('the text holds a character that SQL cannot hold', unfit.index);
  if (sql.trim() === '') return [];
  if (library === undefined) throw new Error('loadScanner() was not called');
  // The library's JSON does not escape control characters. Like a space, none of them ends a string or a comment.
  const scannable = sql.replace(/[\x01-\x08\v\f\x0e-\x1f]/g, ' ');
  try {
    return toTokens(sql, library.scanSync(scannable).tokens);
  } catch (error) {
    throw lexicalError(library, scannable, error);
  }
}

/** Where a text has more words and signs than are read, null for one that has not; those of strings and comments count too. */
function endOfWords(sql: string): number | null {
  if (sql.length <= MAX_WORDS) return null;
  const word = /\w+|[^\s\w]/g;
  for (let count = 0; count < MAX_WORDS; count += 1) if (word.exec(sql) === null) return null;
  return word.lastIndex;
}

/** The parse tree of a statement, as the library gives it; null where this parser does not know it. */
export function parseStatement(sql: string): unknown {
  if (library === undefined) throw new Error('loadScanner() was not called');
  try {
    return library.parseSync(sql);
  } catch {
    return null;
  }
}

/** libpg-query's fingerprint of a statement: equal where only constants, parameters and lengths of lists differ; null where the parser does not know it. */
export function fingerprint(sql: string): string | null {
  if (library === undefined) throw new Error('loadScanner() was not called');
  try {
    return library.fingerprintSync(sql);
  } catch {
    return null;
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

/** From byte offsets in UTF-8, asked in rising order, to string offsets. */
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

/** The scanner's own error has no position; the parser stops at the same place and has one, in characters. */
function lexicalError(loaded: typeof LibpgQuery, sql: string, error: unknown): unknown {
  try {
    loaded.parseSync(sql);
  } catch (syntaxError) {
    if (loaded.hasSqlDetails(syntaxError)) {
      const position = syntaxError.sqlDetails?.cursorPosition ?? 0;
      return new StatementError(syntaxError.message, [...sql].slice(0, position).join('').length);
    }
  }
  return error;
}
