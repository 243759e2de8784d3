/** Types whose values this code can calculate with; `other` for types that only the server understands. */
export type TypeFamily = 'integer' | 'number' | 'date' | 'timestamp' | 'uuid' | 'text' | 'other';

const FAMILIES: readonly (readonly [RegExp, TypeFamily])[] = [
  [/^(?:smallint|integer|bigint|oid)$/, 'integer'],
  [/^(?:numeric|real|double precision)\b/, 'number'],
  [/^date$/, 'date'],
  [/^timestamp\b/, 'timestamp'],
  [/^uuid$/, 'uuid'],
  [/^(?:text|character varying|character|bpchar|name|(?:\S+\.)?citext)(?:\(\d+\))?$/, 'text'],
];

/** The family of a type, from format_type's text. */
export function familyOf(type: string): TypeFamily {
  return type.endsWith('[]') ? 'other' : (FAMILIES.find(([names]) => names.test(type))?.[1] ?? 'other');
}

/**
 * Negative if `a` comes first. Orders text by code points, as in the C locale, because the column's collation is not
 * available here.
 */
export function compareValues(family: TypeFamily, a: string, b: string): number {
  if (family === 'other') return 0;
  if (family === 'integer' && isInteger(a) && isInteger(b)) return Number(BigInt(a) - BigInt(b));
  if (family === 'number' || family === 'integer') return Number(a) - Number(b);
  return a < b ? -1 : Number(a > b);
}

/** The largest bigint; an integer beyond it is invalid. */
const INTEGER_LIMIT = 9_223_372_036_854_775_807n;

/**
 * The value `steps` above another, or below it if negative. A step is 1 for numbers and a day for dates and times. For
 * text and uuid, any value that sorts on that side. Null if the type is unknown or no such value exists.
 */
export function valueBeyond(family: TypeFamily, value: string, steps: number): string | null {
  switch (family) {
    case 'integer':
      return isInteger(value) ? within(BigInt(value) + BigInt(steps)) : null;
    case 'number':
      return Number.isFinite(Number(value)) ? plusNumber(value, steps) : null;
    case 'date':
    case 'timestamp':
      return plusDays(value, steps);
    case 'uuid':
      return steps > 0 ? `ffffffff-ffff-ffff-ffff-${(0xffffffffffff - steps + 1).toString(16)}` : uuidBelow(steps);
    case 'text':
      // A longer text with the same beginning sorts after it in every collation; nothing sorts before the empty text.
      return steps > 0 ? `${value}${'z'.repeat(steps)}` : '';
    case 'other':
      return null;
  }
}

function isInteger(value: string): boolean {
  return /^-?\d+$/.test(value);
}

function within(value: bigint): string | null {
  return value > INTEGER_LIMIT || value < -INTEGER_LIMIT ? null : String(value);
}

/** Changes only the digits before the decimal point, which keeps those after it exact. */
function plusNumber(value: string, steps: number): string {
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(value) ?? [];
  if (whole === undefined || (sign === '-' && fraction !== '')) return String(Number(value) + steps);
  const moved = BigInt(`${sign}${whole}`) + BigInt(steps);
  return fraction !== '' && moved < 0n ? String(Number(value) + steps) : `${moved}${fraction}`;
}

function uuidBelow(steps: number): string {
  return `00000000-0000-0000-0000-${(-steps - 1).toString(16).padStart(12, '0')}`;
}

const DAY_MS = 86_400_000;

/** Adds days to a date or time in DateStyle ISO; null for infinity and for years BC. */
function plusDays(value: string, days: number): string | null {
  const [, year, month, day, rest = ''] = /^(\d{4,})-(\d\d)-(\d\d)( .*)?$/.exec(value) ?? [];
  if (year === undefined || rest.endsWith('BC')) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)) + days * DAY_MS);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1) return null;
  const parts = [date.getUTCMonth() + 1, date.getUTCDate()].map((part) => String(part).padStart(2, '0'));
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${parts.join('-')}${rest}`;
}
