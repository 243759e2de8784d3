import { btreeLeaves, type LeafRules, type Leaves, SPECIAL, targetFreeSpace } from './btree-leaves.ts';
import { LINE_POINTER, PAGE_HEADER } from './page.ts';
import { indexTupleSizes, meanSize, type StoredColumn, withColumn } from './tuple-sizes.ts';
import {
  combineColumns,
  expectedDistinct,
  type KeyClass,
  NO_COLUMN,
  scaleToDistinct,
  type ValueClass,
} from './value-classes.ts';

/** A column of an index, with the distribution of rows over its values. */
export interface SizedColumn extends StoredColumn {
  readonly classes: readonly ValueClass[];
}

/** A B-tree before CREATE INDEX. */
export interface Btree extends LeafRules {
  /** Rows in the index. */
  readonly tuples: number;
  readonly keys: readonly SizedColumn[];
  /** INCLUDE columns. */
  readonly included: readonly SizedColumn[];
  /** Distinct combinations of all keys, from extended statistics; null: the columns are assumed to be independent. */
  readonly distinct: number | null;
}

/** Pages of a B-tree with its metapage, and levels above the leaves. */
export interface BtreeSize {
  readonly pages: number;
  readonly tree_height: number;
}

/** Fillfactor of pages above the leaves, in percent (BTREE_NONLEAF_FILLFACTOR). */
const INNER_FILLFACTOR = 70;
/** Bytes of the first tuple of a page above the leaves, which has no key. */
const KEYLESS_TUPLE = 8;
/** Bytes of a row address in a bound between leaves: a bound has one if both leaves have the same key. */
const BOUND_ADDRESS = 8;

/** Size and height of a B-tree right after CREATE INDEX or REINDEX (nbtsort.c, nbtdedup.c). */
export function btreeSize(index: Btree): BtreeSize {
  if (index.tuples <= 0) return { pages: 1, tree_height: 0 };
  const prefixes = prefixClasses(index);
  const keyClasses = prefixes.at(-1) ?? [];
  const stored = keyClasses.map((each) => ({ ...each, states: index.included.reduce(include, each.states) }));
  const filled = btreeLeaves(stored, index.tuples, index);
  const leaves = Math.max(1, Math.ceil(filled.pages));
  const fanout = innerTuples(boundSize(index, prefixes, filled), index.blockSize);
  let [pages, tree_height] = [1 + leaves, 0];
  for (let level = leaves; level > 1; tree_height++) {
    level = Math.ceil(level / fanout);
    pages += level;
  }
  return { pages, tree_height };
}

function include(states: KeyClass['states'], column: SizedColumn): KeyClass['states'] {
  const all = column.classes.flatMap(({ share, widths }) =>
    widths.map((each) => ({ width: each.width, share: each.share * share })),
  );
  return withColumn(states, column, all);
}

/** Classes of the first key, of the first two, and so on. */
function prefixClasses({ keys, tuples, distinct }: Btree): (readonly KeyClass[])[] {
  const prefixes: (readonly KeyClass[])[] = [];
  for (const key of keys) prefixes.push(combineColumns(prefixes.at(-1) ?? NO_COLUMN, key, key.classes));
  const all = prefixes.pop() ?? [];
  return [...prefixes, distinct === null ? all : scaleToDistinct(all, tuples, distinct)];
}

/**
 * Mean size of the bounds between leaves. A bound has only the columns that differ between the leaves (_bt_truncate).
 */
function boundSize({ tuples }: Btree, prefixes: readonly (readonly KeyClass[])[], leaves: Leaves): number {
  const all = expectedDistinct(prefixes.at(-1) ?? [], tuples);
  // Share of the bounds for which a shorter prefix is enough.
  let [enough, mean] = [0, 0];
  for (const classes of prefixes) {
    const share = Math.max(enough, Math.min(1, expectedDistinct(classes, tuples) / all));
    mean += (share - enough) * sizeOf(classes);
    enough = share;
  }
  const same = Math.min(1, leaves.sameKey / leaves.pages);
  const sameBytes = leaves.sameKey === 0 ? 0 : leaves.sameKeyBytes / leaves.sameKey + BOUND_ADDRESS;
  return same * sameBytes + (1 - same) * mean;
}

/** Mean size of a tuple without a posting list. */
function sizeOf(classes: readonly KeyClass[]): number {
  return classes.reduce((sum, { share, states }) => sum + share * meanSize(indexTupleSizes(states)), 0);
}

/** Tuples on a page above the leaves. */
function innerTuples(bound: number, blockSize: number): number {
  const room = blockSize - PAGE_HEADER - SPECIAL - 2 * LINE_POINTER - targetFreeSpace(blockSize, INNER_FILLFACTOR);
  return Math.max(2, Math.floor((room - KEYLESS_TUPLE - LINE_POINTER) / (bound + LINE_POINTER)) + 1);
}
