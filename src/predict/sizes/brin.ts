import { alignTo, LINE_POINTER, maxAlign, PAGE_HEADER } from './page.ts';

/** A column of a BRIN index: the summary that its operator class stores for each range of pages. */
export interface BrinColumn {
  readonly kind: 'minmax' | 'inclusion' | 'minmax-multi' | 'bloom';
  /** Bytes of a value of the column as stored. */
  readonly width: number;
  /** pg_attribute.attlen: bytes; negative if it varies. */
  readonly length: number;
  readonly alignment: number;
  /** Distinct values in a range of pages. */
  readonly distinct: number;
}

/** A BRIN index before CREATE INDEX. */
export interface BrinIndex {
  readonly columns: readonly BrinColumn[];
  /** Pages of the table. */
  readonly heapPages: number;
  readonly pagesPerRange: number;
  readonly blockSize: number;
}

/** Pages of a BRIN index, and its BrinStatsData.revmapNumPages. */
export interface BrinSize {
  readonly pages: number;
  readonly brin_revmap_pages: number;
}

/** BrinSpecialSpace. */
const SPECIAL = 8;
/** BrinTuple before its data: block number, flags and, for up to 12 columns, null bits. */
const TUPLE_HEADER = 8;
/**
 * Most values that minmax-multi stores for a range (MINMAX_MULTI_DEFAULT_VALUES_PER_PAGE), and the bytes before them.
 */
const MULTI_VALUES = 32;
const MULTI_HEADER = 20;
/**
 * BloomFilter: bytes before its bits, the share of a range's rows that it assumes to be distinct, and its
 * false-positive rate.
 */
const BLOOM_HEADER = 16;
const BLOOM_DISTINCT = 0.1;
const BLOOM_LEAST_DISTINCT = 16;
const BLOOM_FALSE_POSITIVES = 0.01;
/** MaxHeapTuplesPerPage. */
const MOST_ROWS_OF_A_PAGE = 291;
const SHORT_VARLENA = 127;

/** Pages of a BRIN index right after CREATE INDEX (brin.c, brin_revmap.c, brin_tuple.c). */
export function brinSize({ columns, heapPages, pagesPerRange, blockSize }: BrinIndex): BrinSize {
  const ranges = Math.max(1, Math.ceil(heapPages / pagesPerRange));
  const entries = Math.floor((blockSize - PAGE_HEADER - SPECIAL) / 6);
  const revmap = Math.ceil(ranges / entries);
  const tuple = maxAlign(TUPLE_HEADER + columns.reduce((bytes, each) => afterColumn(bytes, each, pagesPerRange), 0));
  const perPage = Math.max(1, Math.floor((blockSize - PAGE_HEADER - SPECIAL) / (tuple + LINE_POINTER)));
  // The planner does not count the first page of the map.
  return { pages: 1 + revmap + Math.ceil(ranges / perPage), brin_revmap_pages: revmap - 1 };
}

function afterColumn(bytes: number, column: BrinColumn, pagesPerRange: number): number {
  if (column.kind === 'minmax') return afterValue(afterValue(bytes, column), column);
  if (column.kind === 'inclusion') return afterValue(bytes, column) + 2;
  const width = column.kind === 'bloom' ? bloomBytes(pagesPerRange) : multiBytes(column);
  return afterValue(bytes, { ...column, length: -1, alignment: 4, width: width < SHORT_VARLENA ? width - 3 : width });
}

function afterValue(bytes: number, { length, alignment, width }: BrinColumn): number {
  if (length > 0) return alignTo(bytes, alignment) + length;
  return (width > SHORT_VARLENA ? alignTo(bytes, alignment) : bytes) + Math.ceil(width);
}

function multiBytes({ width, length, distinct }: BrinColumn): number {
  return MULTI_HEADER + Math.min(MULTI_VALUES, distinct) * (length > 0 ? length : Math.ceil(width) + 3);
}

function bloomBytes(pagesPerRange: number): number {
  const distinct = Math.max(BLOOM_LEAST_DISTINCT, BLOOM_DISTINCT * MOST_ROWS_OF_A_PAGE * pagesPerRange);
  const bits = Math.ceil((-distinct * Math.log(BLOOM_FALSE_POSITIVES)) / Math.LN2 ** 2);
  return BLOOM_HEADER + Math.ceil(bits / 8);
}
