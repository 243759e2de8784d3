import { describe, expect, it } from 'vitest';
import { testMajors } from '../support/servers.ts';
import {
  aColumn,
  aRelation,
  aSnapshot,
  histogram,
  mostCommonValues,
  statisticsObject,
  statisticsOf,
} from '../support/snapshot-builders.ts';
import { targetServer } from './target-server.ts';

const majors = await testMajors();

/** Items as ANALYZE writes them: one for each combination of two dimensions and more. */
function everyCombination(dimensions: readonly string[], ndistinct: number) {
  let subsets: string[][] = [[]];
  for (const each of dimensions) subsets = [...subsets, ...subsets.map((subset) => [...subset, each])];
  const combinations = subsets.filter(({ length }) => length > 1).sort((a, b) => a.length - b.length);
  return combinations.map((attributes) => ({ attributes, ndistinct }));
}

describe.runIf(majors.length > 0).each(majors)('extended statistics on PostgreSQL %i', (major) => {
  const { databaseWith, psql, restore } = targetServer(major);

  it('rewrites attribute numbers and dimensions of extended statistics to the order of the target', async () => {
    const database = await databaseWith(`
      CREATE TABLE t (dropped int, b text, a int, c date); ALTER TABLE t DROP COLUMN dropped;
      CREATE STATISTICS st ON a, b, (a + 1) FROM t;`);
    const data = {
      inherited: false,
      ndistinct: everyCombination(['a', 'b', '-1'], 42),
      dependencies: [{ attributes: ['a', 'b'], degree: 0.5 }],
      mcv: [
        { values: ['7', 'x,y', '8'], frequency: 0.5, base_frequency: 0.25 },
        { values: ['9', null, '10'], frequency: 0.125, base_frequency: 0.0625 },
      ],
      expressions: [statisticsOf([histogram('integer', '{1,2}')])],
    };
    const definition = 'CREATE STATISTICS public.st ON a, b, (a + 1) FROM public.t';
    const t = aRelation('t', {
      columns: [aColumn('a', 'integer'), aColumn('b', 'text'), aColumn('c', 'date')],
      extended_statistics: [statisticsObject('st', definition, ['a', 'b'], [data])],
    });
    const report = await restore(database, aSnapshot([t]));
    expect(report).toMatchObject({ missing: [], refused: [], counts: { extendedStatistics: 1 } });
    const rows = await psql(
      database,
      `SELECT replace(stxdndistinct::bytea::text, '\\x', ''), replace(stxddependencies::bytea::text, '\\x', ''),
         (stxdexpr[1]).stavalues1, (stxdexpr[1]).stanullfrac FROM pg_statistic_ext_data;
       SELECT m.values, m.nulls, m.frequency, m.base_frequency
         FROM pg_statistic_ext_data, pg_mcv_list_items(stxdmcv) m ORDER BY m.index`,
    );
    const ndistinct = [
      'a4bf52a30100000004000000',
      ...['0000000000004540', '02000000', '02000300'],
      ...['0000000000004540', '02000000', '0300ffff'],
      ...['0000000000004540', '02000000', '0200ffff'],
      ...['0000000000004540', '03000000', '02000300ffff'],
    ].join('');
    const dependencies = '2c9a54b40100000001000000000000000000e03f020003000200';
    expect(rows.split('\n')).toEqual([
      `${ndistinct}|${dependencies}|{1,2}|0.25`,
      '{"x,y",7,8}|{f,f,f}|0.5|0.25',
      '{NULL,9,10}|{t,f,f}|0.125|0.0625',
    ]);
  });

  it('lets a refused part of extended statistics cost that part only', async () => {
    const database = await databaseWith(`
      CREATE TYPE mood AS ENUM ('good'); CREATE TABLE t (a int, m mood);
      CREATE STATISTICS st ON a, m, (a + 1), (a + 2) FROM t;`);
    const data = {
      inherited: false,
      ndistinct: everyCombination(['a', 'm', '-1', '-2'], 2),
      dependencies: null,
      mcv: [{ values: ['1', 'bad', '2', '3'], frequency: 1, base_frequency: 1 }],
      expressions: [statisticsOf([histogram('integer', '{1,x}'), mostCommonValues('integer', '{5}', '{1}')]), null],
    };
    const definition = 'CREATE STATISTICS public.st ON a, m, (a + 1), (a + 2) FROM public.t';
    const t = aRelation('t', {
      columns: [aColumn('a', 'integer'), aColumn('m', 'public.mood')],
      extended_statistics: [statisticsObject('st', definition, ['a', 'm'], [data])],
    });
    const report = await restore(database, aSnapshot([t]));
    expect(report.refused.map(({ object, what }) => [object, what])).toEqual([
      ['public.st', 'mcv'],
      ['public.st expression 1', 'histogram'],
    ]);
    expect(
      await psql(
        database,
        `SELECT stxdndistinct IS NOT NULL, stxdmcv IS NULL, (stxdexpr[1]).stakind1, (stxdexpr[1]).stavalues1,
           array_length(stxdexpr, 1), stxdexpr[2] IS NULL FROM pg_statistic_ext_data`,
      ),
    ).toBe('t|t|1|{5}|2|t');
  });
});
