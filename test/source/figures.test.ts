import { describe, expect, it } from 'vitest';
import { brinRevmapPages } from '../../src/source/indexes/metapages.ts';
import { isOrderedIndexScan } from '../../src/source/indexes/range-ends.ts';
import { modelTreeHeight } from '../../src/source/indexes/tree-height.ts';
import { pagesOf } from '../../src/source/read/relations.ts';

describe('modelTreeHeight', () => {
  // Pages, key widths and bt_metap's heights of indexes PostgreSQL 15 built.
  it.each([
    [1, 4, 0],
    [2, 4, 0],
    [5, 8, 1],
    [38, 4, 1],
    [258, 8, 1],
    [350, 16, 2],
    [556, 8, 2],
    [839, 8, 2],
    [4939, 4, 2],
  ])('an index of %i pages with keys of %i bytes has height %i', (pages, width, height) => {
    expect(modelTreeHeight(pages, width, 8192)).toBe(height);
  });
});

describe('brinRevmapPages', () => {
  it.each([
    [0, [], 0],
    [1, [], 0],
    [1360, ['pages_per_range=1'], 0],
    [1361, ['pages_per_range=1'], 1],
    [2721, ['autosummarize=on', 'pages_per_range=1'], 2],
    [174_080, [], 0],
    [174_081, [], 1],
  ])('a heap of %i pages with %j has %i', (pages, reloptions, expected) => {
    expect(brinRevmapPages(pages, reloptions, 8192)).toBe(expected);
  });
});

describe('isOrderedIndexScan', () => {
  const path = (...types: string[]) => types.map((type) => ({ 'Node Type': type, 'Startup Cost': 0, 'Plan Rows': 1 }));
  it.each([
    [['Limit', 'Index Only Scan'], true],
    [['Append', 'Subquery Scan', 'Limit', 'Result', 'Index Scan'], true],
    [['Limit', 'Sort', 'Index Scan'], false],
    [['Limit', 'Incremental Sort', 'Index Scan'], false],
    [['Limit', 'Seq Scan'], false],
    [['Limit', 'Bitmap Heap Scan'], false],
    [['Append', 'Index Scan'], false],
    [[], false],
  ])('%j: %s', (types, expected) => {
    expect(isOrderedIndexScan(path(...types))).toBe(expected);
  });
});

describe('pagesOf', () => {
  const relations = (...kept: number[]) =>
    kept.map((kept_values, oid) => {
      const name = `t${oid}`;
      return { oid, name, schemaname: 'public', relname: name, shape: '1', kept_values };
    });
  it.each([
    [[], []],
    [Array<number>(85).fill(500), [40, 40, 5]],
    [
      [50_000, 30_000, 1, 79_999],
      [2, 2],
    ],
    [
      [1, 900_000, 900_000, 1],
      [1, 1, 1, 1],
    ],
  ])('cuts %j values into pages of %j relations', (kept, sizes) => {
    const pages = [...pagesOf(relations(...kept))];
    expect(pages.map((page) => page.length)).toEqual(sizes);
    expect(pages.flat()).toEqual(relations(...kept));
  });
});
