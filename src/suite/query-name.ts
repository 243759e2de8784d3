import type { Shape } from '../sql/index.ts';

/** More would not fit on a line of a report. */
const MAX_TABLES = 3;

/**
 * A name for a query shape: its verb, its first tables and six digits of its digest, such as
 * `select-orders-customers-3f2a1b`, with more digits if the name is taken. A shape always has the same name.
 */
export function queryName({ verb, relations, functions, digest }: Shape, taken: ReadonlySet<string>): string {
  const named = relations.length > 0 ? relations : functions;
  const tables = [...new Set(named.map(slug).filter((name) => name !== ''))];
  const stem = [verb, ...tables.slice(0, MAX_TABLES)].join('-');
  for (let digits = 6; digits <= digest.length; digits += 2) {
    const name = `${stem}-${digest.slice(0, digits)}`;
    if (!taken.has(name)) return name;
  }
  for (let number = 2; ; number += 1) {
    const name = `${stem}-${digest}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** Whether a name was generated for this shape. It then names that query even if somebody edited its text. */
export function isNameOf(name: string, { digest }: Shape): boolean {
  const [, digits] = /-([0-9a-f]{6,16})(?:-\d+)?$/.exec(name) ?? [];
  return digits !== undefined && digest.startsWith(digits);
}

function slug(name: string): string {
  const bare = name.split('.').at(-1) ?? '';
  // OrderItems and order_items become order-items.
  const words = bare.replace(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();
  return words.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
}
