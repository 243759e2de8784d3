import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../../support/servers.ts';
import { factor, geometricMean, type Measured, measure, sqlFile } from './measure.ts';
import { sizesTable } from './table.ts';

const server = await testServer();
const fidelity = (name: string) => sqlFile(`../../fidelity/lab/${name}`);
const storefront = (name: string) => sqlFile(`../../../docs/storefront/${name}`);

/** `npm run sizes` measures the storefront too, which takes minutes to fill, and prints the table of docs/sizes.md. */
const ALL = process.env.REGRESS_SIZES === 'all';

const DATA_SETS = [
  {
    name: 'the lab of sizes',
    data: async () => ['CREATE EXTENSION pg_trgm', await sqlFile('./lab/data.sql'), await sqlFile('./lab/indexes.sql')],
  },
  {
    name: 'the lab of fidelity',
    data: async () => [await fidelity('schema.sql'), await fidelity('data.sql'), await fidelity('indexes.sql')],
  },
  ...(ALL
    ? [{ name: 'the storefront', data: async () => [await storefront('schema.sql'), await storefront('fill.sql')] }]
    : []),
];

describe.skipIf(server === null)('sizes of indexes that only the branch has', () => {
  const all = new Map<string, readonly Measured[]>();

  beforeAll(async () => {
    for (const { name, data } of DATA_SETS) {
      all.set(name, (await measure(server as TestServer, await data())).indexes);
    }
    if (ALL) {
      const table = sizesTable(all);
      console.log(table);
      const file = process.env.REGRESS_SIZES_TABLE;
      if (file) await writeFile(file, `${table}\n`);
    }
  }, 900_000);

  const indexes = (chosen: (index: Measured) => boolean) => [...all.values()].flat().filter(chosen);
  const factors = (chosen: readonly Measured[]) =>
    chosen.map(({ pages, modelled }) => factor(modelled?.pages ?? 0, pages));

  it('are modelled for every index of every type', () => {
    expect(indexes(({ modelled }) => modelled === null).map(({ definition }) => definition)).toEqual([]);
    expect(new Set(indexes(() => true).map(({ am }) => am))).toEqual(
      new Set(['btree', 'hash', 'brin', 'gin', 'gist', 'spgist']),
    );
  });

  it('of B-trees are right by a factor of 1.15, on average', () => {
    const btrees = indexes(({ am }) => am === 'btree');
    expect(btrees.length).toBeGreaterThan(50);
    expect(geometricMean(factors(btrees))).toBeLessThan(1.15);
    // Of an index that holds a row or none, a metapage is half.
    expect(Math.max(...factors(btrees.filter(({ pages }) => pages > 2)))).toBeLessThan(1.5);
  });

  it('of B-trees have the right height 98 times in 100', () => {
    const btrees = indexes(({ am }) => am === 'btree');
    const right = btrees.filter(({ height, modelled }) => modelled?.height === height);
    expect(right.length / btrees.length).toBeGreaterThanOrEqual(0.98);
  });

  it.each(['hash', 'brin', 'gin', 'gist', 'spgist'])('of %s are right by a factor of 1.5, on average', (method) => {
    const chosen = indexes(({ am }) => am === method);
    expect(chosen.length).toBeGreaterThan(5);
    expect(geometricMean(factors(chosen))).toBeLessThan(1.5);
  });

  it('of GIN come with a metapage whose parts add up and are near the real ones', () => {
    const chosen = indexes(({ am }) => am === 'gin');
    for (const { modelled, name } of chosen) {
      const { nTotalPages, nEntryPages, nDataPages } = modelled?.gin ?? {
        nTotalPages: 0,
        nEntryPages: 0,
        nDataPages: 0,
      };
      expect(nTotalPages, name).toBe(1 + nEntryPages + nDataPages);
    }
    const entries = chosen.map(({ gin, modelled }) => factor(modelled?.gin?.nEntries ?? 0, gin?.nEntries ?? 0));
    expect(geometricMean(entries)).toBeLessThan(2);
  });
});
