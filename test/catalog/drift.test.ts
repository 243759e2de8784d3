import { describe, expect, it } from 'vitest';
import { driftOf } from '../../src/catalog/drift.ts';
import { matchIndexes } from '../../src/catalog/match-indexes.ts';
import { withoutIndexName } from '../../src/model/sql/index-definition.ts';
import { convertStatistics } from '../../src/predict/tables/retyped.ts';
import { anIndex, histogram, mostCommonValues, statisticsOf } from '../support/snapshot-builders.ts';

describe('driftOf', () => {
  const missing = (kind: 'partition' | 'index', relname: string) => ({
    kind,
    schemaname: 'public',
    relname,
    description: '',
  });
  const parents = new Map([
    ['public.leaf', ['public."Mid"']],
    ['public.Mid', ['public.root']],
    ['public.other', ['public.root']],
    ['public.alone', ['public.elsewhere']],
  ]);

  it.each([
    ['partition', 'leaf', ['public.Mid', 'public.leaf', 'public.other', 'public.root']],
    ['partition', 'alone', ['public.alone', 'public.elsewhere']],
    ['index', 'leaf', ['public.leaf']],
  ] as const)('a missing %s of %s is touched by %j', (kind, relname, names) => {
    const [drift] = driftOf([missing(kind, relname)], parents);
    expect([...(drift?.touchedBy ?? [])].sort()).toEqual(names);
  });
});

describe('withoutIndexName', () => {
  it.each([
    ['CREATE INDEX a_idx ON public.t USING btree (a)', 'CREATE INDEX ON public.t USING btree (a)'],
    [
      'CREATE UNIQUE INDEX "A ON b" ON ONLY public.t USING btree (a)',
      'CREATE UNIQUE INDEX ON ONLY public.t USING btree (a)',
    ],
  ])('%s', (definition, without) => {
    expect(withoutIndexName(definition)).toBe(without);
  });
});

describe('matchIndexes', () => {
  const of = (name: string, column: string) => `CREATE INDEX ${name} ON public.t USING btree (${column})`;
  const target = (entries: Record<string, string>) =>
    new Map(
      Object.entries(entries).map(([indexname, column], oid) => [
        indexname,
        { oid, indexname, relkind: 'i', am: 'btree', definition: of(indexname, column) },
      ]),
    );
  const matched = (indexes: Record<string, string>, here: Record<string, string>) =>
    Object.fromEntries(
      [
        ...matchIndexes(
          Object.entries(indexes).map(([name, column]) => anIndex(name, { definition: of(name, column) })),
          target(here),
        ),
      ].map(([index, found]) => [index.indexname, found.indexname]),
    );

  it.each([
    ['one name and definition', { a: 'x' }, { a: 'x' }, { a: 'a' }],
    ['one definition, another name', { a: 'x' }, { b: 'x' }, { a: 'b' }],
    ['two that changed their names', { a: 'x', b: 'y' }, { b: 'x', a: 'y' }, { a: 'b', b: 'a' }],
    ['one name, another definition, as a last resort', { a: 'x' }, { a: 'y' }, { a: 'a' }],
    ['two alike', { a: 'x', b: 'x' }, { b: 'x', c: 'x' }, { a: 'c', b: 'b' }],
    ['none', { a: 'x' }, { b: 'y' }, {}],
  ])('%s', (_, indexes, here, expected) => {
    expect(matched(indexes, here)).toEqual(expected);
  });
});

describe('convertStatistics', () => {
  const numbers = statisticsOf([mostCommonValues('integer', '{7,9}', '{0.5,0.1}'), histogram('integer', '{1,50}')]);

  it('keeps the values within a family, with the operators of the new type', () => {
    const { statistics, dropped } = convertStatistics(numbers, 'integer', 'bigint', 8);
    expect(dropped).toEqual([]);
    expect(statistics).toMatchObject({ avg_width: 8, null_frac: 0.25, n_distinct: -0.5 });
    expect(statistics.slots.map(({ staop, elemtype }) => [staop, elemtype])).toEqual([
      ['pg_catalog.=(bigint,bigint)', 'bigint'],
      ['pg_catalog.<(bigint,bigint)', 'bigint'],
    ]);
  });

  it('keeps the operators of text for both of its types', () => {
    const words = statisticsOf([{ ...histogram('text', '{a,b}'), elemtype: 'character varying' }]);
    const { statistics } = convertStatistics(words, 'character varying(20)', 'text', -1);
    expect(statistics.slots).toMatchObject([{ staop: 'pg_catalog.<(text,text)', elemtype: 'text' }]);
    expect(statistics.avg_width).toBe(4);
  });

  it('keeps how many are null and how many differ otherwise', () => {
    const { statistics, kept, dropped } = convertStatistics(numbers, 'integer', 'text', -1);
    expect(statistics).toEqual({ null_frac: 0.25, n_distinct: -0.5, avg_width: 4, slots: [] });
    expect([kept, dropped]).toEqual([
      ['null_frac', 'n_distinct'],
      ['most common values', 'histogram'],
    ]);
  });
});
