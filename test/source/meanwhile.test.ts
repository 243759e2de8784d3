import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodePlan } from '../../src/explain/index.ts';
import { SILENT } from '../../src/model/progress.ts';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { openSnapshot } from '../../src/snapshot/index.ts';
import { type PlanRequest, type SnapshotOptions, takeSnapshot } from '../../src/source/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { standbyOf, usualServer } from '../support/usual-server.ts';

const OPTIONS: SnapshotOptions = { values: true, allowPartial: false, progress: SILENT, regressVersion: 'test' };

const SCHEMA = `
SELECT format('CREATE TABLE t%1$s (id int PRIMARY KEY, a int); INSERT INTO t%1$s SELECT g, g + %1$s * 1000 FROM generate_series(1, 500) g;
  CREATE INDEX t%1$s_a ON t%1$s (a);', i) FROM generate_series(1, 6) i \\gexec
CREATE TABLE child () INHERITS (t6);
ANALYZE;`;

/** A connection that says what it is about to send, and waits. */
function told(connection: Connection, before: (sql: string) => Promise<void>): Connection {
  return {
    ...connection,
    query: async (text, values) => {
      await before(text);
      return connection.query(text, values);
    },
    run: async (text) => {
      await before(text);
      return connection.run(text);
    },
  };
}

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('a source that changes meanwhile, on PostgreSQL %i', (major) => {
  let server: TestServer;
  let database: string;
  const open: Connection[] = [];

  beforeEach(async () => {
    server = (await testServer(major)) as TestServer;
    database = await server.createDatabase();
    await server.psql(database, SCHEMA);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });

  async function session(url = server.url(database)): Promise<Connection> {
    const connection = await connect(url, 'source');
    open.push(connection);
    return connection;
  }

  async function take(connection: Connection, options: Partial<SnapshotOptions> = {}) {
    const directory = join(await temporaryFolder(), 's');
    const manifest = await takeSnapshot(connection, directory, { ...OPTIONS, ...options });
    const snapshot = await openSnapshot(directory);
    const relations = new Map<string, RelationSnapshot>();
    for await (const relation of snapshot.relations()) relations.set(relation.relname, relation);
    return { manifest, relations, plans: await snapshot.plans() };
  }

  const CHANGES = `DROP TABLE t1; ALTER TABLE t2 RENAME TO was_two; ALTER TABLE t3 RENAME TO t2; TRUNCATE t4;
    CREATE TABLE t1 (id int PRIMARY KEY); DROP INDEX t5_a; ALTER TABLE child RENAME TO offspring`;

  it.each([
    ['before it is read', /relhassubclass/],
    ['between its statistics and its range ends', /^EXPLAIN/],
    ['when all was read', /string_agg.*kept_values/s],
  ])(
    'has every relation whole and under its name, where it was dropped, renamed, truncated or made %s',
    async (_, at) => {
      const other = await session();
      let seen = 0;
      // The list is asked for twice.
      const wanted = at.source.includes('kept_values') ? 2 : 1;
      const connection = told(await session(), async (sql) => {
        if (at.test(sql) && ++seen === wanted) await other.run(CHANGES);
      });
      const { manifest, relations } = await take(connection);
      expect(manifest.unreadable).toEqual([]);
      expect([...relations.keys()].sort()).toEqual(['offspring', 't1', 't2', 't4', 't5', 't6', 'was_two']);
      const ends = (name: string, index: string) =>
        relations.get(name)?.indexes.find(({ indexname }) => indexname === index)?.range?.min.value;
      expect([ends('was_two', 't2_a'), ends('t2', 't3_a')]).toEqual(['2001', '3001']);
      expect(relations.get('t4')).toMatchObject({ pages: 0 });
      expect(ends('t4', 't4_a')).toBeNull();
      expect(relations.get('t5')?.indexes.map(({ indexname }) => indexname)).toEqual(['t5_pkey']);
      expect(relations.get('t6')?.children).toEqual(['public.offspring']);
      // It is what a snapshot without any change would be.
      expect(manifest.digest).toBe((await take(await session())).manifest.digest);
    },
  );

  /** The query's plan, after something happens. */
  const request = (before: (round: number) => Promise<void>): PlanRequest => {
    let round = 0;
    return {
      ...{ suite: 's.yaml', query: 'q', case: null, digest: 'd' },
      explain: async (connection) => {
        round += 1;
        await before(round);
        const sql = 'EXPLAIN (FORMAT JSON, VERBOSE) SELECT * FROM t5 WHERE a > 5100';
        await connection.run(`BEGIN READ ONLY; SET LOCAL lock_timeout = '300ms'`);
        try {
          const [row] = await connection.run<{ 'QUERY PLAN': unknown }>(sql);
          return { plan: decodePlan(row?.['QUERY PLAN']), now: '2026-01-02T03:04:05+00' };
        } finally {
          await connection.run('ROLLBACK');
        }
      },
    };
  };

  const ROWS = 'INSERT INTO t5 SELECT (SELECT max(id) FROM t5) + g, g FROM generate_series(1, 5000) g';
  const GROW = `${ROWS}; ANALYZE t5`;

  it.each([
    ['rows and ANALYZE', GROW],
    [
      'ANALYZE of a column alone',
      'UPDATE t5 SET a = 1 WHERE id = 7; ALTER TABLE t5 ALTER a SET STATISTICS 5; ANALYZE t5 (a)',
    ],
    ['rows that no ANALYZE has seen', ROWS],
    ['an index', 'CREATE INDEX t5_late ON t5 (a, id)'],
  ])('takes plans and statistics of one state, where %s came between them', async (_, sql) => {
    const other = await session();
    const plans = [request(async (round) => (round === 1 ? void (await other.run(sql)) : undefined))];
    const taken = await take(await session(), { plans: async () => plans });
    const [again] = (await take(await session(), { plans: async () => [request(async () => undefined)] })).plans ?? [];
    expect(taken.plans?.[0]).toMatchObject({ plan: again?.plan });
    expect(taken.plans?.[0]).not.toHaveProperty('changed');
    expect(taken.manifest.digest).toBe((await take(await session())).manifest.digest);
  });

  it('says of a plan that its relations change as often as they are read', async () => {
    const other = await session();
    const plans = [request(async () => void (await other.run(GROW)))];
    const taken = await take(await session(), { plans: async () => plans });
    expect(taken.plans?.[0]).toMatchObject({ changed: ['"public"."t5"'], plan: { nodeType: expect.any(String) } });
  });

  it('plans a query whose table is locked when it no longer is, and gives up one that is', async () => {
    const other = await session();
    const lock = async (round: number) => {
      if (round === 1) await other.run('BEGIN; LOCK TABLE t5 IN ACCESS EXCLUSIVE MODE');
      if (round === 2) await other.run('ROLLBACK');
    };
    const planned = await take(await session(), { patience: 5000, plans: async () => [request(lock)] });
    expect(planned.plans?.[0]).toMatchObject({ error: null, plan: expect.anything() });
    await other.run('ROLLBACK');
    const start = Date.now();
    const keep = async (round: number) => (round === 1 ? lock(1) : undefined);
    const given = await take(await session(), { patience: 800, plans: async () => [request(keep)] });
    expect(given.plans?.[0]).toMatchObject({ plan: null, error: 'canceling statement due to lock timeout' });
    expect(Date.now() - start).toBeLessThan(20_000);
  });
});

describe.runIf(majors.length > 0).each(majors)('a standby whose recovery is in the way, on PostgreSQL %i', (major) => {
  it('is read again, over a new session where the old one was ended, and no longer than some tries', async () => {
    const { installation } = (await testServer(major)) as TestServer;
    const primary = await usualServer(installation, ['autovacuum=off', 'fsync=off', 'synchronous_commit=off']);
    const standby = await standbyOf(primary, installation, [
      'max_standby_streaming_delay=0',
      'hot_standby_feedback=off',
    ]);
    const writer = await connect(primary, 'target');
    await writer.run(
      `CREATE TABLE busy (id int PRIMARY KEY, n int); INSERT INTO busy SELECT g, 0 FROM generate_series(1, 200) g;
       DO $$ BEGIN FOR i IN 1..80 LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a int)', i);
         EXECUTE format('INSERT INTO t%s SELECT g, g FROM generate_series(1, 50) g', i); END LOOP; END $$; ANALYZE`,
    );
    /** Makes what running transactions on the standby still see vanish. */
    const conflict = async () => {
      await writer.run('UPDATE busy SET n = n + 1');
      await writer.run('VACUUM busy');
      const [written] = await writer.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
      const replayed = 'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there';
      while (!(await reader.query<{ there: boolean }>(replayed, [written?.lsn]))[0]?.there) await sleep(10);
    };
    // So that what it writes is at the standby at once.
    await writer.run('SET synchronous_commit = on');
    const conflicts = async () => {
      const [row] = await reader.query<{ count: number }>(
        'SELECT confl_snapshot::int AS count FROM pg_stat_database_conflicts WHERE datname = current_database()',
      );
      return row?.count ?? 0;
    };
    const reader = await connect(standby, 'source');
    for (;;) {
      const [row] = await reader.query<{ there: boolean }>(
        `SELECT to_regclass('t80') IS NOT NULL AND EXISTS (SELECT FROM pg_stats WHERE tablename = 't80') AS there`,
      );
      if (row?.there) break;
      await sleep(50);
    }
    const directory = join(await temporaryFolder(), 's');
    let reopened = 0;
    const reopen = async () => {
      reopened += 1;
      return told(await connect(standby, 'source'), interrupt);
    };
    let sent = 0;
    let often = 25;
    // In the middle of steps of every kind: the list, the statistics, the probes.
    const interrupt = async (sql: string) => {
      sent += 1;
      if (!sql.startsWith('BEGIN') && !sql.startsWith('ROLLBACK') && sent % often === 0) await conflict();
    };
    const first = told(await connect(standby, 'source'), interrupt);
    const before = await conflicts();
    const taken = await takeSnapshot(first, directory, { ...OPTIONS, reopen });
    expect(await conflicts()).toBeGreaterThan(before);
    expect(reopened).toBeGreaterThan(0);
    expect(taken.unreadable).toEqual([]);
    expect(Object.keys(taken.files)).toHaveLength(81);
    await first.close();

    // A conflict with every statement is one too many.
    often = 1;
    const second = told(await connect(standby, 'source'), interrupt);
    await expect(takeSnapshot(second, directory, { ...OPTIONS, reopen })).rejects.toMatchObject({
      code: 'snapshot',
      hint: expect.stringContaining('hot_standby_feedback'),
    });
    await second.close();
    await Promise.all([reader.close(), writer.close()]);
  });
});
