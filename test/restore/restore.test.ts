import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { overwrittenRelations, restoredDigest, restoreSnapshot, verifyPlanner } from '../../src/restore/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import {
  aColumn,
  anIndex,
  aRelation,
  aSnapshot,
  columnStatistics,
  histogram,
  mostCommonValues,
  statisticsObject,
  statisticsOf,
} from './fixture.ts';

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('restoreSnapshot on PostgreSQL %i', (major) => {
  let server: TestServer;
  const open: Connection[] = [];

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });

  async function session(database: string): Promise<Connection> {
    const connection = await connect(server.url(database), 'target');
    open.push(connection);
    return connection;
  }

  async function restore(database: string, snapshot: Snapshot) {
    const connection = await session(database);
    const extension = { kind: 'library', path: await server.library() } as const;
    return restoreSnapshot(connection, snapshot, { extension, progress: SILENT });
  }

  async function databaseWith(sql: string): Promise<string> {
    const database = await server.createDatabase();
    await server.psql(database, sql);
    return database;
  }

  const ORDERS = aRelation('orders', {
    columns: [aColumn('id', 'integer'), aColumn('note', 'text')],
    statistics: [
      columnStatistics('id', [mostCommonValues('integer', '{7,9}', '{0.5,0.1}'), histogram('integer', '{1,50,99}')]),
      columnStatistics('note', [mostCommonValues('text', '{"a,b",NULL,ö}', '{0.25,0.125,0.0625}')]),
    ],
    indexes: [
      anIndex('orders_id_idx', {
        definition: 'CREATE INDEX orders_id_idx ON public.orders USING btree (id)',
        range: { min: { value: '1' }, max: { value: null } },
      }),
    ],
  });
  const ORDERS_SQL = 'CREATE TABLE orders (id int, note text); CREATE INDEX ON orders (id);';

  const STATE_SQL = `
    SELECT relname, relpages, reltuples, relallvisible, relhassubclass FROM pg_class
      WHERE relnamespace = 'public'::regnamespace ORDER BY relname;
    SELECT starelid::regclass, staattnum, stainherit, stanullfrac, stawidth, stadistinct, stakind1, stakind2,
      staop1, staop2, stacoll1, stanumbers1, stanumbers2, stavalues1, stavalues2
      FROM pg_statistic WHERE starelid >= 16384 ORDER BY 1, 2, 3;
    SELECT stxoid, stxdndistinct, stxddependencies, stxdexpr FROM pg_statistic_ext_data ORDER BY 1;
    SELECT * FROM regress_planner.relation ORDER BY 1;
    SELECT indexrelid, pages, tree_height, gin_shadow IS NULL, range_min, range_max FROM regress_planner.index ORDER BY 1;
    SELECT * FROM regress_planner.restored;
    SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
      WHERE datname = current_database();`;

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
    const state = (await server.psql(database, STATE_SQL)).split('\n');
    expect(state).toContain('orders|100|5000|90|f');
    expect(state).toContain('orders|1|f|0.25|4|-0.5|1|2|96|97|0|{0.5,0.1}||{7,9}|{1,50,99}');
    expect(state).toContain('orders|2|f|0.25|4|-0.5|1|0|98|0|0|{0.25,0.125,0.0625}||{"a,b",NULL,ö}|');
    expect(state.filter((line) => line.endsWith('|30|1|t|1|'))).toHaveLength(1);
  });

  it('gives the same rows the second time', async () => {
    const database = await databaseWith(ORDERS_SQL);
    const snapshot = aSnapshot([ORDERS], { settings: { work_mem: '5000' } });
    const first = await restore(database, snapshot);
    const state = await server.psql(database, STATE_SQL);
    expect(await restore(database, snapshot)).toEqual(first);
    expect(await server.psql(database, STATE_SQL)).toBe(state);
  });

  it('finds columns that were dropped or stand in another order by their names', async () => {
    const database = await databaseWith(
      'CREATE TABLE orders (gone int, note text, id int); ALTER TABLE orders DROP COLUMN gone; CREATE INDEX ON orders (id);',
    );
    expect((await restore(database, aSnapshot([ORDERS]))).counts.columns).toBe(2);
    expect(
      await server.psql(database, 'SELECT staattnum, stavalues1 FROM pg_statistic WHERE starelid >= 16384 ORDER BY 1'),
    ).toBe('2|{"a,b",NULL,ö}\n3|{7,9}');
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
          { stakind: 3, staop: null, stacoll: null, stanumbers: '{0.75}', stavalues: null, elemtype: null },
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
        object: 'public.people.mood',
        what: 'most common values',
        message: 'invalid input value for enum public.mood: "furious"',
      },
      {
        object: 'public.people.born',
        what: 'histogram',
        message: 'operator does not exist: pg_catalog.<~~(date,date)',
      },
    ]);
    expect(
      await server.psql(
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
    expect(await server.psql(database, 'SELECT stavalues1 FROM pg_statistic WHERE starelid >= 16384')).toBe('{1,2000}');
  });

  it('leaves out the statistics of a column that has another type here', async () => {
    const database = await databaseWith('CREATE TABLE orders (id text, note text); CREATE INDEX ON orders (id);');
    const report = await restore(database, aSnapshot([ORDERS]));
    expect(report.refused).toEqual([
      {
        object: 'public.orders.id',
        what: 'statistics',
        message: 'the column is integer in the snapshot and text here',
      },
    ]);
    expect(report.counts.columns).toBe(1);
  });

  it('names what only one of the two has', async () => {
    const database = await databaseWith(`
      CREATE TABLE orders (id int); CREATE INDEX "New idx" ON orders (id); CREATE TABLE fresh (a int PRIMARY KEY, b int);
      CREATE STATISTICS st_new ON a, b FROM fresh; CREATE TABLE parts (a int) PARTITION BY LIST (a);`);
    const report = await restore(database, aSnapshot([ORDERS, aRelation('gone'), aRelation('parts')]));
    expect(report.missing).toEqual([
      'column public.orders.note',
      'index public.orders_id_idx',
      'table public.gone',
      'table public.parts',
    ]);
    expect(report.unknown).toEqual(['table public.fresh', 'index public."New idx"', 'partitioned table public.parts']);
  });

  it('does not take the range ends of an index that is defined otherwise here', async () => {
    const database = await databaseWith(
      'CREATE TABLE orders (id int, note text); CREATE INDEX orders_id_idx ON orders (note);',
    );
    const report = await restore(database, aSnapshot([ORDERS]));
    expect(report.refused.map(({ object, what }) => [object, what])).toEqual([['public.orders_id_idx', 'range ends']]);
    expect(await server.psql(database, 'SELECT pages, range_min IS NULL FROM regress_planner.index')).toBe('30|t');
  });

  it('rewrites attribute numbers and dimensions of extended statistics to the order of the target', async () => {
    const database = await databaseWith(`
      CREATE TABLE t (dropped int, b text, a int, c date); ALTER TABLE t DROP COLUMN dropped;
      CREATE STATISTICS st ON a, b, (a + 1) FROM t;`);
    const data = {
      inherited: false,
      ndistinct: [{ attributes: ['a', 'b', '-1'], ndistinct: 42 }],
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
    const rows = await server.psql(
      database,
      `SELECT replace(stxdndistinct::bytea::text, '\\x', ''), replace(stxddependencies::bytea::text, '\\x', ''),
         (stxdexpr[1]).stavalues1, (stxdexpr[1]).stanullfrac FROM pg_statistic_ext_data;
       SELECT m.values, m.nulls, m.frequency, m.base_frequency
         FROM pg_statistic_ext_data, pg_mcv_list_items(stxdmcv) m ORDER BY m.index`,
    );
    const ndistinct = 'a4bf52a301000000010000000000000000004540030000000200' + '0300ffff';
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
      ndistinct: [{ attributes: ['a', 'm'], ndistinct: 2 }],
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
      await server.psql(
        database,
        `SELECT stxdndistinct IS NOT NULL, stxdmcv IS NULL, (stxdexpr[1]).stakind1, (stxdexpr[1]).stavalues1,
           array_length(stxdexpr, 1), stxdexpr[2] IS NULL FROM pg_statistic_ext_data`,
      ),
    ).toBe('t|t|1|{5}|2|t');
  });

  it('sets the settings of production on the database, and takes back those a later snapshot lacks', async () => {
    const database = await databaseWith('CREATE SCHEMA "My Ext"');
    const settings = {
      work_mem: '12345',
      random_page_cost: '1.1',
      search_path: '"$user", public, "My Ext"',
      force_parallel_mode: 'on',
      DateStyle: 'SQL, DMY',
      'pg_trgm.similarity_threshold': '0.4',
      shared_preload_libraries: 'pg_stat_statements',
      max_connections: '7',
      no_such_setting: '1',
      cpu_tuple_cost: 'much',
    };
    const report = await restore(database, aSnapshot([], { settings }));
    expect(report.skippedSettings.map(({ name }) => name)).toEqual([
      'max_connections',
      'no_such_setting',
      'cpu_tuple_cost',
    ]);
    const shown = (names: readonly string[]) => names.map((name) => `SHOW ${name};`).join('\n');
    const parallel = major >= 16 ? 'debug_parallel_query' : 'force_parallel_mode';
    const names = [
      'work_mem',
      'random_page_cost',
      'search_path',
      parallel,
      'DateStyle',
      'pg_trgm.similarity_threshold',
    ];
    expect((await server.psql(database, shown(names))).split('\n')).toEqual([
      '12345kB',
      '1.1',
      '"$user", public, "My Ext"',
      'on',
      'SQL, DMY',
      '0.4',
    ]);
    await restore(database, aSnapshot([], { settings: { random_page_cost: '1.2' } }));
    expect(await server.psql(database, shown(['work_mem', 'random_page_cost']))).toBe('4MB\n1.2');
  });

  it('loads the library after those the database loads already, once', async () => {
    const database = await databaseWith('SELECT 1');
    await server.psql('postgres', `ALTER DATABASE "${database}" SET session_preload_libraries = 'auto_explain'`);
    for (let i = 0; i < 2; i++) await restore(database, aSnapshot([]));
    expect(await server.psql(database, 'SHOW session_preload_libraries')).toBe(
      `auto_explain, "${await server.library()}"`,
    );
  });

  it('leaves nothing of the first snapshot when a second one is restored', async () => {
    const database = await databaseWith(`${ORDERS_SQL} CREATE TABLE other (a int);`);
    const empty = aSnapshot([], { digest: 'of-the-second' });
    await restore(database, empty);
    const before = await server.psql(database, STATE_SQL);
    const gin = anIndex('orders_note_idx', {
      am: 'gin',
      gin: { nPendingPages: 1, nTotalPages: 20, nEntryPages: 10, nDataPages: 9, nEntries: 1000 },
    });
    await server.psql(database, `CREATE INDEX orders_note_idx ON orders USING gin (to_tsvector('simple', note))`);
    const first = aSnapshot([aRelation('other'), { ...ORDERS, indexes: [...ORDERS.indexes, gin] }], {
      settings: { work_mem: '777' },
    });
    await restore(database, first);
    expect(await server.psql(database, 'SELECT count(gin_shadow) FROM regress_planner.index')).toBe('1');
    await server.psql(database, 'DROP INDEX orders_note_idx');
    await restore(database, empty);
    expect(await server.psql(database, STATE_SQL)).toBe(before.replace('orders_id_idx|1|0|', 'orders_id_idx|0|-1|'));
    expect(
      await server.psql(
        database,
        `SELECT count(*) FROM pg_index WHERE indrelid = 'regress_planner.gin_shadow'::regclass`,
      ),
    ).toBe('0');
  });

  it('takes a stale relhassubclass from production and keeps a real parent', async () => {
    const database = await databaseWith(
      'CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p); CREATE TABLE stale (a int);',
    );
    const relations = [aRelation('p'), aRelation('c'), aRelation('stale', { relhassubclass: true })];
    await restore(database, aSnapshot(relations));
    expect(
      await server.psql(
        database,
        `SELECT relname, relhassubclass FROM pg_class WHERE relname IN ('p', 'c', 'stale') ORDER BY 1`,
      ),
    ).toBe('c|f\np|t\nstale|t');
  });

  it('leaves no cast behind and gives PUBLIC no right', async () => {
    const database = await databaseWith(ORDERS_SQL);
    await server.psql(database, `CREATE ROLE visitor_${major}`);
    await restore(database, aSnapshot([ORDERS]));
    expect(
      await server.psql(
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
    const state = await server.psql(database, STATE_SQL);
    const broken: Snapshot = {
      ...aSnapshot([], { settings: { work_mem: '999' } }),
      async *relations() {
        yield aRelation('orders', { relpages: 7 });
        throw new Error('half a snapshot');
      },
    };
    await expect(restore(database, broken)).rejects.toThrow('half a snapshot');
    expect(await server.psql(database, STATE_SQL)).toBe(state);
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

  it('says which restored relations were overwritten since', async () => {
    const database = await databaseWith(ORDERS_SQL);
    await restore(database, aSnapshot([ORDERS]));
    const connection = await session(database);
    expect(await overwrittenRelations(connection)).toEqual([]);
    await server.psql(database, 'ANALYZE orders');
    expect(await overwrittenRelations(connection)).toEqual(['orders']);
  });

  it('needs a superuser', async () => {
    const database = await databaseWith(`CREATE ROLE plain_${major} LOGIN`);
    const connection = await connect(server.url(database).replace('postgres@', `plain_${major}@`), 'target');
    open.push(connection);
    const options = { extension: { kind: 'installed' }, progress: SILENT } as const;
    await expect(restoreSnapshot(connection, aSnapshot([]), options)).rejects.toMatchObject({ code: 'privilege' });
  });

  it('creates the extension that is installed on the server', async ({ skip }) => {
    const database = await databaseWith(ORDERS_SQL);
    const available = await server.psql(
      database,
      `SELECT count(*) FROM pg_available_extension_versions WHERE name = 'regress_planner' AND version = '0.1'`,
    );
    skip(available === '0', 'the extension is not installed on this server');
    for (let i = 0; i < 2; i++) {
      const options = { extension: { kind: 'installed' }, progress: SILENT } as const;
      await restoreSnapshot(await session(database), aSnapshot([ORDERS]), options);
    }
    expect(await server.psql(database, 'SHOW session_preload_libraries; SHOW regress_planner.version')).toBe(
      'regress_planner\n0.1',
    );
    await restore(database, aSnapshot([ORDERS]));
    expect(
      await server.psql(
        database,
        `SELECT count(*) FROM pg_extension WHERE extname = 'regress_planner'; SELECT count(*) FROM regress_planner.relation`,
      ),
    ).toBe('0\n1');
  });

  it('refuses a library the server cannot load', async () => {
    const connection = await session(await server.createDatabase());
    const options = { extension: { kind: 'library', path: '/nowhere/regress_planner.so' }, progress: SILENT } as const;
    await expect(restoreSnapshot(connection, aSnapshot([]), options)).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringContaining('/nowhere/regress_planner.so'),
    });
  });

  it('does not touch a schema of that name that is not its own', async () => {
    const database = await databaseWith('CREATE SCHEMA regress_planner; CREATE TABLE regress_planner.mine ()');
    await expect(restore(database, aSnapshot([]))).rejects.toMatchObject({ code: 'target' });
    expect(await server.psql(database, `SELECT to_regclass('regress_planner.mine')`)).toBe('regress_planner.mine');
  });

  describe('verifyPlanner', () => {
    it('accepts a new session of a restored database', async () => {
      const database = await databaseWith(ORDERS_SQL);
      await restore(database, aSnapshot([ORDERS], { digest: 'abc' }));
      const connection = await session(database);
      await verifyPlanner(connection);
      expect(await restoredDigest(connection)).toBe('abc');
    });

    it('refuses a database without a restored snapshot', async () => {
      const connection = await session(await server.createDatabase());
      expect(await restoredDigest(connection)).toBeNull();
      await expect(verifyPlanner(connection)).rejects.toThrow('no snapshot was restored into the target');
    });

    it('refuses a session that does not load the library', async () => {
      const database = await databaseWith(ORDERS_SQL);
      await restore(database, aSnapshot([ORDERS]));
      await server.psql('postgres', `ALTER DATABASE "${database}" RESET session_preload_libraries`);
      await expect(verifyPlanner(await session(database))).rejects.toThrow('does not load the library regress_planner');
    });

    it('names both versions when the library is of another one', async () => {
      const database = await databaseWith(ORDERS_SQL);
      await restore(database, aSnapshot([ORDERS]));
      await server.psql(
        'postgres',
        `ALTER DATABASE "${database}" RESET session_preload_libraries; ALTER DATABASE "${database}" SET regress_planner.version = '9.9'`,
      );
      const error = verifyPlanner(await session(database));
      await expect(error).rejects.toThrow('the target loads regress_planner 9.9, and 0.1 is needed');
    });
  });
});
