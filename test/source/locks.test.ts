import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodePlan } from '../../src/explain/index.ts';
import { SILENT } from '../../src/model/progress.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { type PlanRequest, type SnapshotOptions, takeSnapshot } from '../../src/source/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';

const OPTIONS: SnapshotOptions = { values: true, allowPartial: false, progress: SILENT, regressVersion: 'test' };
/** Of the database that a migration runs in meanwhile, and of that of the other tests. */
const [MANY, TABLES] = [Number(process.env.REGRESS_TEST_TABLES ?? 300), 60];

const tables = (count: number) => `
SELECT format('CREATE TABLE t%1$s (id int PRIMARY KEY, a int, b text, c timestamptz, d numeric);
  CREATE INDEX ON t%1$s (a); CREATE INDEX ON t%1$s (b); CREATE INDEX ON t%1$s (c, d);
  INSERT INTO t%1$s SELECT g, g %% 50, md5(g::text), now() - g * interval ''1 min'', g / 7.0 FROM generate_series(1, 60) g;', i)
FROM generate_series(1, ${count}) i \\gexec
ANALYZE;`;

/** Longer than a lock of a snapshot may last, and an ALTER TABLE wait for it. */
const TOO_LONG_MS = 2000;

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('what a snapshot locks on PostgreSQL %i', (major) => {
  let server: TestServer;
  let database: string;
  let large: string;
  const open: Connection[] = [];

  beforeAll(
    async () => {
      server = (await testServer(major)) as TestServer;
      database = await server.createDatabase();
      await server.psql(database, tables(TABLES));
      large = await server.createDatabase();
      await server.psql(large, tables(MANY));
    },
    120_000 + MANY * 100,
  );

  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });

  async function session(name = database): Promise<Connection> {
    const connection = await connect(server.url(name), 'source');
    open.push(connection);
    return connection;
  }

  /** Takes a snapshot while another session looks at its locks: how old the oldest got, and how many there were at once. */
  async function watched(
    name: string,
    options: Partial<SnapshotOptions> = {},
    meanwhile?: (table: string) => Promise<void>,
  ) {
    const [watcher, connection] = [await session(name), await session(name)];
    let done = false;
    const taking = takeSnapshot(connection, join(await temporaryFolder(), 's'), { ...OPTIONS, ...options }).finally(
      () => {
        done = true;
      },
    );
    taking.catch(() => undefined);
    let first = new Map<string, number>();
    let [oldest, most] = [0, 0];
    const others: Promise<void>[] = [];
    while (!done) {
      const rows = await watcher.query<{ lock: string; table: string }>(
        `SELECT l.pid || ' ' || l.virtualtransaction || ' ' || l.relation AS lock,
                COALESCE(i.indrelid, l.relation)::regclass::text AS table
         FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid LEFT JOIN pg_index i ON i.indexrelid = l.relation
         WHERE s.application_name LIKE 'regress %' AND s.datname = current_database()
           AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384`,
      );
      const now = Date.now();
      first = new Map(rows.map(({ lock }) => [lock, first.get(lock) ?? now]));
      oldest = Math.max(oldest, ...[...first.values()].map((since) => now - since));
      most = Math.max(most, rows.length);
      const table = rows.at(-1)?.table;
      if (table !== undefined && meanwhile !== undefined && others.length < 5) others.push(meanwhile(table));
      await sleep(25);
    }
    await Promise.all(others);
    return { manifest: await taking, oldest, most };
  }

  /** A query for each of some tables, asked for as the suites' are. */
  const requests = (count: number): PlanRequest[] =>
    Array.from({ length: count }, (_, i) => ({
      ...{ suite: 's.yaml', query: `q${i}`, case: null, digest: 'd' },
      explain: async (connection) => {
        const sql = `SELECT * FROM t${i + 1} x JOIN t${i + 2} y USING (id) WHERE x.a = 3 ORDER BY y.c`;
        await connection.run(`BEGIN READ ONLY; SET LOCAL application_name = 'regress plans'`);
        const [row] = await connection.run<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON, VERBOSE) ${sql}`);
        await connection.run('ROLLBACK');
        return { plan: decodePlan(row?.['QUERY PLAN']), now: '2026-01-02T03:04:05+00' };
      },
    }));

  it(
    'is let go within two seconds, however many tables and plans there are, and an ALTER TABLE waits no longer',
    async () => {
      let longest = 0;
      const { manifest, oldest, most } = await watched(large, { plans: async () => requests(120) }, async (table) => {
        const other = await session(large);
        const start = Date.now();
        await other.run(`BEGIN; ALTER TABLE ${table} ADD COLUMN added int; ROLLBACK`);
        longest = Math.max(longest, Date.now() - start);
      });
      const figures = `oldest lock ${oldest} ms, at most ${most} at once, ALTER TABLE waited at most ${longest} ms`;
      console.log(`snapshot of ${MANY} tables on PostgreSQL ${major}: ${figures}`);
      expect(Object.keys(manifest.files)).toHaveLength(MANY);
      expect(manifest.unreadable).toEqual([]);
      expect(manifest.coverage?.indexes).toEqual({ all: 4 * MANY, exact: 4 * MANY });
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThan(5 * MANY);
      expect(oldest).toBeLessThan(TOO_LONG_MS);
      expect(longest).toBeGreaterThan(0);
      expect(longest).toBeLessThan(TOO_LONG_MS);
    },
    120_000 + MANY * 100,
  );

  it('is let go as soon where the function of an index is slow', async () => {
    await server.psql(
      database,
      `CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
       CREATE TABLE slow_one (a int, b int); INSERT INTO slow_one SELECT g, g FROM generate_series(1, 500) g;
       CREATE INDEX slow_one_slow ON slow_one (slow(a)); CREATE INDEX slow_one_b ON slow_one (b); ANALYZE slow_one;
       CREATE OR REPLACE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM pg_sleep(5); RETURN $1; END';`,
    );
    const { manifest, oldest } = await watched(database);
    await server.psql(database, 'DROP TABLE slow_one');
    expect(manifest.unreadable).toMatchObject([
      { object: 'public.slow_one_slow', what: 'range ends', reason: 'canceling statement due to statement timeout' },
    ]);
    expect(oldest).toBeLessThan(TOO_LONG_MS);
  });

  it.each(['TABLE public.t7', 'TABLE public.t7, public.t8, public.t50'])(
    'is not waited for: what somebody else has locked (%s) is read when all else was',
    async (locked) => {
      const blocker = await session();
      await blocker.run(`BEGIN; LOCK ${locked} IN ACCESS EXCLUSIVE MODE`);
      const connection = await session();
      let read = 0;
      const taken = await takeSnapshot(connection, join(await temporaryFolder(), 's'), {
        ...OPTIONS,
        onRelation: () => {
          read += 1;
          if (read === TABLES - locked.split(',').length) setTimeout(() => void blocker.run('ROLLBACK'), 600);
        },
      });
      expect(taken.unreadable).toEqual([]);
      expect(Object.keys(taken.files)).toHaveLength(TABLES);
    },
  );

  it('names what stays locked, once, and an index that is being built anew counts as its table', async () => {
    const blocker = await session();
    await blocker.run('BEGIN; REINDEX INDEX public.t9_pkey; LOCK TABLE public.t10 IN ACCESS EXCLUSIVE MODE');
    const connection = await session();
    const options = { ...OPTIONS, allowPartial: true, patience: 300 };
    const start = Date.now();
    const taken = await takeSnapshot(connection, join(await temporaryFolder(), 's'), options);
    expect(taken.unreadable.map(({ object, what }) => [object, what])).toEqual([
      ['public.t10', 'relation'],
      ['public.t9', 'relation'],
    ]);
    expect(Object.keys(taken.files)).toHaveLength(TABLES - 2);
    expect(Date.now() - start).toBeLessThan(60_000);
  });
});
