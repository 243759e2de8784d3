import type { PlanValue } from '../../model/plan.ts';
import { parseJson } from '../../model/text/json.ts';

/** Text of the wrong form. `line` counts from 1 within the given lines. */
export class PlanTextError extends Error {
  override readonly name = 'PlanTextError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const LITERALS = ['true', 'false', 'null'];

/** Writes a value on one line: text unchanged if it cannot be read as anything else, JSON otherwise. */
export function formatValue(value: PlanValue): string {
  if (typeof value === 'string' && isPlain(value)) return value;
  return Array.isArray(value) ? `[${value.map(formatJson).join(', ')}]` : formatJson(value);
}

/** JSON without the characters that some programs treat as the end of a line. */
export function formatJson(value: PlanValue): string {
  return JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (separator) => `\\u${separator.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Parses a value that `formatValue` wrote, or `null`. Throws SyntaxError for broken JSON, Error for a number that is too large. */
export function parseValue(text: string): PlanValue | null {
  if (isPlain(text)) return text;
  const value = parseJson(text) as PlanValue | null;
  // JSON.parse can return -0 and Infinity, which JSON.stringify writes as 0 and null.
  if (typeof value === 'object') return JSON.parse(JSON.stringify(value, finite)) as PlanValue | null;
  return typeof value === 'number' ? finite('', value) + 0 : value;
}

function finite<T>(_: string, value: T): T {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('a number is too large');
  return value;
}

function isPlain(text: string): boolean {
  if (NUMBER.test(text) || LITERALS.includes(text)) return false;
  return /^[^\s\p{C}"[{](?:[^\p{C}\u2028\u2029]*[^\s\p{C}])?$/u.test(text);
}

/** Writes a name: unchanged if it is a plain lower-case SQL identifier, as a JSON string otherwise. */
export function formatName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : formatJson(name);
}

/** Source of a regular expression for a name that `formatName` wrote. */
export const NAME = '[a-z_][a-z0-9_$]*|"(?:[^"\\\\]|\\\\.)*"';

/** Parses text that matches NAME. */
export function parseName(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

/** A cost with two decimals, as in EXPLAIN's text form, or with all digits if two decimals would lose some. */
export function formatCost(cost: number): string {
  const rounded = cost.toFixed(2);
  return Object.is(Number(rounded), cost) ? rounded : String(cost);
}
