import { cp, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();
const major = server?.installation.major;
const BASELINE = `suites/orders.pg${major}.baseline`;

/** A laptop: node and nothing else, so that anything that asks for PostgreSQL fails. */
const LAPTOP = { PATH: dirname(process.execPath), PG_CONFIG: '/nowhere/pg_config' };

/** A copy of a project. */
async function cloneOf(project: Project): Promise<Project> {
  const clone = await emptyProject();
  await cp(project.folder, clone.folder, { recursive: true });
  return clone;
}

/** A copy on a machine whose PostgreSQL is not where regress.yaml says. */
async function laptopOf(project: Project): Promise<Project> {
  const laptop = await cloneOf(project);
  const config = await laptop.read('regress.yaml');
  await laptop.write('regress.yaml', config.replace(/pgConfig: .*/, 'pgConfig: /nowhere/pg_config'));
  return laptop;
}

describe.skipIf(server === null)('update --from', () => {
  let project: Project;

  beforeAll(async () => {
    ({ project } = await makeShopWithSnapshot(server as TestServer));
    await project.edit(
      'suites/orders.yaml',
      '  - name: order-by-id',
      '  - name: by-customer\n    sql: SELECT count(*) FROM orders WHERE customer_id = $1 AND id > 5\n    cases: auto\n    generic: true\n  - name: order-by-id',
    );
    const checked = await project.regress(['check', '--reporter', 'json=results.json']);
    expect(checked.status, checked.stderr).toBe(0);
  });

  const from = (where: Project, ...args: string[]) =>
    where.regress(['update', '--from', 'results.json', ...args], LAPTOP);

  test('writes, without PostgreSQL, what update writes where the plans are made', async () => {
    const [here, laptop] = [await cloneOf(project), await laptopOf(project)];
    const direct = await here.regress(['update', '--all', '--reason', 'first plans']);
    expect(direct.status, direct.stderr).toBe(0);
    expect((await laptop.regress(['check'], LAPTOP)).status, 'nothing can be planned there').toBe(2);
    const stored = await from(laptop, '--all', '--reason', 'first plans');
    expect(stored.status, stored.stderr).toBe(0);
    expect(stored.stdout).toBe(direct.stdout);
    expect(await laptop.read(BASELINE)).toBe(await here.read(BASELINE));
    expect(await laptop.read(BASELINE)).toMatch(/^values: \$1 = /m);
    const again = await from(laptop, '--all', '--reason', 'not said, for nothing changed');
    expect(again.stdout).toMatch(/^0 accepted, \d+ as before\n?$/);
    expect(await laptop.read(BASELINE)).toBe(await here.read(BASELINE));
  });

  test('accepts only what is named, and removes with --all what has no query', async () => {
    const laptop = await laptopOf(project);
    expect((await from(laptop, 'order-by-id')).stdout).toContain('1 accepted, 0 as before');
    const text = await laptop.read(BASELINE);
    expect(text).toContain('query: order-by-id');
    expect(text).not.toContain('query: all-customers');
    await laptop.write(BASELINE, text.replace('query: order-by-id', 'query: of-yore'));
    expect((await from(laptop, '--all')).stdout).toContain('1 stale removed');
    expect(await laptop.read(BASELINE)).not.toContain('of-yore');
    expect(await from(laptop)).toMatchObject({ status: 2, stdout: '' });
    expect(await from(laptop, '--all', '--target', 'postgresql:///x')).toMatchObject({ status: 2, stdout: '' });
  });

  test('has the message of a query that could not be planned', async () => {
    const here = await cloneOf(project);
    await here.edit('suites/orders.yaml', 'FROM customers ORDER', 'FROM custommers ORDER');
    await here.regress(['check', '--reporter', 'json=results.json']);
    const stored = await from(await laptopOf(here), '--all');
    expect(stored.status).toBe(1);
    expect(stored.stderr).toContain('relation "custommers" does not exist');
    expect(stored.stdout).toContain('1 not planned');
  });

  test.each([
    ['text', 'ORDER BY email', 'ORDER BY email DESC', ['all-customers'], 'has another version of all-customers'],
    ['values', 'some: [17]', 'some: [18]', ['orders-of'], 'has another version of orders-of-customer [some]'],
    ['case', 'some: [17]', 'some: [17], more: [18]', ['orders-of'], 'has no plan for orders-of-customer [more]'],
    [
      'automatic case',
      'cases: auto',
      'cases: { one: [1] }',
      ['by-customer'],
      'has another version of by-customer [common]',
    ],
    ['query', 'name: all-customers', 'name: everybody', ['everybody'], 'has no plan for everybody'],
    [
      'suite',
      '  - name: all-customers\n    sql: SELECT * FROM customers ORDER BY email\n',
      '',
      ['--all'],
      'was made with other suites',
    ],
  ])('refuses results of another %s', async (_, before, after, args, message) => {
    const laptop = await laptopOf(project);
    await laptop.edit('suites/orders.yaml', before, after);
    const refused = await from(laptop, ...args);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
    await expect(laptop.read(BASELINE), 'nothing is written').rejects.toThrow('ENOENT');
  });

  test('refuses results of another snapshot or of another map', async () => {
    const laptop = await laptopOf(project);
    await laptop.edit('results.json', '"digest": "', '"digest": "0000');
    const refused = await from(laptop, '--all');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('results.json was made with another snapshot');
    expect(refused.stderr).toContain('It was made with 0000');

    const mapped = await laptopOf(project);
    await mapped.edit('regress.yaml', 'thresholds:', 'map: { schemas: { ours: public } }\nthresholds:');
    expect((await from(mapped, '--all')).stderr).toContain('map.schemas in regress.yaml is not');
  });

  test('takes the word of the results where the snapshot is not here', async () => {
    const laptop = await laptopOf(project);
    await rm(laptop.path('snapshots'), { recursive: true });
    const stored = await from(laptop, '--all');
    expect(stored.status, stored.stderr).toBe(0);
    expect(stored.stderr).toContain('there is no snapshot snapshots/production; the results were made with');
  });

  test.each([
    ['no JSON', 'verdict: fine'],
    ['another format', '{"format":2}'],
    ['a report of something else', '{"format":1,"results":[{}]}'],
  ])('refuses %s', async (_, text) => {
    const laptop = await laptopOf(project);
    await laptop.write('results.json', text);
    const refused = await from(laptop, '--all');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(/results\.json (does not hold results|has format 2)/);
    expect(refused.stderr).not.toContain('unexpected error');
  });
});

const other = (await testMajors()).find((one) => one !== major);

describe.skipIf(server === null || other === undefined)('update --from of a rehearsal', () => {
  test('accepts the plan as the newer major spells it', async () => {
    const planner = (await testServer(other)) as TestServer;
    const { project } = await makeShopWithSnapshot(server as TestServer, planner);
    await project.write(
      'suites/orders.yaml',
      'queries: [{ name: ranked, sql: "SELECT id, rank() OVER (PARTITION BY customer_id ORDER BY id) FROM orders" }]\n',
    );
    const here = (server as TestServer).installation.pgConfig;
    await project.edit('regress.yaml', planner.installation.pgConfig, here);
    expect((await project.regress(['update', '--all'])).status).toBe(0);
    await project.edit('regress.yaml', here, planner.installation.pgConfig);
    await project.regress(['check', '--reporter', 'json=results.json']);
    const laptop = await laptopOf(project);
    expect((await project.regress(['update', '--all'])).status).toBe(0);
    const stored = await laptop.regress(['update', '--all', '--from', 'results.json'], LAPTOP);
    expect(stored.status, stored.stderr).toBe(0);
    const file = `suites/orders.pg${other}.baseline`;
    expect(await laptop.read(file)).toBe(await project.read(file));
    if ((other ?? 0) >= 18) expect(await laptop.read(file)).toContain('Window: ');
  });
});
