import { RegressError } from '../../model/errors.ts';
import type { DependencyItem, NdistinctItem } from '../../model/statistics.ts';

/** Attribute numbers of the target's columns by name. */
export type AttributeNumbers = ReadonlyMap<string, number>;

const NDISTINCT_MAGIC = 0xa352bfa4;
const DEPENDENCIES_MAGIC = 0xb4549a2c;
/** STATS_NDISTINCT_TYPE_BASIC and STATS_DEPS_TYPE_BASIC. */
const TYPE_BASIC = 1;
const HEADER_BYTES = 12;

/**
 * A pg_ndistinct as statext_ndistinct_serialize writes it (src/backend/statistics/mvdistinct.c), without the varlena
 * header, little-endian. Throws RegressError `target` for a column the target lacks.
 */
export function encodeNdistinct(items: readonly NdistinctItem[], columns: AttributeNumbers): Buffer {
  const encoded = items.map(({ attributes, ndistinct }) => {
    const numbers = inOrder(attributes.map((attribute) => attributeNumber(attribute, columns)));
    const item = Buffer.alloc(8 + 4 + 2 * numbers.length);
    item.writeDoubleLE(ndistinct, 0);
    item.writeInt32LE(numbers.length, 8);
    for (const [at, number] of numbers.entries()) item.writeInt16LE(number, 12 + 2 * at);
    return item;
  });
  return Buffer.concat([header(NDISTINCT_MAGIC, items.length), ...encoded]);
}

/**
 * A pg_dependencies as statext_dependencies_serialize writes it (src/backend/statistics/dependencies.c), without the
 * varlena header, little-endian. Items keep their order: among equally strong ones the planner takes the first.
 */
export function encodeDependencies(items: readonly DependencyItem[], columns: AttributeNumbers): Buffer {
  const encoded = items.map(({ attributes, degree }) => {
    const all = attributes.map((attribute) => attributeNumber(attribute, columns));
    const numbers = [...inOrder(all.slice(0, -1)), ...all.slice(-1)];
    const item = Buffer.alloc(8 + 2 + 2 * numbers.length);
    item.writeDoubleLE(degree, 0);
    item.writeInt16LE(numbers.length, 8);
    for (const [at, number] of numbers.entries()) item.writeInt16LE(number, 10 + 2 * at);
    return item;
  });
  return Buffer.concat([header(DEPENDENCIES_MAGIC, items.length), ...encoded]);
}

function header(magic: number, items: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(TYPE_BASIC, 4);
  bytes.writeUInt32LE(items, 8);
  return bytes;
}

/** An expression is named by its negative number. A column may also be called `-1`; then the name means the column. */
export function attributeNumber(attribute: string, columns: AttributeNumbers): number {
  const column = columns.get(attribute);
  if (column !== undefined) return column;
  if (/^-[1-9][0-9]{0,2}$/.test(attribute)) return Number(attribute);
  throw new RegressError('target', `extended statistics name a column "${attribute}" that the target lacks`);
}

/** The order in which ANALYZE puts dimensions: columns by attribute number, then expressions -1, -2 and so on. */
export function inOrder(numbers: readonly number[]): number[] {
  const place = (number: number): number => (number > 0 ? number : 0x10000 - number);
  return numbers.toSorted((left, right) => place(left) - place(right));
}
