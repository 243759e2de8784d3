import { LINE_POINTER, maxAlign, PAGE_HEADER, ROW_ADDRESS } from './page.ts';
import { indexTupleSizes, meanSize, type SizeShares, type StoredColumn } from './tuple-sizes.ts';
import { counts, distinctOf, together, type ValueClass, withDistinct } from './value-classes.ts';

/** A column of a B-tree: its place in the tuple, and for a key column how rows fall on its values. */
export interface BtreeColumn extends StoredColumn {
  readonly classes: readonly ValueClass[];
}

/** A B-tree as CREATE INDEX is to build it. */
export interface Btree {
  /** Rows it holds. */
  readonly tuples: number;
  readonly keys: readonly BtreeColumn[];
  /** INCLUDE columns. */
  readonly included: readonly StoredColumn[];
  /** True where equal keys share one tuple: not in unique indexes, see _bt_load (nbtsort.c). */
  readonly deduplicates: boolean;
  /** Percent. */
  readonly fillfactor: number;
  /** Distinct values of all keys together, as extended statistics tell; null: the columns are taken to be independent. */
  readonly distinct: number | null;
  /** Bytes of a page. */
  readonly blockSize: number;
}

/** Size of a B-tree in pages, its metapage included, and its levels above the leaves. */
export interface BtreeSize {
  readonly pages: number;
  readonly tree_height: number;
}

/** BTPageOpaqueData. */
const SPECIAL = 16;
/** Percent that pages above the leaves are filled (BTREE_NONLEAF_FILLFACTOR). */
const INNER_FILLFACTOR = 70;
/** Above the leaves the first tuple of a page has no key. */
const KEYLESS_TUPLE = 8;
/** A bound between leaves that only the address of a row tells apart holds it too. */
const BOUND_ADDRESS = 8;

/** Size and height of a B-tree right after CREATE INDEX or REINDEX (nbtsort.c, nbtdedup.c). */
export function btreeSize(index: Btree): BtreeSize {
  if (index.tuples <= 0) return { pages: 1, tree_height: 0 };
  const sizes = indexTupleSizes([...index.keys, ...index.included]);
  const prefixes = prefixClasses(index);
  const keyClasses = prefixes.at(-1) ?? [];
  const items = index.deduplicates ? postings(index, sizes, keyClasses) : singles(index.tuples, sizes);
  const leaves = Math.ceil(items.count / itemsPerLeaf(items, sizes, index));
  const bound = boundSize(index, prefixes, items.count);
  const fanout = innerTuples(bound, index.blockSize);
  let [pages, tree_height] = [1 + leaves, 0];
  for (let level = leaves; level > 1; tree_height++) {
    level = Math.ceil(level / fanout);
    pages += level;
  }
  return { pages, tree_height };
}

/** The tuples of the leaves, their line pointers included in the bytes. */
interface Items {
  count: number;
  bytes: number;
  /** Sum of the squares of their bytes. */
  squares: number;
}

function add(items: Items, count: number, size: number): void {
  const bytes = size + LINE_POINTER;
  items.count += count;
  items.bytes += count * bytes;
  items.squares += count * bytes * bytes;
}

function singles(tuples: number, sizes: SizeShares): Items {
  const items = { count: 0, bytes: 0, squares: 0 };
  for (const [size, share] of sizes) add(items, tuples * share, size);
  return items;
}

/** Equal keys as posting lists, each as long as CREATE INDEX makes it at most: a tenth of a page. */
function postings({ tuples, blockSize }: Btree, sizes: SizeShares, classes: readonly ValueClass[]): Items {
  const items = { count: 0, bytes: 0, squares: 0 };
  const limit = Math.floor(Math.floor(blockSize / 10) / 8) * 8 - LINE_POINTER;
  for (const [size, sizeShare] of sizes) {
    const most = Math.max(1, Math.floor((Math.floor(limit / 8) * 8 - size) / ROW_ADDRESS));
    const sizeOf = (rows: number) => (rows === 1 ? size : maxAlign(size + rows * ROW_ADDRESS));
    for (const { share, values } of classes) {
      for (const [rows, probability] of counts((tuples * share) / values)) {
        const each = values * probability * sizeShare;
        const full = Math.floor(rows / most);
        if (full > 0) add(items, each * full, sizeOf(most));
        if (rows % most > 0) add(items, each, sizeOf(rows % most));
      }
    }
  }
  return items;
}

/**
 * Tuples on a leaf. _bt_buildadd begins another page when less than the fillfactor's share is free, and takes the last
 * tuple along; without its posting list that tuple stays behind as the bound of the page.
 */
function itemsPerLeaf(items: Items, sizes: SizeShares, { fillfactor, blockSize }: Btree): number {
  const room = blockSize - PAGE_HEADER - SPECIAL - 2 * LINE_POINTER - freeSpace(blockSize, fillfactor);
  const bound = meanSize(sizes) + LINE_POINTER;
  const mean = items.bytes / items.count;
  const variance = items.squares / items.count - mean * mean;
  if (variance < 1e-6) return Math.max(1, Math.floor((room - bound) / mean) + 1);
  // A page ends somewhere within the tuple that crosses its limit: half of a tuple's size, by size.
  return Math.max(1, (room - bound + items.squares / items.bytes / 2) / mean);
}

/** BTGetTargetPageFreeSpace. */
function freeSpace(blockSize: number, fillfactor: number): number {
  return Math.floor((blockSize * (100 - fillfactor)) / 100);
}

/** Classes of the first key, of the first two, and so on. */
function prefixClasses({ keys, tuples, distinct }: Btree): (readonly ValueClass[])[] {
  const prefixes: (readonly ValueClass[])[] = [];
  for (const key of keys) {
    const before = prefixes.at(-1);
    prefixes.push(before === undefined ? key.classes : together(before, key.classes));
  }
  const all = prefixes.pop() ?? [];
  return [...prefixes, distinct === null ? all : withDistinct(all, tuples, distinct)];
}

/** Mean size of the bounds between leaves, of which columns that are not needed are cut off (_bt_truncate). */
function boundSize({ keys, tuples }: Btree, prefixes: readonly (readonly ValueClass[])[], items: number): number {
  let [told, mean] = [0, 0];
  keys.forEach((_, i) => {
    const tells = Math.max(told, Math.min(1, distinctOf(prefixes[i] ?? [], tuples) / items));
    mean += (tells - told) * meanSize(indexTupleSizes(keys.slice(0, i + 1)));
    told = tells;
  });
  return mean + (1 - told) * (meanSize(indexTupleSizes(keys)) + BOUND_ADDRESS);
}

/** Tuples on a page above the leaves. */
function innerTuples(bound: number, blockSize: number): number {
  const room = blockSize - PAGE_HEADER - SPECIAL - 2 * LINE_POINTER - freeSpace(blockSize, INNER_FILLFACTOR);
  return Math.max(2, Math.floor((room - KEYLESS_TUPLE - LINE_POINTER) / (bound + LINE_POINTER)) + 1);
}
