import { describe, expect, it } from 'vitest';
import { testMajors } from '../support/servers.ts';
import {
  aColumn,
  anIndex,
  aRelation,
  aSnapshot,
  columnStatistics,
  histogram,
  mostCommonValues,
  ORDERS,
  ORDERS_SQL,
  STATE_SQL,
} from '../support/snapshot-builders.ts';
import { targetServer } from './target-server.ts';

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('pg_class and pg_statistic on PostgreSQL %i', (major) => {
  const { databaseWith, psql, restore } = targetServer(major);

  it('writes numbers and statistics as they were', async () => {
    const database = await databaseWith(ORDERS_SQL);
    const report = await restore(database, aSnapshot([ORDERS]));
    expect(report).toMatchObject({ missing: [], unknown: [], refused: [], skippedSettings: [] });
    expect(report.counts).toEqual({
      relations: 1,
      indexes: 1,
      columns: 2,
      extendedStatistics: 0,
      rangeEnds: 1,
      settings: 0,
    });
    const state = (await psql(database, STATE_SQL)).split('\n');
    expect(state).toContain('orders|100|5000|90|f');
    expect(state).toContain('orders|1|f|0.25|4|-0.5|1|2|96|97|0|{0.5,0.1}||{7,9}|{1,50,99}');
    expect(state).toContain('orders|2|f|0.25|4|-0.5|1|0|98|0|0|{0.25,0.125,0.0625}||{"a,b",nil,ö}|');
    expect(state.filter((line) => line.endsWith('|30|1|t|1|'))).toHaveLength(1);
  });

  it('finds columns that were dropped or stand in another order by their names', async () => {
    const database = await databaseWith(
      'CREATE TABLE orders (gone int, note text, id int); ALTER TABLE orders DROP COLUMN gone; CREATE INDEX ON orders (id);',
    );
    expect((await restore(database, aSnapshot([ORDERS]))).counts.columns).toBe(2);
    expect(
      await psql(database, 'SELECT staattnum, stavalues1 FROM pg_statistic WHERE starelid >= 16384 ORDER BY 1'),
    ).toBe('2|{"a,b",nil,ö}\n3|{7,9}');
  });

  it('finds names that need quotes', async () => {
    const database = await databaseWith(
      'CREATE SCHEMA "Mein ""Laden"; CREATE TABLE "Mein ""Laden"."Aufträge" ("Kunde.Nr" int); CREATE INDEX "I x" ON "Mein ""Laden"."Aufträge" ("Kunde.Nr");',
    );
    const relation = aRelation('Aufträge', {
      schemaname: 'Mein "Laden',
      columns: [aColumn('Kunde.Nr', 'integer')],
      statistics: [columnStatistics('Kunde.Nr', [histogram('integer', '{1,2}')])],
      indexes: [anIndex('I x', { schemaname: 'Mein "Laden' })],
    });
    expect((await restore(database, aSnapshot([relation]))).counts).toMatchObject({
      relations: 1,
      indexes: 1,
      columns: 1,
    });
  });

  it('lets a refused value cost its slot only', async () => {
    const database = await databaseWith(`
      CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE people (id int, mood mood, born date);`);
    const people = aRelation('people', {
      columns: [aColumn('id', 'integer'), aColumn('mood', 'public.mood'), aColumn('born', 'date')],
      statistics: [
        columnStatistics('id', [histogram('integer', '{1,2}')]),
        columnStatistics('mood', [
          { ...mostCommonValues('public.mood', '{good,furious}', '{0.5,0.5}'), staop: 'pg_catalog.=(anyenum,anyenum)' },
          {
            stakind: 3,
            staop: 'pg_catalog.<(anyenum,anyenum)',
            stacoll: null,
            stanumbers: '{0.75}',
            stavalues: null,
            elemtype: null,
          },
        ]),
        columnStatistics('born', [
          { ...histogram('date', '{2020-01-01,2020-01-02}'), staop: 'pg_catalog.<~~(date,date)' },
        ]),
      ],
    });
    const report = await restore(database, aSnapshot([people]));
    expect(report.counts.columns).toBe(3);
    expect(report.refused).toEqual([
      {
        object: 'public.people.born',
        what: 'histogram',
        message: 'operator does not exist: pg_catalog.<~~(date,date)',
        origin: { schemaname: 'public', relname: 'people' },
      },
      {
        object: 'public.people.mood',
        what: 'most common values',
        message: 'invalid input value for enum public.mood: "furious"',
      },
    ]);
    expect(
      await psql(
        database,
        'SELECT staattnum, stanullfrac, stakind1, stanumbers1, stavalues1 FROM pg_statistic WHERE starelid >= 16384 ORDER BY 1',
      ),
    ).toBe('1|0.25|2||{1,2}\n2|0.25|3|{0.75}|\n3|0.25|0||');
  });

  it('takes values of a domain that are older than its constraint', async () => {
    const database = await databaseWith(`
      CREATE DOMAIN percent AS numeric(5,2); CREATE DOMAIN share AS percent; CREATE TABLE t (s share);
      ALTER DOMAIN share ADD CHECK (VALUE <= 100) NOT VALID;`);
    const t = aRelation('t', {
      columns: [aColumn('s', 'public.share')],
      statistics: [columnStatistics('s', [{ ...histogram('numeric', '{1,2000}'), elemtype: 'public.share' }])],
    });
    expect((await restore(database, aSnapshot([t]))).refused).toEqual([]);
    expect(await psql(database, 'SELECT stavalues1 FROM pg_statistic WHERE starelid >= 16384')).toBe('{1,2000}');
  });

  it('keeps of a column that has another type here what is true of both, and no end of its index', async () => {
    const database = await databaseWith('CREATE TABLE orders (id text, note text); CREATE INDEX ON orders (id);');
    const report = await restore(database, aSnapshot([ORDERS]));
    expect(report.refused).toEqual([
      {
        object: 'public.orders.id',
        what: 'most common values, histogram',
        message: 'the column has type integer in the snapshot and text in the target; kept: null_frac, n_distinct',
      },
      {
        object: 'public.orders_id_idx',
        what: 'range ends',
        message: 'a column of the table has another type here',
      },
    ]);
    expect(report.counts).toMatchObject({ columns: 2, rangeEnds: 0 });
    expect(
      await psql(
        database,
        `SELECT stanullfrac, stadistinct, stakind1 FROM pg_statistic WHERE starelid = 'orders'::regclass AND staattnum = 1`,
      ),
    ).toBe('0.25|-0.5|0');
  });

  it('keeps all statistics of a column that became wider, and the ends of its index', async () => {
    const database = await databaseWith('CREATE TABLE orders (id bigint, note text); CREATE INDEX ON orders (id);');
    const report = await restore(database, aSnapshot([ORDERS]));
    expect(report).toMatchObject({ refused: [], counts: { columns: 2, rangeEnds: 1 } });
    expect(report.missing.map(({ description }) => description)).toEqual([
      'column public.orders.id of type integer (bigint in the target)',
    ]);
    expect(
      await psql(
        database,
        `SELECT staop1::regoperator, stavalues1 FROM pg_statistic WHERE starelid = 'orders'::regclass AND staattnum = 1`,
      ),
    ).toBe('=(bigint,bigint)|{7,9}');
  });

  it('takes a stale relhassubclass from production and keeps a real parent', async () => {
    const database = await databaseWith(
      'CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p); CREATE TABLE stale (a int);',
    );
    const relations = [aRelation('p'), aRelation('c'), aRelation('stale', { relhassubclass: true })];
    await restore(database, aSnapshot(relations));
    expect(
      await psql(
        database,
        `SELECT relname, relhassubclass FROM pg_class WHERE relname IN ('p', 'c', 'stale') ORDER BY 1`,
      ),
    ).toBe('c|f\np|t\nstale|t');
  });
});
