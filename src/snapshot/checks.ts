import { isJsonObject } from '../model/text/json.ts';

/** Checks one value: returns what is wrong, or null. */
export type Check = (value: unknown) => string | null;

const UNFIT = /[\0\p{Surrogate}]/u;
export const text: Check = (value) => {
  if (typeof value !== 'string') return 'is not text';
  // A text of PostgreSQL can hold neither.
  return UNFIT.test(value) ? 'holds a character that PostgreSQL refuses' : null;
};
export const name: Check = (value) => (value === '' ? 'is empty' : text(value));
export const number: Check = (value) => (Number.isFinite(value) ? null : 'is not a number');
export const numberBetween =
  (least: number, most: number): Check =>
  (value) =>
    number(value) ?? ((value as number) >= least && (value as number) <= most ? null : notBetween(least, most));
export const integerBetween =
  (least: number, most: number): Check =>
  (value) =>
    number(value) ?? (Number.isInteger(value) ? numberBetween(least, most)(value) : 'is not a whole number');
const notBetween = (least: number, most: number): string => `is not between ${least} and ${most}`;
export const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value) ? null : `is not one of ${values.join(', ')}`;
export const bool: Check = (value) => (typeof value === 'boolean' ? null : 'is not true or false');
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value);
export const listOf =
  (check: Check, most = Number.POSITIVE_INFINITY): Check =>
  (value) => {
    if (!Array.isArray(value)) return 'is not a list';
    if (value.length > most) return `has more than ${most} items`;
    for (let i = 0; i < value.length; i += 1) {
      const mistake = check(value[i]);
      if (mistake !== null) return at(`[${i}]`, mistake);
    }
    return null;
  };
export const mapOf =
  (check: Check): Check =>
  (value) => {
    if (!isJsonObject(value)) return 'is not an object';
    for (const [key, each] of Object.entries(value)) {
      const mistake = text(key) ?? check(each);
      if (mistake !== null) return at(`.${key}`, mistake);
    }
    return null;
  };
export const shape = (fields: Readonly<Record<string, Check>>): Check => {
  const entries = Object.entries(fields);
  return (value) => {
    if (!isJsonObject(value)) return 'is not an object';
    for (const [key, check] of entries) {
      const mistake = check(value[key]);
      if (mistake !== null) return at(`.${key}`, mistake);
    }
    return null;
  };
};
export const all =
  (...checks: readonly Check[]): Check =>
  (value) => {
    for (const check of checks) {
      const mistake = check(value);
      if (mistake !== null) return mistake;
    }
    return null;
  };

/** A list in which no two items have the same values of these fields. */
export function eachOnce(check: Check, ...fields: readonly string[]): Check {
  return all(listOf(check), (value) => {
    const seen = new Set<string>();
    for (const [i, item] of (value as Record<string, unknown>[]).entries()) {
      const key =
        fields.length === 1 ? String(item[fields[0] as string]) : JSON.stringify(fields.map((field) => item[field]));
      if (seen.has(key)) return `[${i}] is a duplicate`;
      seen.add(key);
    }
    return null;
  });
}

function at(place: string, mistake: string): string {
  return mistake.startsWith('.') || mistake.startsWith('[') ? `${place}${mistake}` : `${place} ${mistake}`;
}

/** The greatest int2, int4, float4 and BlockNumber. */
export const [INT2, INT4, FLOAT4, BLOCKS] = [32_767, 2_147_483_647, 3.4028235e38, 4_294_967_295] as const;
