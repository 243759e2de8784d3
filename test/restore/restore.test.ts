import { describe, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { connect } from '../../src/postgres/index.ts';
import type { TargetSnapshot } from '../../src/predict/index.ts';
import { restoreSnapshot } from '../../src/restore/index.ts';
import { testMajors } from '../support/servers.ts';
import { anIndex, aRelation, aSnapshot, ORDERS, ORDERS_SQL, STATE_SQL } from '../support/snapshot-builders.ts';
import { targetServer } from './target-server.ts';

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('restoreSnapshot on PostgreSQL %i', (major) => {
  const { databaseWith, psql, restore, session, url } = targetServer(major);

  it('gives the same rows the second time', async () => {
    const database = await databaseWith(ORDERS_SQL);
    const snapshot = aSnapshot([ORDERS], { settings: { work_mem: '5000' } });
    const first = await restore(database, snapshot);
    const state = await psql(database, STATE_SQL);
    // Its rows are the same, and yet others: written by another transaction.
    const { state: _, ...second } = await restore(database, snapshot);
    expect(first).toMatchObject(second);
    expect(await psql(database, STATE_SQL)).toBe(state);
  });

  it('names what only one of the two has', async () => {
    const database = await databaseWith(`
      CREATE TABLE orders (id int); CREATE INDEX "New idx" ON orders (id DESC); CREATE TABLE fresh (a int PRIMARY KEY, b int);
      CREATE STATISTICS st_new ON a, b FROM fresh; CREATE TABLE parts (a int) PARTITION BY LIST (a);`);
    const report = await restore(database, aSnapshot([ORDERS, aRelation('gone'), aRelation('parts')]));
    expect(report.missing.map(({ description }) => description)).toEqual([
      'column public.orders.note',
      'index public.orders_id_idx',
      'table public.gone',
      'table public.parts',
    ]);
    expect(report.unknown.map(({ description }) => description)).toEqual([
      'table public.fresh',
      'index public."New idx"',
      'partitioned table public.parts',
    ]);
  });

  it('takes neither size nor range ends of an index that is defined otherwise here, but models it', async () => {
    const database = await databaseWith(
      'CREATE TABLE orders (id int, note text); CREATE INDEX orders_id_idx ON orders (note);',
    );
    const report = await restore(database, aSnapshot([ORDERS]));
    expect(report.refused.map(({ object, what }) => [object, what])).toEqual([['public.orders_id_idx', 'range ends']]);
    expect(report.unknown).toMatchObject([{ name: 'orders_id_idx', estimate: { tuples: 6000, tree_height: 1 } }]);
    // Those that the column it leads with has in the statistics.
    expect(await psql(database, 'SELECT range_min, range_max FROM regress_planner.index')).toBe('a,b|ö');
  });

  it('leaves nothing of the first snapshot when a second one is restored', async () => {
    const database = await databaseWith(`${ORDERS_SQL} CREATE TABLE other (a int);`);
    const empty = aSnapshot([], { digest: 'of-the-second' });
    await restore(database, empty);
    const before = await psql(database, STATE_SQL);
    const gin = anIndex('orders_note_idx', {
      am: 'gin',
      gin: { nPendingPages: 1, nTotalPages: 20, nEntryPages: 10, nDataPages: 9, nEntries: 1000 },
    });
    await psql(database, `CREATE INDEX orders_note_idx ON orders USING gin (to_tsvector('simple', note))`);
    const first = aSnapshot([aRelation('other'), { ...ORDERS, indexes: [...ORDERS.indexes, gin] }], {
      settings: { work_mem: '777' },
    });
    await restore(database, first);
    expect(await psql(database, 'SELECT count(gin_shadow) FROM regress_planner.index')).toBe('1');
    await psql(database, 'DROP INDEX orders_note_idx');
    await restore(database, empty);
    expect(await psql(database, STATE_SQL)).toBe(before.replace('orders_id_idx|1|0|', 'orders_id_idx|0|-1|'));
    expect(
      await psql(database, `SELECT count(*) FROM pg_index WHERE indrelid = 'regress_planner.gin_shadow'::regclass`),
    ).toBe('0');
  });

  it('shares a shadow among equal GIN metapages and keeps it over restores', async () => {
    const database = await databaseWith(`
      CREATE TABLE t (a int[], b int[]); CREATE INDEX ia ON t USING gin (a); CREATE INDEX ib ON t USING gin (b);
      CREATE INDEX ic ON t USING gin (a, b);`);
    const metapage = { nPendingPages: 3, nTotalPages: 400, nEntryPages: 100, nDataPages: 290, nEntries: 123456789012 };
    const indexes = [
      anIndex('ia', { am: 'gin', gin: metapage }),
      anIndex('ib', { am: 'gin', gin: { ...metapage } }),
      anIndex('ic', { am: 'gin', gin: { ...metapage, nEntries: 7 } }),
    ];
    const shadows = `SELECT gin_shadow, gin_shadow::regclass FROM regress_planner.index ORDER BY indexrelid`;
    await restore(database, aSnapshot([aRelation('t', { indexes })]));
    const first = await psql(database, shadows);
    expect(new Set(first.split('\n')).size).toBe(2);
    await restore(database, aSnapshot([aRelation('t', { indexes })]));
    expect(await psql(database, shadows)).toBe(first);
  });

  it('leaves no cast behind and gives PUBLIC no right', async () => {
    const database = await databaseWith(ORDERS_SQL);
    await psql(database, `CREATE ROLE visitor_${major}`);
    await restore(database, aSnapshot([ORDERS]));
    expect(
      await psql(
        database,
        `SELECT count(*) FROM pg_cast WHERE casttarget IN ('pg_ndistinct'::regtype, 'pg_dependencies'::regtype, 'pg_mcv_list'::regtype);
         SELECT has_schema_privilege('visitor_${major}', 'regress_planner', 'USAGE');
         SELECT count(*) FROM pg_class WHERE relnamespace = 'regress_planner'::regnamespace AND relkind = 'r'
           AND has_table_privilege('visitor_${major}', oid, 'SELECT, INSERT, UPDATE, DELETE');
         SELECT count(*) FROM pg_proc WHERE pronamespace = 'regress_planner'::regnamespace
           AND has_function_privilege('visitor_${major}', oid, 'EXECUTE')`,
      ),
    ).toBe('0\nf\n0\n0');
  });

  it('keeps the database as it was when the snapshot breaks off', async () => {
    const database = await databaseWith(ORDERS_SQL);
    await restore(database, aSnapshot([ORDERS]));
    const state = await psql(database, STATE_SQL);
    const broken: TargetSnapshot = {
      ...aSnapshot([], { settings: { work_mem: '999' } }),
      async *relations() {
        yield aRelation('orders', { relpages: 7 });
        throw new Error('half a snapshot');
      },
    };
    await expect(restore(database, broken)).rejects.toThrow('half a snapshot');
    expect(await psql(database, STATE_SQL)).toBe(state);
  });

  it('serves a second restore after the first, not beside it', async () => {
    const database = await databaseWith(ORDERS_SQL);
    await restore(database, aSnapshot([ORDERS]));
    const reports = await Promise.all([restore(database, aSnapshot([ORDERS])), restore(database, aSnapshot([ORDERS]))]);
    expect(reports.map(({ counts }) => counts.columns)).toEqual([2, 2]);
  });

  it('is seen by the next plan of a session that is open', async () => {
    const database = await databaseWith(ORDERS_SQL);
    await restore(database, aSnapshot([ORDERS]));
    const reader = await session(database);
    const rows = async () => {
      const [row] = await reader.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
        'EXPLAIN (FORMAT JSON) SELECT * FROM orders',
      );
      return row?.['QUERY PLAN'][0].Plan['Plan Rows'];
    };
    expect(await rows()).toBe(6000);
    await restore(database, aSnapshot([{ ...ORDERS, reltuples: 10_000 }]));
    expect(await rows()).toBe(12_000);
  });

  it('needs a superuser, or from 18 on a role that an administrator has prepared the database for', async () => {
    const database = await databaseWith(`CREATE ROLE plain_${major} LOGIN`);
    const connection = await connect(url(database).replace('postgres@', `plain_${major}@`), 'target');
    const options = { extension: { kind: 'installed' }, progress: SILENT, keepSettings: false } as const;
    await expect(restoreSnapshot(connection, aSnapshot([]), options).finally(connection.close)).rejects.toMatchObject({
      code: 'privilege',
      message: `role plain_${major} is not a superuser${major < 18 ? ' of the target' : ', and the target is not prepared for it'}`,
    });
  });

  it('names plain inheritance children that were made in another order than in production', async () => {
    const database = await databaseWith(
      'CREATE TABLE p (a int); CREATE TABLE c1 () INHERITS (p); CREATE TABLE c2 () INHERITS (p);',
    );
    const children = ['public.c2', 'public.gone', 'public.c1'];
    const report = await restore(database, aSnapshot([aRelation('p', { children }), aRelation('c1'), aRelation('c2')]));
    expect(report.refused).toEqual([
      {
        object: 'public.p',
        what: 'order of children',
        message: 'production made them as public.c2, public.c1; here they were made as public.c1, public.c2',
      },
    ]);
  });

  it('names tables that are partitioned by the hash of an enum', async () => {
    const database = await databaseWith(
      "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TABLE felt (m mood) PARTITION BY HASH (m); CREATE TABLE kept (m mood) PARTITION BY LIST (m);",
    );
    const relations = ['felt', 'kept'].map((name) => aRelation(name, { relkind: 'p' }));
    const report = await restore(database, aSnapshot(relations));
    expect(report.refused).toMatchObject([{ object: 'public.felt', what: 'partition of a label' }]);
  });
});
