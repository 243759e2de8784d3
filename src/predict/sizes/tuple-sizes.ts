import { alignTo, INDEX_TUPLE_HEADER, INDEX_TUPLE_HEADER_WITH_NULLS, maxAlign } from './page.ts';

/** A width of a column's values, and the share of the rows that have it. */
export interface WidthShare {
  /** Bytes as stored, with the varlena header; null for NULL. */
  readonly width: number | null;
  readonly share: number;
}

/** The properties of a column that decide its place in a tuple. */
export interface StoredColumn {
  /** pg_attribute.attlen: bytes, -1 for a varlena, -2 for a C string. */
  readonly length: number;
  /** Bytes of pg_attribute.attalign. */
  readonly alignment: number;
}

/** Shares of tuples by state. A state is twice the bytes of the columns so far, plus one if any of them is NULL. */
export type TupleStates = ReadonlyMap<number, number>;

/** Shares of tuples by size in bytes. */
export type SizeShares = ReadonlyMap<number, number>;

/** Most bytes of a varlena with a one-byte header, which is not aligned (VARATT_SHORT_MAX). */
const SHORT_VARLENA = 127;

/** Adds a column to tuples (heap_compute_data_size, heaptuple.c). */
export function withColumn(states: TupleStates, column: StoredColumn, widths: readonly WidthShare[]): TupleStates {
  const next = new Map<number, number>();
  for (const [state, probability] of states) {
    for (const { width, share } of widths) {
      if (share <= 0) continue;
      const after = width === null ? state | 1 : added(state >> 1, width, column) * 2 + (state & 1);
      next.set(after, (next.get(after) ?? 0) + probability * share);
    }
  }
  return next;
}

function added(bytes: number, width: number, { length, alignment }: StoredColumn): number {
  if (length > 0) return alignTo(bytes, alignment) + length;
  const aligned = length === -1 && width > SHORT_VARLENA ? alignTo(bytes, alignment) : bytes;
  return aligned + Math.round(width);
}

/** Sizes of index tuples (index_form_tuple, indextuple.c). */
export function indexTupleSizes(states: TupleStates): SizeShares {
  return sizesOf(states, (bytes, hasNull) =>
    maxAlign((hasNull ? INDEX_TUPLE_HEADER_WITH_NULLS : INDEX_TUPLE_HEADER) + bytes),
  );
}

/** Bytes of a row's header without a null bitmap (SizeofHeapTupleHeader). */
const ROW_HEADER = 23;

/** Sizes of rows of a table with a number of columns (heap_form_tuple, heaptuple.c). */
export function rowSizes(states: TupleStates, columns: number): SizeShares {
  const bitmap = Math.ceil(columns / 8);
  return sizesOf(states, (bytes, hasNull) => maxAlign(maxAlign(ROW_HEADER + (hasNull ? bitmap : 0)) + bytes));
}

function sizesOf(states: TupleStates, sizeOf: (bytes: number, hasNull: boolean) => number): SizeShares {
  const sizes = new Map<number, number>();
  for (const [state, probability] of states) {
    const size = sizeOf(state >> 1, (state & 1) === 1);
    sizes.set(size, (sizes.get(size) ?? 0) + probability);
  }
  return sizes;
}

/** The mean size in bytes. */
export function meanSize(sizes: SizeShares): number {
  let sum = 0;
  for (const [size, share] of sizes) sum += size * share;
  return sum;
}

/** Types whose typmod is a number of characters plus four. */
const OF_CHARACTERS = ['bpchar', 'varchar'];

/**
 * Bytes that the planner assumes for a value if only its type is known (get_typavgwidth, lsyscache.c). `typmod` is
 * pg_attribute.atttypmod. Assumes one byte per character.
 */
export function typeWidth(typname: string, length: number, typmod: number): number {
  if (length > 0) return length;
  if (!OF_CHARACTERS.includes(typname) || typmod < 4) return 32;
  const most = typmod;
  if (typname === 'bpchar' || most <= 32) return most;
  return 32 + Math.floor((Math.min(most, 1000) - 32) / 2);
}
