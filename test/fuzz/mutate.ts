import type { Random } from './random.ts';

/** Bytes an input has at most; what is larger is not fuzzing's, but a matter of bounds. */
export const MAX_BYTES = 100_000;

/** What leads parsers astray whatever they parse. */
const HARD = [
  ...[
    '',
    ' ',
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\ufeff',
    '\u2028',
    '\u00a0',
    '\u0085',
    '\u200d',
    '\ud7ff',
    '𝒳',
    'é',
    'İ',
    '\x1b[31m',
    '\x80',
  ],
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '1e400',
    '1e-400',
    '4294967296',
    '9007199254740993',
    '1e308',
    '0x10',
    '1_0',
    '.5',
    '1.',
    'NaN',
    'Infinity',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'null', 'true', '~', 'undefined'],
  ...[
    '"',
    "'",
    '`',
    '\\',
    '\\u0000',
    '\\ud800',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    ':',
    ': ',
    ',',
    ', ',
    ';',
    '#',
    '%',
    '&',
    '*',
    '|',
    '-',
    '- ',
    '/',
    '..',
  ],
];

/** An edit of an input; each character is a byte. */
type Edit = (text: string, random: Random, words: readonly string[]) => string;

/** A place and a length of a part, short ones more often. */
function part(text: string, random: Random, longest = 400): { from: number; to: number } {
  const from = random.below(text.length + 1);
  return { from, to: Math.min(text.length, from + random.size(longest)) };
}

const insert = (text: string, at: number, inserted: string) => text.slice(0, at) + inserted + text.slice(at);

const EDITS: readonly Edit[] = [
  // One bit.
  (text, random) => {
    const at = random.below(Math.max(1, text.length));
    const byte = (text.charCodeAt(at) || 0) ^ (1 << random.below(8));
    return text.slice(0, at) + String.fromCharCode(byte & 255) + text.slice(at + 1);
  },
  // Any byte.
  (text, random) => insert(text, random.below(text.length + 1), String.fromCharCode(random.below(256))),
  // A part less.
  (text, random) => {
    const { from, to } = part(text, random);
    return text.slice(0, from) + text.slice(to);
  },
  // A part twice, or moved.
  (text, random) => {
    const { from, to } = part(text, random);
    return insert(text, random.below(text.length + 1), text.slice(from, to));
  },
  // A word more.
  (text, random, words) => insert(text, random.below(text.length + 1), random.pick(words)),
  (text, random, words) => insert(text, random.below(text.length + 1), ` ${random.pick(words)} `),
  // A word for another.
  (text, random, words) => {
    const found = [...text.matchAll(/[\w.-]+/g)];
    if (found.length === 0) return text;
    const { index, 0: word } = random.pick(found);
    return text.slice(0, index) + random.pick(words) + text.slice(index + word.length);
  },
  // A number for another.
  (text, random) => {
    const found = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
    if (found.length === 0) return text;
    const { index, 0: digits } = random.pick(found);
    const other = random.pick([
      '0',
      '-1',
      '1e308',
      '1e400',
      '2147483648',
      '9007199254740993',
      '0.1',
      '1e-9',
      String(random.below(100)),
    ]);
    return text.slice(0, index) + other + text.slice(index + digits.length);
  },
  // A line less, twice, or elsewhere.
  (text, random) => {
    const lines = text.split('\n');
    const [line] = lines.splice(random.below(lines.length), random.chance(0.8) ? 1 : 0);
    for (let times = random.below(3); times > 0; times--) lines.splice(random.below(lines.length + 1), 0, line ?? '');
    return lines.join('\n');
  },
  // Other indentation.
  (text, random) => {
    const lines = text.split('\n');
    const at = random.below(lines.length);
    lines[at] = random.chance(0.5)
      ? `${' '.repeat(random.size(8))}${lines[at]}`
      : (lines[at] ?? '').replace(/^ {1,3}/, '');
    return lines.join('\n');
  },
];

/** A short part, or a word, repeated where it stands: what takes quadratic time or deep recursion. */
function pumped(text: string, random: Random, words: readonly string[]): string {
  const { from, to } = part(text, random, 40);
  const unit = random.chance(0.5)
    ? text.slice(from, to)
    : random.pick(words) + (random.chance(0.3) ? random.pick(words) : '');
  if (unit === '') return text;
  const times = Math.ceil(random.size(MAX_BYTES) / unit.length);
  const after = random.chance(0.5) ? '' : random.pick(words);
  return insert(text, from, unit.repeat(times) + after);
}

/** Texts as bytes, one a character, for inputs are bytes. */
export const toBytes = (text: string): string => Buffer.from(text).toString('latin1');
export const fromBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

export const HARD_WORDS: readonly string[] = HARD.map(toBytes).filter((word) => word !== '');

/** The input changed in one to eight ways; `other` is an input to take a part of, `words` are worth inserting. */
export function mutated(input: string, other: string, random: Random, words: readonly string[]): string {
  let text = input;
  for (let edits = random.size(8); edits > 0; edits--) {
    if (random.chance(0.02)) text = pumped(text, random, words);
    else if (random.chance(0.05)) {
      const { from, to } = part(other, random, 4000);
      text = insert(text, random.below(text.length + 1), other.slice(from, to));
    } else text = random.pick(EDITS)(text, random, words);
    if (text.length > MAX_BYTES) text = text.slice(0, MAX_BYTES);
  }
  return text;
}
