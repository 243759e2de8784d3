import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import type { ExtendedStatistics, IndexStatistics, RelationSnapshot } from '../../src/model/snapshot.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { openSnapshot } from '../../src/snapshot/index.ts';
import { helperFunctionsSql, type SnapshotOptions, snapshotSql, takeSnapshot } from '../../src/source/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';

const EVERYTHING = fileURLToPath(new URL('everything.sql', import.meta.url));
const OPTIONS: SnapshotOptions = { values: true, allowPartial: false, progress: SILENT, regressVersion: 'test' };

/** A type whose send function raises an error (as pg_mcv_list_recv always does), and a column of it with common values. */
const UNWILLING_TYPE = `
CREATE TYPE odd;
CREATE FUNCTION odd_in(cstring) RETURNS odd LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION odd_out(odd) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION odd_send(odd) RETURNS bytea LANGUAGE internal STABLE STRICT AS 'pg_mcv_list_recv';
CREATE TYPE odd (INPUT = odd_in, OUTPUT = odd_out, SEND = odd_send, COLLATABLE = true);
CREATE FUNCTION odd_eq(odd, odd) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'texteq';
CREATE FUNCTION odd_hash(odd) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS 'hashtext';
CREATE OPERATOR = (LEFTARG = odd, RIGHTARG = odd, FUNCTION = odd_eq);
CREATE OPERATOR CLASS odd_ops DEFAULT FOR TYPE odd USING hash AS OPERATOR 1 =, FUNCTION 1 odd_hash(odd);
CREATE TABLE t (id int, odd odd);
INSERT INTO t SELECT i, CASE WHEN i % 3 = 0 THEN 'y' ELSE 'x' END::odd FROM generate_series(1, 300) AS i;
ANALYZE t`;

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('takeSnapshot on PostgreSQL %i', (major) => {
  let server: TestServer;
  let database: string;
  const open: Connection[] = [];

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    database = await server.createDatabase();
    await server.psql('postgres', 'ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();');
    await server.psql(database, await readFile(EVERYTHING, 'utf8'));
    await server.psql(database, 'CREATE UNIQUE INDEX CONCURRENTLY duplicates_id ON duplicates (id)').catch(() => '');
    await server.psql(
      'postgres',
      `CREATE ROLE bare LOGIN; CREATE ROLE reader LOGIN IN ROLE pg_read_all_data; CREATE ROLE "Odd" LOGIN;`,
    );
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });

  async function session(role = 'postgres', name = database): Promise<Connection> {
    const url = server.url(name).replace('://postgres@', `://${encodeURIComponent(role)}@`);
    const connection = await connect(url, 'source');
    open.push(connection);
    return connection;
  }

  async function take(options: Partial<SnapshotOptions> = {}, role?: string, name?: string) {
    const directory = join(await temporaryFolder(), 'snapshot');
    const manifest = await takeSnapshot(await session(role, name), directory, { ...OPTIONS, ...options });
    const relations = new Map<string, RelationSnapshot>();
    for await (const relation of (await openSnapshot(directory)).relations()) {
      relations.set(`${relation.schemaname}.${relation.relname}`, relation);
    }
    return { directory, manifest, relations };
  }

  type Taken = Awaited<ReturnType<typeof take>>;

  function relation(taken: Taken, name: string): RelationSnapshot {
    const found = taken.relations.get(name);
    if (found === undefined) throw new Error(`no ${name} in ${[...taken.relations.keys()]}`);
    return found;
  }

  function indexes(taken: Taken): IndexStatistics[] {
    return [...taken.relations.values()].flatMap((each) => each.indexes);
  }

  function index(taken: Taken, name: string): IndexStatistics {
    const found = indexes(taken).find((each) => each.indexname === name);
    if (found === undefined) throw new Error(`no index ${name}`);
    return found;
  }

  function extended(taken: Taken, name: string): ExtendedStatistics {
    const objects = [...taken.relations.values()].flatMap((each) => each.extended_statistics);
    const found = objects.find((each) => each.statistics_name === name);
    if (found === undefined) throw new Error(`no statistics object ${name}`);
    return found;
  }

  function statistics(taken: Taken, name: string, attname: string, inherited = false) {
    const found = relation(taken, name).statistics.find(
      (each) => each.attname === attname && each.inherited === inherited,
    );
    if (found === undefined) throw new Error(`no statistics of ${name}.${attname}`);
    return found;
  }

  it('is the same twice but for the time', async () => {
    const first = await take();
    const second = await take();
    expect(second.manifest.digest).toBe(first.manifest.digest);
    expect(second.manifest.capturedAt).not.toBe(first.manifest.capturedAt);
    const { capturedAt: _, capturedUntil: __, transactions: ___, ...rest } = first.manifest;
    expect(second.manifest).toMatchObject(rest);
  });

  it('holds every relation of users and nothing of the system, of views or of other sessions', async () => {
    const taken = await take();
    expect([...taken.relations].map(([name, { relkind }]) => `${relkind} ${name}`)).toEqual([
      'r My Schéma.Order',
      'r My Schéma.order',
      'r public.aux',
      'r public.a_child',
      'S public.counter',
      'r public.duplicates',
      'p public.events',
      'r public.events_a',
      'r public.events_b',
      'r public.kinds',
      'r public.never',
      'r public.parent',
      'r public.secret',
      'm public.summary',
      'r public.unlogged',
      'r public.z_child',
    ]);
    expect(taken.manifest.unreadable).toEqual([]);
  });

  it('has the numbers of pg_class as the server has them', async () => {
    const taken = await take();
    const rows = await (await session()).query<{ name: string; pages: string; relpages: number; reltuples: number }>(
      `SELECT n.nspname || '.' || c.relname AS name, pg_relation_size(c.oid) / 8192 AS pages, c.relpages, c.reltuples
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384
         AND n.nspname !~ '^pg_'`,
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(relation(taken, row.name)).toMatchObject({
        pages: Number(row.pages),
        relpages: row.relpages,
        reltuples: row.reltuples,
      });
    }
    expect(relation(taken, 'public.never')).toMatchObject({ relpages: 0, reltuples: -1, statistics: [] });
    expect(relation(taken, 'public.events')).toMatchObject({ pages: null, relpages: -1 });
    expect(relation(taken, 'public.kinds')).toMatchObject({ dropped_columns: 1 });
    expect(relation(taken, 'public.counter')).toMatchObject({ pages: null, relpages: 1, columns: [] });
  });

  it('has every value of pg_statistic, so that it makes the same row again', async () => {
    const taken = await take();
    const connection = await session();
    await connection.run(`SET search_path = ''; SET IntervalStyle = iso_8601; SET TimeZone = 'UTC'`);
    let compared = 0;
    for (const { schemaname, relname, statistics: columns } of taken.relations.values()) {
      for (const column of columns) {
        for (const slot of column.slots.filter((each) => each.stavalues !== null)) {
          const [row] = await connection.query<{ same: boolean }>(
            `SELECT bool_or(v.n = pg_catalog.array_to_string(pg_catalog.array_in($5::cstring, $6::regtype, -1)::text::text[], ',')) AS same
             FROM pg_statistic s JOIN pg_attribute a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
             CROSS JOIN LATERAL (VALUES
               (s.stakind1, pg_catalog.array_to_string(s.stavalues1::text::text[], ',')),
               (s.stakind2, pg_catalog.array_to_string(s.stavalues2::text::text[], ',')),
               (s.stakind3, pg_catalog.array_to_string(s.stavalues3::text::text[], ',')),
               (s.stakind4, pg_catalog.array_to_string(s.stavalues4::text::text[], ',')),
               (s.stakind5, pg_catalog.array_to_string(s.stavalues5::text::text[], ','))) v (kind, n)
             WHERE s.starelid = pg_catalog.format('%I.%I', $1::text, $2::text)::regclass AND a.attname = $3
               AND s.stainherit = $4 AND v.kind = $7::int2 AND a.attname <> 'reg'`,
            [schemaname, relname, column.attname, column.inherited, slot.stavalues, slot.elemtype, slot.stakind],
          );
          if (column.attname === 'reg') continue;
          expect([relname, column.attname, slot.stakind, row?.same]).toEqual([
            relname,
            column.attname,
            slot.stakind,
            true,
          ]);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('has figures of every width exactly', async () => {
    const taken = await take();
    const rows = await (await session()).query<{ attname: string; stanullfrac: number; stadistinct: number }>(
      `SELECT a.attname, s.stanullfrac, s.stadistinct FROM pg_statistic s
       JOIN pg_attribute a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
       WHERE s.starelid = 'kinds'::regclass`,
    );
    for (const row of rows) {
      expect(statistics(taken, 'public.kinds', row.attname)).toMatchObject({
        null_frac: row.stanullfrac,
        n_distinct: row.stadistinct,
      });
    }
    expect(rows.length).toBeGreaterThan(20);
  });

  it('names element types, also where they have no send function or are not the column’s own', async () => {
    const taken = await take();
    const typesOf = (attname: string) =>
      statistics(taken, 'public.kinds', attname).slots.flatMap(({ stakind, elemtype }) =>
        elemtype === null ? [] : [`${stakind} ${elemtype}`],
      );
    expect(typesOf('acl')).toEqual(['1 aclitem[]']);
    expect(typesOf('tags')).toEqual(['1 text[]', '4 text']);
    expect(typesOf('v')).toEqual(['4 text']);
    expect(typesOf('r')).toEqual(['7 int4range', '6 double precision']);
    expect(typesOf('p')).toEqual(['1 public.pair']);
    expect(typesOf('f')).toEqual(['1 public.feeling']);
    expect(typesOf('ci')).toEqual(['1 "My Schéma".citext']);
    expect(typesOf('code')).toEqual(['1 character varying']);
  });

  it('writes functions by number, since their names may be ambiguous', async () => {
    const taken = await take();
    expect(statistics(taken, 'public.kinds', 'reg').slots[0]).toMatchObject({
      elemtype: 'regprocedure',
      stavalues: expect.stringMatching(/^\{(\d+,)*2116(,\d+)*\}$/),
    });
    expect(index(taken, 'kinds_reg').range?.max).toEqual({ value: '2116' });
  });

  it('decodes ndistinct and dependencies to what the server prints', async () => {
    const taken = await take();
    const connection = await session();
    const attnums = await connection.query<{ attname: string; attnum: number }>(
      `SELECT attname, attnum FROM pg_attribute WHERE attrelid = 'kinds'::regclass AND attnum > 0`,
    );
    const number = (name: string) => attnums.find((each) => each.attname === name)?.attnum ?? Number(name);
    for (const name of ['kinds_all', 'kinds_expr', 'kinds_mixed', 'kinds_never']) {
      const [printed] = await connection.query<{ nd: string | null; dep: string | null }>(
        `SELECT stxdndistinct::text AS nd, stxddependencies::text AS dep FROM pg_statistic_ext_data d
         JOIN pg_statistic_ext x ON x.oid = d.stxoid WHERE x.stxname = $1`,
        [name],
      );
      const [data] = extended(taken, name).data;
      if (data === undefined) {
        expect(printed).toBeUndefined();
        continue;
      }
      expect(parsePrinted(printed?.nd)).toEqual(
        data.ndistinct?.map((item) => [item.attributes.map(number), Math.round(item.ndistinct)]) ?? null,
      );
      expect(parsePrinted(printed?.dep)).toEqual(
        data.dependencies?.map((item) => [item.attributes.map(number), Number(item.degree.toFixed(6))]) ?? null,
      );
    }
    expect(extended(taken, 'kinds_all').data[0]?.ndistinct).toHaveLength(11);
  });

  it('has most common values with their frequencies, and statistics of expressions', async () => {
    const taken = await take();
    const [all] = extended(taken, 'kinds_all').data;
    expect(extended(taken, 'kinds_all').columns).toEqual(['b', 'd', 'f', 'code']);
    expect(all?.mcv?.[0]?.values).toHaveLength(4);
    const total = all?.mcv?.reduce((sum, item) => sum + item.frequency, 0) ?? 0;
    expect(total).toBeGreaterThan(0.9);
    const [expressions] = extended(taken, 'kinds_expr').data;
    expect(expressions?.expressions?.map((each) => each?.slots[0]?.elemtype)).toEqual(['integer', 'text']);
    expect(extended(taken, 'kinds_expr').columns).toEqual([]);
  });

  it('keeps the statistics of parents with and without their children', async () => {
    const taken = await take();
    expect(statistics(taken, 'public.parent', 'k').n_distinct).toBe(7);
    expect(statistics(taken, 'public.parent', 'k', true).n_distinct).toBe(9);
    expect(statistics(taken, 'public.events', 'kind', true).n_distinct).toBe(5);
    expect(extended(taken, 'parent_stat').data.map((data) => data.inherited)).toEqual(
      major >= 15 ? [false, true] : [false],
    );
    expect(extended(taken, 'events_stat').data.map((data) => data.inherited)).toEqual([true]);
  });

  it('keeps the order in which things were made, and what belongs to what', async () => {
    const taken = await take();
    expect(relation(taken, 'public.parent').children).toEqual(['public.z_child', 'public.a_child']);
    expect(relation(taken, 'public.a_child').inherits).toEqual(['public.parent']);
    expect(relation(taken, 'public.events')).toMatchObject({ partition_key: 'RANGE (at)', children: [] });
    expect(relation(taken, 'public.events_b')).toMatchObject({
      inherits: ['public.events'],
      partition_bound: 'DEFAULT',
    });
    const ordered = [...relation(taken, 'public.kinds').indexes].sort((a, b) => a.ordinal - b.ordinal);
    expect(ordered.map((each) => each.indexname).slice(0, 4)).toEqual([
      'kinds_pkey',
      'kinds_u',
      'kinds_b',
      'kinds_bytes',
    ]);
    expect(ordered.map((each) => each.ordinal)).toEqual(ordered.map((_, i) => i + 1));
    expect(
      ['kinds_all', 'kinds_expr', 'kinds_mixed', 'kinds_never'].map((name) => extended(taken, name).ordinal),
    ).toEqual([1, 2, 3, 4]);
  });

  it('reads the ends of full B-trees of every type by their operator class', async () => {
    const taken = await take();
    const ends = (name: string) => [index(taken, name).range?.min.value, index(taken, name).range?.max.value];
    expect(ends('kinds_pkey')).toEqual(['1', '3000']);
    expect(ends('kinds_b')).toEqual(['f', 't']);
    expect(ends('kinds_f')).toEqual(['sad', 'glad']);
    expect(ends('kinds_r')).toEqual(['[1,11)', '[3000,3010)']);
    expect(ends('kinds_p')).toEqual(['(0,)', '(49,)']);
    expect(ends('kinds_pattern')).toEqual(['sentinel-code0', 'sentinel-code5']);
    expect(ends('kinds_upper')).toEqual(['SENTINEL-CODE0', 'SENTINEL-CODE5']);
    expect(ends('kinds_desc')).toEqual(['2024-01-01 01:00:00+00', '2024-05-05 00:00:00+00']);
    expect(ends('kinds_first')).toEqual(['PT1M', 'PT50H']);
    expect(ends('kinds_amount')).toEqual(['$0.00', '$89.00']);
    expect(ends('Order by')).toEqual(['0', '10']);
    expect(index(taken, 'kinds_partial').range).toBeNull();
    expect(index(taken, 'kinds_hash').range).toBeNull();
    expect(index(taken, 'events_at').range).toBeNull();
  });

  it('has no end where production’s own probe gives up', async () => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `CREATE TABLE queue (k int, pad text);
       INSERT INTO queue SELECT CASE WHEN i % 20 = 0 THEN 0 ELSE i END, repeat('x', 350) FROM generate_series(1, 40000) i;
       CREATE INDEX queue_k ON queue (k);
       ANALYZE queue;
       DELETE FROM queue WHERE k = 0 AND ctid < '(125,0)';`,
    );
    const taken = await take({}, 'postgres', name);
    expect(index(taken, 'queue_k').range).toEqual({ min: { value: null, gaveUp: true }, max: { value: '39999' } });
  });

  it.each([
    ['text', '', `CASE WHEN i % 20 = 0 THEN 'a' ELSE 'b' || i END`, `k = 'a'`],
    ['varchar(20)', '', `CASE WHEN i % 20 = 0 THEN 'a' ELSE 'b' || i END`, `k = 'a'`],
    ['varchar(20)', 'varchar_ops', `CASE WHEN i % 20 = 0 THEN 'a' ELSE 'b' || i END`, `k = 'a'`],
    ['date', '', `'2000-01-01'::date + CASE WHEN i % 20 = 0 THEN 0 ELSE i END`, `k = '2000-01-01'`],
  ])('sees that the probe gives up for keys of type %s %s too', async (type, opclass, value, common) => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `CREATE TABLE queue (k ${type}, pad text);
       INSERT INTO queue SELECT ${value}, repeat('x', 350) FROM generate_series(1, 40000) i;
       CREATE INDEX queue_k ON queue (k ${opclass});
       ANALYZE queue;
       DELETE FROM queue WHERE ${common} AND ctid < '(125,0)';`,
    );
    expect(index(await take({}, 'postgres', name), 'queue_k').range).toMatchObject({
      min: { value: null, gaveUp: true },
      max: { value: expect.any(String) },
    });
  });

  it('has the end that is committed while another session loads rows beyond it', async () => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `CREATE TABLE load (k int, pad text);
       INSERT INTO load SELECT i, repeat('x', 100) FROM generate_series(1, 40000) i;
       CREATE INDEX load_k ON load (k);
       ANALYZE load;
       INSERT INTO load SELECT i FROM generate_series(40001, 41000) i;`,
    );
    const loader = await session('postgres', name);
    await loader.run('BEGIN; INSERT INTO load SELECT i FROM generate_series(41001, 41500) i');
    const taken = await take({}, 'postgres', name);
    expect(index(taken, 'load_k').range).toEqual({ min: { value: '1' }, max: { value: '41000' } });
  });

  it('keeps one end of an index where the other cannot be read', async () => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
       CREATE TABLE t (k int);
       INSERT INTO t SELECT generate_series(1, 1000);
       CREATE INDEX t_twice ON t (twice(k));
       ANALYZE t;
       CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2000 / (1000 - $1)';`,
    );
    const taken = await take({}, 'postgres', name);
    expect(index(taken, 't_twice').range).toEqual({ min: { value: '2' }, max: { value: null } });
    expect(taken.manifest.unreadable).toMatchObject([
      { object: 'public.t_twice', what: 'range ends', reason: 'division by zero', fatal: false },
    ]);
  });

  it('sees that the probe gives up at the bound of a partition', async () => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `CREATE TABLE log (k date, pad text) PARTITION BY RANGE (k);
       CREATE TABLE log_26 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
       INSERT INTO log SELECT '2026-01-01'::date + CASE WHEN i % 20 = 0 THEN 0 ELSE i % 300 END, repeat('x', 350)
         FROM generate_series(1, 40000) i;
       CREATE INDEX log_26_k ON log_26 (k);
       ALTER TABLE log_26 ALTER k SET STATISTICS 10;
       ANALYZE log;
       DELETE FROM log WHERE k = '2026-01-01' AND ctid < '(125,0)';`,
    );
    expect(index(await take({}, 'postgres', name), 'log_26_k').range).toMatchObject({
      min: { value: null, gaveUp: true },
    });
  });

  it('keeps an index whose build failed, without figures', async () => {
    expect(index(await take(), 'duplicates_id')).toMatchObject({ indisvalid: false, tree_height: null, range: null });
  });

  it('derives the same heights and pages without pageinspect as with it', async () => {
    const exact = await take();
    const derived = await take({}, 'reader');
    const compared = indexes(exact).filter((each) => each.tree_height !== null);
    for (const each of compared) {
      expect([each.indexname, index(derived, each.indexname).tree_height]).toEqual([each.indexname, each.tree_height]);
    }
    expect(index(exact, 'kinds_pkey').tree_height_source).toBe('pageinspect');
    expect(index(derived, 'kinds_pkey').tree_height_source).toBe('explain');
    expect(compared.length).toBeGreaterThan(25);
    expect(index(exact, 'kinds_brin')).toMatchObject({ brin_revmap_pages: 0, brin_source: 'pageinspect' });
    expect(index(derived, 'kinds_brin')).toMatchObject({ brin_revmap_pages: 0, brin_source: 'formula' });
  });

  it('is complete for pg_read_all_data but for what it names', async () => {
    const derived = await take({}, 'reader');
    expect(derived.manifest.unreadable.map(({ object, what, fatal }) => [object, what, fatal])).toEqual([
      ['public.kinds_gin', 'GIN metapage', false],
      ['public.secret_pkey', 'range ends', false],
      ['shared_preload_libraries', 'setting', false],
    ]);
    expect(derived.manifest.unreadable.map((each) => each.hint)).toContain('ALTER ROLE "reader" BYPASSRLS');
    expect(statistics(derived, 'public.secret', 'owner').n_distinct).toBe(-1);
    expect(extended(derived, 'kinds_all').data[0]?.mcv).not.toBeNull();
  });

  it('reads metapages through the helper functions', async () => {
    const name = await server.createDatabase();
    await server.psql(name, await readFile(EVERYTHING, 'utf8'));
    await server.psql(name, helperFunctionsSql('reader', 'stats'));
    const helped = await take({}, 'reader', name);
    expect(index(helped, 'kinds_gin').gin).toEqual(index(await take({}, 'postgres', name), 'kinds_gin').gin);
    expect(index(helped, 'kinds_gin').gin?.nEntries).toBe(10);
    expect(index(helped, 'kinds_pkey').tree_height_source).toBe('pageinspect');
    expect(index(helped, 'kinds_brin').brin_source).toBe('pageinspect');
  });

  it('does not run helper functions of anyone but a superuser, or the owner of the database', async () => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `CREATE TABLE t (id int PRIMARY KEY); CREATE SCHEMA regress;
       CREATE FUNCTION regress.btree_height(regclass) RETURNS int4 LANGUAGE sql SECURITY DEFINER AS 'SELECT 99';
       ALTER FUNCTION regress.btree_height(regclass) OWNER TO bare; GRANT USAGE ON SCHEMA regress TO PUBLIC`,
    );
    expect(index(await take({}, 'reader', name), 't_pkey').tree_height).toBe(0);
    const ofBare = await take({ allowPartial: true }, 'Odd', name);
    expect(index(ofBare, 't_pkey')).toMatchObject({ tree_height: 0, tree_height_source: 'model' });
    // The owner of the database is another matter, for a role that has no rights to lose.
    await server.psql('postgres', `ALTER DATABASE "${name}" OWNER TO bare`);
    const ofOwner = await take({ allowPartial: true }, 'Odd', name);
    expect(index(ofOwner, 't_pkey')).toMatchObject({ tree_height: 99, tree_height_source: 'explain' });
    expect(index(await take({}, 'reader', name), 't_pkey').tree_height).toBe(0);
  });

  it('refuses a role without privileges, names what is missing and the GRANT, and leaves nothing behind', async () => {
    const parent = await temporaryFolder();
    const connection = await session('bare');
    await expect(takeSnapshot(connection, join(parent, 'snapshot'), OPTIONS)).rejects.toMatchObject({
      code: 'privilege',
      detail: expect.stringContaining('column statistics of pg_catalog.pg_statistic: permission denied'),
      hint: 'GRANT pg_read_all_data TO "bare"; or, without a privilege on any table: npx regress-pg init --grants',
    });
    expect(await readdir(parent)).toEqual([]);
    expect(await connection.query('SELECT pg_current_xact_id_if_assigned() AS xact')).toEqual([{ xact: null }]);
  });

  it('takes what such a role can read when that is allowed, and names the rest', async () => {
    const taken = await take({ allowPartial: true }, 'bare');
    expect(taken.manifest.unreadable).toContainEqual({
      object: 'public.kinds',
      what: 'range ends',
      reason: 'permission denied for public.kinds',
      hint: 'GRANT pg_read_all_data TO "bare"',
      fatal: true,
    });
    expect(relation(taken, 'public.kinds')).toMatchObject({ statistics: [], relpages: expect.any(Number) });
    expect(index(taken, 'kinds_pkey')).toMatchObject({ range: null, tree_height: 1, tree_height_source: 'model' });
  });

  it('accepts a role that may read just the columns that indexes begin with', async () => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `CREATE TABLE t (id int PRIMARY KEY, hidden text); INSERT INTO t VALUES (4, 'x'), (9, 'y'); ANALYZE t;
       GRANT SELECT (id) ON t TO "Odd"; GRANT SELECT ON pg_statistic, pg_statistic_ext_data TO "Odd"`,
    );
    expect(index(await take({}, 'Odd', name), 't_pkey').range).toEqual({ min: { value: '4' }, max: { value: '9' } });
  });

  it('holds no value of any column without values', async () => {
    const taken = await take({ values: false });
    expect(taken.manifest.values).toBe(false);
    for (const file of Object.keys(taken.manifest.files)) {
      expect(await readFile(join(taken.directory, file), 'utf8')).not.toMatch(/sentinel/i);
    }
    const kinds = [...taken.relations.values()].flatMap((each) =>
      [...each.statistics, ...each.indexes.flatMap((one) => one.statistics)].flatMap(({ slots }) => slots),
    );
    expect(new Set(kinds.map((slot) => slot.stakind))).toEqual(new Set([3, 5]));
    expect(kinds.every((slot) => slot.stavalues === null)).toBe(true);
    expect(indexes(taken).every((each) => each.range === null)).toBe(true);
    const [all] = extended(taken, 'kinds_all').data;
    expect(all).toMatchObject({ mcv: null, ndistinct: expect.any(Array), dependencies: expect.any(Array) });
    expect(statistics(taken, 'public.kinds', 'code').n_distinct).toBe(6);
    expect(relation(taken, 'public.kinds').columns.find((each) => each.attname === 'flag')?.default).toBe(
      `'kept'::text`,
    );
  });

  it('reads settings as the session began with them, and overrides of planner settings alone', async () => {
    const name = await server.createDatabase();
    await server.psql(
      name,
      `ALTER DATABASE "${name}" SET work_mem = '64MB'; ALTER DATABASE "${name}" SET application_name = 'private';
       ALTER ROLE "Odd" IN DATABASE "${name}" SET random_page_cost = 1.25; ALTER ROLE "Odd" SET log_statement = 'all'`,
    );
    const { manifest } = await take({}, 'postgres', name);
    expect(manifest.settings).toMatchObject({
      work_mem: '65536',
      random_page_cost: '4',
      jit: major >= 19 ? 'off' : 'on',
      search_path: '"$user", public',
      IntervalStyle: 'postgres',
    });
    expect(manifest.role_settings).toEqual([
      { role: null, database: true, settings: { work_mem: '64MB' } },
      { role: 'Odd', database: true, settings: { random_page_cost: '1.25' } },
    ]);
  });

  it('describes the server', async () => {
    const { manifest } = await take();
    expect(manifest.server).toMatchObject({ block_size: 8192, encoding: 'UTF8', lc_collate: 'C', database });
    expect(manifest.server.platform).toMatch(/^\w+-.*linux/);
    expect(manifest.server.system_identifier).toMatch(/^\d+$/);
    expect(Object.keys(manifest.server.collations)).toEqual(['pg_catalog."C"', 'public."Case ""odd"""']);
    expect(manifest.server.extensions.map((each) => each.name)).toEqual(['citext', 'pageinspect', 'plpgsql']);
    expect(manifest.capturedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00$/);
  });

  it('sends nothing that could write, and leaves the session’s settings as they were', async () => {
    const connection = await session();
    const seen: string[] = [];
    const before = await connection.query('SELECT name, setting FROM pg_settings ORDER BY name');
    await takeSnapshot(recording(connection, seen), join(await temporaryFolder(), 's'), OPTIONS);
    expect(await connection.query('SELECT name, setting FROM pg_settings ORDER BY name')).toEqual(before);
    const words = seen.flatMap((sql) => sql.split('; ')).map((sql) => sql.trim().split(/\s/)[0]);
    expect(new Set(words)).toEqual(new Set(['BEGIN', 'SELECT', 'SET', 'EXPLAIN', 'ROLLBACK']));
    expect(seen.filter((sql) => /\bSET (?!LOCAL)/.test(sql))).toEqual([]);
  });

  it('takes no lock above ACCESS SHARE', async () => {
    const watcher = await session();
    const connection = await session();
    const [self] = await connection.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
    const modes = new Set<string>();
    const look = async <T>(work: Promise<T>): Promise<T> => {
      const result = await work;
      const locks = await watcher.query<{ mode: string }>(
        `SELECT DISTINCT mode FROM pg_locks WHERE pid = $1 AND locktype <> 'virtualxid'`,
        [self?.pid],
      );
      for (const { mode } of locks) modes.add(mode);
      return result;
    };
    const watched: Connection = {
      ...connection,
      query: (text, values) => look(connection.query(text, values)),
      run: (text) => look(connection.run(text)),
    };
    await takeSnapshot(watched, join(await temporaryFolder(), 's'), OPTIONS);
    expect([...modes]).toEqual(['AccessShareLock']);
  });

  it('sends no statement that --print-sql does not show', async () => {
    const seen: string[] = [];
    await takeSnapshot(recording(await session(), seen), join(await temporaryFolder(), 's'), OPTIONS);
    const printed = snapshotSql().replaceAll('"schema_of_pageinspect"', '"stats"');
    const perIndex = /^EXPLAIN|^SELECT \d+ AS branch/;
    const unknown = seen
      .flatMap((sql) => sql.split('; '))
      .filter((sql) => !perIndex.test(sql) && !printed.includes(sql));
    expect(unknown).toEqual([]);
    expect(seen.filter((sql) => perIndex.test(sql)).length).toBeGreaterThan(2);
  });

  it('waits for no lock for long: a relation someone rewrites is named, and costs no other', async () => {
    const blocker = await session();
    await blocker.run('BEGIN; LOCK TABLE public.secret IN ACCESS EXCLUSIVE MODE');
    await expect(take({ patience: 500 })).rejects.toMatchObject({
      code: 'snapshot',
      detail: 'relation of public.secret: canceling statement due to lock timeout.',
    });
    const taken = await take({ allowPartial: true, patience: 0 });
    expect(taken.manifest.unreadable).toEqual([
      expect.objectContaining({ object: 'public.secret', what: 'relation', fatal: true }),
    ]);
    expect(taken.relations.has('public.secret')).toBe(false);
    expect(taken.relations.has('public.kinds')).toBe(true);
    await blocker.run('ROLLBACK');
  });

  it('names the element type of a column whose type fails to be sent, and costs no other column anything', async () => {
    const name = await server.createDatabase();
    await server.psql(name, UNWILLING_TYPE);
    const taken = await take({}, 'postgres', name);
    expect(statistics(taken, 'public.t', 'odd').slots[0]).toMatchObject({ elemtype: 'public.odd', stavalues: '{x,y}' });
    expect(statistics(taken, 'public.t', 'id').slots.map((slot) => slot.elemtype)).toContain('integer');
    expect(taken.manifest.unreadable).toEqual([]);
  });

  it('keeps a directory that is no snapshot, and asks the server nothing', async () => {
    const directory = await temporaryFolder();
    await mkdir(join(directory, 'sub'));
    await writeFile(join(directory, 'notes.txt'), 'mine');
    const seen: string[] = [];
    await expect(takeSnapshot(recording(await session(), seen), directory, OPTIONS)).rejects.toMatchObject({
      code: 'snapshot',
    });
    expect(seen).toEqual([]);
    expect((await readdir(directory)).sort()).toEqual(['notes.txt', 'sub']);
  });
});

function recording(connection: Connection, seen: string[]): Connection {
  return {
    ...connection,
    query: (text, values) => {
      seen.push(text);
      return connection.query(text, values);
    },
    run: (text) => {
      seen.push(text);
      return connection.run(text);
    },
  };
}

/** The text of pg_ndistinct or pg_dependencies, of any major, as attribute numbers and figures. */
function parsePrinted(text: string | null | undefined): [number[], number][] | null {
  if (text === null || text === undefined) return null;
  const parsed: unknown = JSON.parse(text.replaceAll(/ => (\d+|-\d+)"/g, ', $1"'));
  if (Array.isArray(parsed)) {
    return parsed.map((item) => [
      [...item.attributes, ...(item.dependency === undefined ? [] : [item.dependency])],
      Number(item.ndistinct ?? item.degree),
    ]);
  }
  return Object.entries(parsed as Record<string, number>).map(([key, value]) => [key.split(', ').map(Number), value]);
}
