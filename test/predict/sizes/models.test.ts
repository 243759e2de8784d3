import { describe, expect, it } from 'vitest';
import { brinSize } from '../../../src/predict/sizes/brin.ts';
import { btreeSize } from '../../../src/predict/sizes/btree.ts';
import { ginSize } from '../../../src/predict/sizes/gin.ts';
import { hashPages } from '../../../src/predict/sizes/hash.ts';
import { tablePages } from '../../../src/predict/sizes/heap.ts';
import { plainPages } from '../../../src/predict/sizes/plain.ts';
import { typeWidth } from '../../../src/predict/sizes/tuple-sizes.ts';
import {
  populationFromAnalyze,
  populationFromRows,
  UNIQUE,
  type ValueClass,
} from '../../../src/predict/sizes/value-classes.ts';

/** Expected are sizes that PostgreSQL 15 really made, with the heights that pageinspect has found. */
describe('btreeSize', () => {
  const column = (length: number, classes: readonly Omit<ValueClass, 'widths'>[], width = length) => ({
    length,
    alignment: Math.min(8, length < 0 ? 4 : length),
    classes: classes.map((each) => ({ ...each, widths: [{ width, share: 1 }] })),
  });
  const index = (keys: ReturnType<typeof column>[], tuples: number, options = {}) =>
    btreeSize({
      tuples,
      keys,
      included: [],
      deduplicates: true,
      fillfactor: 90,
      distinct: null,
      blockSize: 8192,
      ...options,
    });
  const unique = { share: 1, values: UNIQUE };

  it.each([
    ['a million unique integers', index([column(4, [unique])], 1e6), { pages: 2745, tree_height: 2 }],
    [
      'the same with fillfactor 100',
      index([column(4, [unique])], 1e6, { fillfactor: 100 }),
      { pages: 2475, tree_height: 2 },
    ],
    ['ten thousand bigints', index([column(8, [unique])], 1e4), { pages: 30, tree_height: 1 }],
    ['a single page', index([column(4, [unique])], 300), { pages: 2, tree_height: 0 }],
    ['no row', index([column(4, [unique])], 0), { pages: 1, tree_height: 0 }],
    [
      'a quarter of a million rows of one value',
      index([column(4, [{ share: 1, values: 1 }])], 250_000),
      { pages: 215, tree_height: 2 },
    ],
  ])('%s', (_, size, expected) => {
    expect(size).toEqual(expected);
  });

  it('makes nothing of equal keys where they may not share a tuple', () => {
    const plain = index([column(4, [{ share: 1, values: 10 }])], 1e5, { deduplicates: false });
    // As large as one of unique keys but for the bounds between leaves, which hold the address of a row too.
    expect(plain).toEqual({ pages: 278, tree_height: 2 });
    expect(index([column(4, [unique])], 1e5)).toEqual({ pages: 276, tree_height: 1 });
    expect(index([column(4, [{ share: 1, values: 10 }])], 1e5).pages).toBeLessThan(plain.pages / 2);
  });

  it('grows with INCLUDE columns and with the number of distinct combinations', () => {
    const keys = [column(4, [{ share: 1, values: 100 }]), column(4, [{ share: 1, values: 100 }])];
    const few = index(keys, 1e6, { distinct: 100 }).pages;
    expect(few).toBeLessThan(index(keys, 1e6).pages);
    expect(index(keys, 1e6, { included: [column(8, [unique])] }).pages).toBeGreaterThan(index(keys, 1e6).pages);
  });
});

describe('distinct values', () => {
  it('are as many as the rows were drawn from', () => {
    expect(populationFromRows(1000, 1000)).toBe(UNIQUE);
    // 1000 draws of 500 values show 432 of them.
    expect(populationFromRows(1000, 432.3)).toBeCloseTo(500, 0);
  });

  it('are more than ANALYZE finds in a sample', () => {
    // 40,000 values in 250,000 rows: from 30,000 rows ANALYZE tells 36,120.
    const found = { distinct: 36_120, common: 0, rest: 1, rows: 250_000, sampled: 30_000 };
    expect(populationFromAnalyze(found) / 40_000).toBeCloseTo(1, 3);
    expect(populationFromAnalyze({ ...found, distinct: 250_000 })).toBe(UNIQUE);
    expect(populationFromAnalyze({ ...found, distinct: 12 })).toBeCloseTo(12, 0);
  });
});

describe('other indexes', () => {
  it('hash: buckets by the rows of the table, and overflow pages', () => {
    const size = { tableRows: 250_000, tuples: 250_000, fillfactor: 75, blockSize: 8192 };
    const unique = [{ share: 1, values: UNIQUE, widths: [] }];
    expect(hashPages({ ...size, classes: unique })).toBe(1026);
    expect(hashPages({ ...size, tuples: 1000, classes: unique })).toBe(898);
    expect(hashPages({ ...size, tableRows: 0, tuples: 0, classes: [] })).toBe(4);
  });

  it('brin: a tuple for each range, and pages of the map', () => {
    const key = { kind: 'minmax', width: 8, length: 8, alignment: 8, distinct: 1 } as const;
    const size = { columns: [key], blockSize: 8192 };
    expect(brinSize({ ...size, heapPages: 5000, pagesPerRange: 128 })).toEqual({ pages: 3, brin_revmap_pages: 0 });
    expect(brinSize({ ...size, heapPages: 5000, pagesPerRange: 1 })).toEqual({ pages: 23, brin_revmap_pages: 3 });
  });

  it('gin: parts that add up', () => {
    const size = { multicolumn: false, heapPages: 1000, heapRows: 60_000, blockSize: 8192 };
    expect(ginSize({ ...size, entries: [] })).toEqual({
      nPendingPages: 0,
      nTotalPages: 2,
      nEntryPages: 1,
      nDataPages: 0,
      nEntries: 0,
    });
    const { nTotalPages, nEntryPages, nDataPages, nEntries } = ginSize({
      ...size,
      entries: [
        { keys: 3, rows: 30_000, width: 8 },
        { keys: 5000, rows: 12, width: 8 },
      ],
    });
    expect(nEntries).toBe(5003);
    expect(nDataPages).toBeGreaterThan(10);
    expect(nTotalPages).toBe(1 + nEntryPages + nDataPages);
  });

  it('gist and spgist: by the size of a tuple, also of one that fills half a page', () => {
    const index = { tuples: 1e5, width: 16, sorted: false, sets: false, text: false, blockSize: 8192 };
    const pages = plainPages({ ...index, am: 'gist' });
    expect(pages).toBeGreaterThan(plainPages({ ...index, am: 'gist', sorted: true }));
    expect(plainPages({ ...index, am: 'gist', width: 3000 })).toBeGreaterThan(pages);
    expect(plainPages({ ...index, am: 'spgist' })).toBeGreaterThan(500);
  });
});

describe('tables', () => {
  it('have the pages that rows of their columns take', () => {
    const column = (length: number, width = length) => ({
      length,
      alignment: Math.min(8, Math.abs(length)),
      widths: [{ width, share: 1 }],
    });
    // 226 rows of one integer on each page.
    expect(tablePages(226_000, [column(4)], { fillfactor: 100, blockSize: 8192 })).toBe(1000);
    expect(tablePages(1, [], { fillfactor: 100, blockSize: 8192 })).toBe(1);
  });

  it.each([
    ['int4', 4, -1, 4],
    ['text', -1, -1, 32],
    ['bpchar', -1, 14, 14],
    ['varchar', -1, 24, 24],
    ['varchar', -1, 204, 118],
    ['numeric', -1, 655366, 32],
  ])('take %s of length %d and modifier %d to be %d bytes wide', (typname, length, typmod, width) => {
    expect(typeWidth(typname, length, typmod)).toBe(width);
  });
});
