import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandLine, type Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { until } from '../support/until.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();

/** So many that several are planned after the change. */
const QUERIES = 30;
const SUITE = [
  'queries:',
  '  - name: held',
  '    sql: SELECT id FROM customers WHERE id = held(1)',
  ...Array.from({ length: QUERIES }, (_, i) => [
    `  - name: q${i}`,
    `    sql: SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.customer_id = ${i}`,
  ]).flat(),
].join('\n');

const HELD = 4711;

const SCHEMA = `CREATE OR REPLACE FUNCTION held(id int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${HELD}); RETURN id; END $$;
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, note text);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE TABLE customers (id int PRIMARY KEY, email text);
INSERT INTO orders SELECT g, g, 'fixture' FROM generate_series(1, 500) g;
INSERT INTO customers SELECT g, 'fixture' FROM generate_series(1, 500) g;`;

describe.skipIf(server === null)('a target that all runs share', () => {
  const { psql, createDatabase, url } = server as TestServer;
  let project: Project;
  let target: string;

  beforeAll(async () => {
    let production: string;
    ({ project, production } = await makeShopWithSnapshot(server as TestServer));
    await project.write('suites/orders.yaml', SUITE);
    await project.edit('regress.yaml', '  prepare:\n    - sql: schema.sql\n', '');
    target = await createDatabase();
    await psql(target, SCHEMA);
    await psql(production, 'DROP INDEX orders_customer_id_idx; UPDATE orders SET customer_id = 7; VACUUM ANALYZE');
    const other = await project.regress(['snapshot', '--source', url(production), '--out', 'snapshots/other']);
    expect(other.status, other.stderr).toBe(0);
    const updated = await project.regress(['update', '--all', '--target', url(target)]);
    expect(updated.status, updated.stderr).toBe(0);
  });

  const check = (...more: string[]) => project.regress(['check', '--target', url(target), ...more], { CI: 'true' });

  const untilFound = (sql: string) => until(sql, async () => (await psql('postgres', sql)).trim() !== '');

  /** From now on the first query of the suite is planned no sooner than `end` says. */
  const hold = async () => {
    const sleeping = 'SELECT pg_sleep(300) AS held';
    const ended = psql(target, `SELECT pg_advisory_lock(${HELD});\n${sleeping};`).catch(() => undefined);
    await untilFound(`SELECT 1 FROM pg_stat_activity WHERE query = '${sleeping};'`);
    return {
      end: async () => {
        await psql('postgres', `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = '${sleeping};'`);
        await ended;
      },
    };
  };

  /** Runs a check, and the work when it plans its first query, which goes on when that is done. */
  const meanwhile = async (work: () => Promise<unknown>) => {
    const held = await hold();
    const checking = check();
    await untilFound(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${HELD} AND NOT granted`);
    await work().finally(held.end);
    return checking;
  };

  test.each([
    ['ANALYZE', 'statistics (public.customers), statistics (public.orders)'],
    ['DROP INDEX orders_customer_id_idx', 'indexes (1 fewer)'],
    ['ALTER TABLE orders ALTER customer_id TYPE bigint', 'columns (public.orders)'],
  ])('%s while queries are planned ends with 2', async (change, named) => {
    const checked = await meanwhile(() => psql(target, change));
    expect(checked).toMatchObject({ status: 2, stdout: '' });
    expect(checked.stderr).toContain('the target changed while queries were planned');
    expect(checked.stderr).toContain(named);
    await psql(target, `DROP TABLE orders CASCADE; DROP TABLE customers; ${SCHEMA}`);
  });

  test('the restore of another snapshot waits, and the verdict is as without it', async () => {
    let ended: Promise<{ exitCode?: number | undefined }> | undefined;
    let said = '';
    const checked = await meanwhile(async () => {
      const args = ['restore', '--target', url(target), '--snapshot', 'snapshots/other'];
      const restoring = execa('node', [commandLine(), ...args], {
        cwd: project.folder,
        reject: false,
        stdin: 'ignore',
      });
      restoring.stderr.on('data', (data: Buffer) => {
        said += data.toString();
      });
      ended = restoring;
      const wait = 'waiting for another run that uses the target';
      await until('the wait is told', () => said.includes(wait) || restoring.exitCode !== null);
      expect(said).toContain(wait);
    });
    const done = await ended;
    expect(checked.status, checked.stdout + checked.stderr).toBe(0);
    expect(done?.exitCode, said).toBe(0);
  });

  test('two checks of different snapshots at once are both right', async () => {
    const few = Array.from({ length: 5 }, (_, i) => `q${i}`);
    const [same, other] = await Promise.all([check(...few), check(...few, '--snapshot', 'snapshots/other')]);
    expect(same.status, same.stdout + same.stderr).toBe(0);
    expect(other.status, other.stderr).not.toBe(2);
    expect(other.stdout).not.toBe(same.stdout);
    expect((await check(...few)).status).toBe(0);
  });
});
