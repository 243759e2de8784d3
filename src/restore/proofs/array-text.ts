/** Properties of an array, read from its text. */
export interface ArrayText {
  readonly length: number;
  readonly hasNull: boolean;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = ['"', '\\', '{', '}'].map((character) => character.charCodeAt(0));
const NO_ARRAY = -1;

/**
 * Reads an array of one dimension that begins at 1, as array_out prints it (src/backend/utils/adt/arrayfuncs.c):
 * nothing around the braces, quotes around an element that is empty or holds a brace, quote, backslash, blank or
 * delimiter. Returns null for other texts, also for `[2:3]={1,2}` and `{{1},{2}}`, which array_in accepts. Calls
 * `visit` with each element as written, without the quotes around it.
 */
export function readArrayText(text: string, delimiter = ',', visit?: (element: string) => void): ArrayText | null {
  if (text.length < 2 || text.charCodeAt(0) !== OPEN || text.charCodeAt(text.length - 1) !== CLOSE) return null;
  if (text.length === 2) return { length: 0, hasNull: false };
  const separator = delimiter.charCodeAt(0);
  const last = text.length - 1;
  let length = 0;
  let hasNull = false;
  for (let at = 1; ; at += 1) {
    const quoted = text.charCodeAt(at) === QUOTE;
    const end = quoted ? endOfQuoted(text, at, last) : endOfPlain(text, at, last, separator);
    if (end === NO_ARRAY) return null;
    if (!quoted && end - at === 4 && text.slice(at, end).toUpperCase() === 'NULL') hasNull = true;
    visit?.(quoted ? text.slice(at + 1, end - 1) : text.slice(at, end));
    length += 1;
    if (end === last) return { length, hasNull };
    if (text.charCodeAt(end) !== separator) return null;
    at = end;
  }
}

function endOfQuoted(text: string, start: number, last: number): number {
  for (let at = start + 1; at < last; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return NO_ARRAY;
}

function endOfPlain(text: string, start: number, last: number, separator: number): number {
  let at = start;
  for (; at < last; at += 1) {
    const code = text.charCodeAt(at);
    if (code === separator) break;
    if (code === QUOTE || code === BACKSLASH || code === OPEN || code === CLOSE || isBlank(code)) return NO_ARRAY;
  }
  return at === start ? NO_ARRAY : at;
}

/** Same characters as array_isspace. */
function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

const FLOAT4_OUT = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The numbers of a float4[] text. Returns null unless it has one dimension and all numbers are finite and not NULL. */
export function readNumbers(text: string): readonly number[] | null {
  if (!text.startsWith('{') || !text.endsWith('}')) return null;
  if (text === '{}') return [];
  const numbers: number[] = [];
  for (const part of text.slice(1, -1).split(',')) {
    if (!FLOAT4_OUT.test(part)) return null;
    const number = Math.fround(Number(part));
    if (!Number.isFinite(number)) return null;
    numbers.push(number);
  }
  return numbers;
}
