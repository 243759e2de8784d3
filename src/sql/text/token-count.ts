/**
 * The offset after `most` tokens of PostgreSQL's lexer (src/backend/parser/scan.l); null if the text has fewer. Builds
 * nothing, so that huge texts are refused before the lexer allocates memory per token. May count too many.
 */
export function endOfTokens(sql: string, most: number): number | null {
  let count = 0;
  let before = '';
  for (let at = skipBlanks(sql, 0); at < sql.length; at = skipBlanks(sql, at)) {
    const end = endOfToken(sql, at, before);
    count += 1;
    if (count > most) return at;
    // A letter directly before a quote determines how the string is read.
    before = end - at === 1 && !isBlank(sql, end) ? (sql[at] as string) : '';
    at = end;
  }
  return null;
}

function isBlank(sql: string, at: number): boolean {
  return /\s/.test(sql[at] ?? ' ');
}

function skipBlanks(sql: string, at: number): number {
  return matchAt(/\s+/y, sql, at) ?? at;
}

/** The offset at which a match that begins here ends. */
function matchAt(pattern: RegExp, sql: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : null;
}

function endOfToken(sql: string, at: number, before: string): number {
  if (sql.startsWith('--', at)) return behind(sql, '\n', at);
  if (sql.startsWith('/*', at)) return endOfComment(sql, at);
  if (sql[at] === "'") return endOfString(sql, at, /e/i.test(before));
  if (sql[at] === '"') return behind(sql, '"', at + 1);
  const quote = matchAt(/\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$/y, sql, at);
  if (quote !== null) return behind(sql, sql.slice(at, quote), quote);
  return matchAt(/[\w\x80-\uffff]+/y, sql, at) ?? at + 1;
}

function behind(sql: string, end: string, from: number): number {
  const found = sql.indexOf(end, from);
  return found < 0 ? sql.length : found + end.length;
}

/** The end of a comment; comments nest. */
function endOfComment(sql: string, at: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  let depth = 0;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/**
 * The end of a string. A doubled quote counts as the end of one string and the beginning of another, except where
 * backslashes escape.
 */
function endOfString(sql: string, at: number, hasEscapes: boolean): number {
  if (!hasEscapes) return behind(sql, "'", at + 1);
  const mark = /\\[\s\S]|''|'/g;
  mark.lastIndex = at + 1;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    if (found[0] === "'") return mark.lastIndex;
  }
  return sql.length;
}
