import { LINE_POINTER, maxAlign, PAGE_HEADER } from './page.ts';

/** Keys of a GIN index that are about equally frequent. */
export interface GinKeys {
  /** Number of these keys. */
  readonly keys: number;
  /** Rows that hold one key, on average. */
  readonly rows: number;
  /** Mean bytes of a key as stored. */
  readonly width: number;
}

/** A GIN index before CREATE INDEX. */
export interface GinIndex {
  readonly entries: readonly GinKeys[];
  /** True if it has several columns: each key is then stored with the number of its column. */
  readonly multicolumn: boolean;
  readonly heapPages: number;
  readonly heapRows: number;
  readonly blockSize: number;
}

/** GinStatsData of the metapage; nTotalPages is the size of the index. */
export interface GinSize {
  readonly nPendingPages: number;
  readonly nTotalPages: number;
  readonly nEntryPages: number;
  readonly nDataPages: number;
  readonly nEntries: number;
}

/** GinPageOpaqueData. */
const SPECIAL = 8;
/** IndexTupleData. */
const TUPLE_HEADER = 8;
/** GinPostingList before its bytes: its first row, and the number of bytes. */
const LIST_HEADER = 8;
/** Target size of the segments in a posting tree's leaves, in bytes (GinPostingListSegmentTargetSize). */
const SEGMENT = 256;
/** PostingItem. */
const DOWNLINK = 10;
/** Row numbers per page: 11 bits (MaxHeapTuplesPerPageBits). */
const ROW_NUMBERS = 2048;

/** Figures of a GIN index right after CREATE INDEX, which inserts keys in order (gininsert.c, ginentrypage.c). */
export function ginSize({ entries, multicolumn, heapPages, heapRows, blockSize }: GinIndex): GinSize {
  const room = blockSize - PAGE_HEADER - SPECIAL;
  const longest = Math.floor((blockSize - 40 - SPECIAL) / 3 / 8) * 8;
  const tree = blockSize - PAGE_HEADER - 8 - SPECIAL;
  let [nEntries, bytes, squares, keyBytes, nDataPages] = [0, 0, 0, 0, 0];
  for (const { keys, rows, width } of entries) {
    if (keys <= 0 || rows <= 0) continue;
    const key = maxAlign(TUPLE_HEADER + (multicolumn ? 4 : 0) + width);
    const list = listBytes(rows, heapPages, heapRows);
    const inline = maxAlign(key + LIST_HEADER + list);
    if (inline > longest) nDataPages += keys * treePages(list, tree);
    const size = (inline > longest ? key : inline) + LINE_POINTER;
    nEntries += keys;
    bytes += keys * size;
    squares += keys * size * size;
    keyBytes += keys * (key + LINE_POINTER);
  }
  const nEntryPages = entryPages(room, nEntries, bytes, squares, keyBytes);
  const pages = 1 + nEntryPages + Math.round(nDataPages);
  const metapage = { nEntryPages, nDataPages: Math.round(nDataPages), nEntries: Math.round(nEntries) };
  return { nPendingPages: 0, nTotalPages: pages, ...metapage };
}

/**
 * Pages of the entry tree. A full page splits in the middle; keys come in order, so the left half stays half full
 * (entrySplitPage).
 */
function entryPages(room: number, entries: number, bytes: number, squares: number, keyBytes: number): number {
  if (bytes <= room || entries === 0) return 1;
  const filled = Math.min(room, room / 2 + squares / bytes);
  let level = Math.ceil(bytes / filled);
  let pages = level;
  const fanout = Math.max(2, room / 2 / (keyBytes / entries));
  while (level > 1) {
    level = Math.ceil(level / fanout);
    pages += level;
  }
  return pages;
}

/** Pages of a posting tree: leaves full of segments, and pages above if there are several leaves. */
function treePages(list: number, room: number): number {
  const leaves = Math.ceil((list * (1 + LIST_HEADER / (SEGMENT - LIST_HEADER))) / room);
  return leaves === 1 ? 1 : leaves + Math.ceil(leaves / (room / DOWNLINK));
}

/** Number of steps through the distribution of distances between two rows of a key. */
const QUANTILES = 16;

/** Bytes of a posting list: distances between rows, seven bits to a byte (ginCompressPostingList, ginpostinglist.c). */
function listBytes(rows: number, heapPages: number, heapRows: number): number {
  if (rows <= 1) return 0;
  const perPage = Math.max(1, heapRows / Math.max(1, heapPages));
  const mean = Math.max(1, heapRows / rows);
  let bytes = 0;
  for (let i = 0; i < QUANTILES; i++) {
    // Distance between two rows of the key, if these are placed at random.
    const gap = mean <= 1.001 ? 1 : Math.max(1, -mean * Math.log(1 - (i + 0.5) / QUANTILES));
    const samePage = Math.max(0, 1 - gap / perPage);
    bytes += samePage * varbyte(gap) + (1 - samePage) * varbyte(ROW_NUMBERS * Math.max(1, gap / perPage));
  }
  return ((rows - 1) * bytes) / QUANTILES;
}

/** Bytes of a number with seven bits per byte. */
function varbyte(distance: number): number {
  return 1 + Math.floor(Math.log2(Math.max(1, distance)) / 7);
}
