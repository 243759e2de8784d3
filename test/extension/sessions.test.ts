import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { FILL_TWINS, twinSchemas } from './twins.ts';

const majors = await testMajors();

const QUERIES = [
  'SELECT * FROM items WHERE id > 8500',
  'SELECT * FROM items WHERE tags @> ARRAY[3]',
  `SELECT * FROM items WHERE at < '2024-01-01 01:00+00'`,
];

async function plans(session: Connection, schema: string): Promise<string[]> {
  await session.run(`SET search_path = ${schema}, public`);
  const texts: string[] = [];
  for (const query of QUERIES) {
    const rows = await session.run<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`);
    texts.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  return texts;
}

async function untilSomebodyWaits(session: Connection): Promise<void> {
  for (;;) {
    const [row] = await session.run<{ waits: boolean }>('SELECT count(*) > 0 AS waits FROM pg_locks WHERE NOT granted');
    if (row?.waits) return;
  }
}

describe.runIf(majors.length > 0).each(majors)('sessions of PostgreSQL %i', (major) => {
  async function withTwins(work: (server: TestServer, database: string) => Promise<void>): Promise<void> {
    const server = (await testServer(major)) as TestServer;
    const database = await twinSchemas(server);
    await server.psql(database, FILL_TWINS);
    await work(server, database);
  }

  it('see each restore with their next plan, and nothing of the one before', () =>
    withTwins(async (server, database) => {
      await server.psql(database, 'CREATE TABLE first AS TABLE regress_planner.index');
      const session = await connect(server.url(database), 'target');
      try {
        const first = await plans(session, 'production');
        expect(await plans(session, 'clone')).toEqual(first);

        await server.psql(
          database,
          `INSERT INTO production.items SELECT i, '2024-01-01 00:00+00'::timestamptz - i * interval '1 minute', ARRAY[i]
             FROM generate_series(9001, 30000) AS i;
           ANALYZE production.items;
           SELECT restore('items');`,
        );
        const second = await plans(session, 'production');
        expect(second).not.toEqual(first);
        expect(await plans(session, 'clone')).toEqual(second);

        await server.psql(database, 'DELETE FROM regress_planner.index; DELETE FROM regress_planner.relation;');
        const none = await plans(session, 'clone');
        await session.run('SET regress_planner.enabled = off');
        expect(await plans(session, 'clone')).toEqual(none);
      } finally {
        await session.close();
      }
    }));

  it('are not held up by a restore that is going on, and do not hold it up', () =>
    withTwins(async (server, database) => {
      const planning = await connect(server.url(database), 'target');
      const restoring = await connect(server.url(database), 'target');
      try {
        const before = await plans(planning, 'clone');
        await planning.run(`SET lock_timeout = '5s'; BEGIN`);
        await restoring.run(`SET lock_timeout = '5s'; BEGIN; DELETE FROM regress_planner.index`);
        expect(await plans(planning, 'clone')).toEqual(before);
        await restoring.run('COMMIT');
        expect(await plans(planning, 'clone')).not.toEqual(before);
        await restoring.run('TRUNCATE regress_planner.relation, regress_planner.index');
        await planning.run('COMMIT');
      } finally {
        await planning.close();
        await restoring.close();
      }
    }));

  it.each([
    { order: ['relation', 'statistics_object', 'index'] },
    { order: ['index', 'statistics_object', 'relation'] },
  ])('are in no deadlock with one that locks the side tables in the order $order', ({ order }) =>
    withTwins(async (server, database) => {
      const planning = await connect(server.url(database), 'target');
      const locking = await connect(server.url(database), 'target');
      try {
        const before = await plans(planning, 'clone');
        await locking.run(`SET deadlock_timeout = '10s'; BEGIN`);
        const lock = (table: string) => locking.run(`LOCK TABLE regress_planner.${table} IN ACCESS EXCLUSIVE MODE`);
        await lock(order[0] as string);
        const waited = plans(planning, 'clone');
        await untilSomebodyWaits(locking);
        for (const table of order.slice(1)) await lock(table);
        await locking.run('COMMIT');
        expect(await waited).toEqual(before);
      } finally {
        await planning.close();
        await locking.close();
      }
    }),
  );

  it('go on with the first of two copies of the library', () =>
    withTwins(async (server, database) => {
      const copy = join(await temporaryFolder(), 'copy.so');
      await copyFile(await server.library(), copy);
      const session = await connect(server.url(database), 'target');
      try {
        const before = await plans(session, 'clone');
        await session.run(`LOAD '${copy}'`);
        expect(session.notices()).toEqual(['regress_planner is already loaded from another file']);
        expect(await plans(session, 'clone')).toEqual(before);
      } finally {
        await session.close();
      }
    }));

  it('have a fixed time from the first message after it is set, by the extended protocol too', () =>
    withTwins(async (server, database) => {
      const session = await connect(server.url(database), 'target');
      try {
        await session.query('BEGIN');
        await session.query(`SET LOCAL regress_planner.now = '2024-01-03 12:00+00'`);
        await session.query(`SET LOCAL timezone = 'UTC'`);
        const [time] = await session.query(
          `SELECT now()::text, 'now'::timestamptz::text AS literal, $1::timestamptz::text AS parameter`,
          ['now'],
        );
        const frozen = '2024-01-03 12:00:00+00';
        expect(time).toEqual({ now: frozen, literal: frozen, parameter: frozen });
        const rows = async (condition: string) => {
          const [plan] = await session.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
            `EXPLAIN (FORMAT JSON) SELECT * FROM clone.items WHERE ${condition}`,
          );
          return plan?.['QUERY PLAN'][0].Plan['Plan Rows'];
        };
        const expected = await rows(`at > '${frozen}'`);
        expect(expected).toBeGreaterThan(4000);
        expect(await rows('at > now()')).toBe(expected);
        expect(await rows('at > statement_timestamp()')).toBe(expected);
        expect(await rows(`at > 'now'`)).toBe(expected);
        await session.query('ROLLBACK');
        const [real] = await session.query<{ real: boolean }>(
          `SELECT now() > '2025-01-01' AND statement_timestamp() > '2025-01-01' AS real`,
        );
        expect(real).toEqual({ real: true });
      } finally {
        await session.close();
      }
    }));
});
