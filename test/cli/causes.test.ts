import { cp } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Outcome, type Project, runRegress } from '../support/project.ts';
import { makeRepository, type TestRepository } from '../support/repository.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();

const INDEX = 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n';

interface Result {
  readonly query: string;
  readonly status: string;
  readonly branchStatus?: string;
  readonly findings: { readonly code: string; readonly cause?: readonly string[]; readonly detail?: string }[];
}

/** Of a JSON report, each query that differs with the causes of its findings. */
function causesIn({ stdout }: Outcome): Record<string, string[]> {
  const { results } = JSON.parse(stdout) as { results: Result[] };
  const compared = results.map(({ query, findings }) => [query, findings.flatMap(({ cause }) => cause ?? [])] as const);
  return Object.fromEntries(
    compared.filter(([, causes]) => causes.length > 0).map(([query, causes]) => [query, [...new Set(causes)].sort()]),
  );
}

describe.skipIf(server === null)('why a plan changed, with committed baselines', () => {
  const { url, psql } = server as TestServer;
  let project: Project;
  let repository: TestRepository;

  /** The accepted state is on main; the branch `grown` has a snapshot of a production with more customers. */
  beforeAll(async () => {
    const shop = await makeShopWithSnapshot(server as TestServer);
    project = shop.project;
    expect(await project.regress(['update', '--all'])).toMatchObject({ status: 0 });
    repository = await makeRepository(project);
    await repository.branch('grown');
    await psql(
      shop.production,
      `INSERT INTO customers SELECT g, 'c' || g || '@example.org' FROM generate_series(501, 900) g; VACUUM ANALYZE;`,
    );
    expect(await project.regress(['snapshot', '--source', url(shop.production)])).toMatchObject({ status: 0 });
    await repository.commit('a new snapshot');
    await repository.branch('faster', 'grown');
    await psql(
      shop.production,
      `ALTER DATABASE "${shop.production}" SET random_page_cost = 1.1; ALTER DATABASE "${shop.production}" SET cpu_tuple_cost = 0.1`,
    );
    expect(await project.regress(['snapshot', '--source', url(shop.production)])).toMatchObject({ status: 0 });
    await repository.commit('other settings');
  });

  afterEach(async () => {
    await repository.git('checkout', '--quiet', '--force', 'main');
    await repository.git('clean', '-fdq');
  });

  const check = (...args: string[]) => project.regress(['check', '--reporter', 'json', ...args], { CI: 'true' });

  test('the snapshot: a table grew', async () => {
    await repository.branch('feature', 'grown');
    const found = await check();
    expect(found.status, found.stderr).toBe(1);
    expect(causesIn(found)).toEqual({ 'all-customers': ['snapshot'] });
    const { causes, results } = JSON.parse(found.stdout);
    expect(causes).toEqual({
      branch: 0,
      settings: 0,
      snapshot: 1,
      version: 0,
      unknown: 0,
      growth: 'public.customers grew 80 %',
    });
    const result = results.find(({ query }: Result) => query === 'all-customers');
    expect(result).toMatchObject({ status: 'fail', branchStatus: 'ok' });
    expect(result.findings[0].detail).toBe(
      'Cause: public.customers grew 80 % since the baseline; this branch did not cause it.',
    );
    expect((await project.regress(['check'])).stdout).toContain(
      'Causes  0 plans changed by this branch | 1 because the snapshot changed (public.customers grew 80 % since the baseline) | 0 by settings\n',
    );
  });

  test('the branch, though the snapshot changed too; the exit status can be its alone', async () => {
    await repository.branch('feature', 'grown');
    const calm = await project.regress(['check', '--fail-on', 'branch']);
    expect(calm.status, calm.stdout).toBe(0);
    expect(calm.stdout).toContain('this branch did not cause 1 failure, which does not count (failOn: branch)');
    await project.edit('schema.sql', INDEX, '');
    await project.edit('regress.yaml', 'thresholds:', 'failOn: branch\nthresholds:');
    const found = await check();
    expect(found.status, found.stderr).toBe(1);
    expect(causesIn(found)).toEqual({ 'all-customers': ['snapshot'], 'orders-of-customer': ['schema'] });
    const detail = JSON.parse(found.stdout).results.find(({ query }: Result) => query === 'orders-of-customer')
      .findings[0].detail;
    expect(detail).toBe(
      'Cause: the branch changed the schema; the finding is the same with the snapshot of the baseline.',
    );
    expect(JSON.parse(found.stdout).causes).toMatchObject({ branch: 1, snapshot: 1 });
    expect((await check('--fail-on', 'any', 'all-customers')).status).toBe(1);
    expect((await check('all-customers')).status).toBe(0);
  });

  test('the settings of production, told from its data', async () => {
    await repository.branch('feature', 'faster');
    const found = await check();
    expect(causesIn(found)).toMatchObject({ 'all-customers': expect.arrayContaining(['settings']) });
    const { causes, results } = JSON.parse(found.stdout);
    expect(causes.branch).toBe(0);
    expect(causes.settings).toBeGreaterThan(0);
    const details = results.flatMap(({ findings }: Result) => findings.map(({ detail }) => detail ?? '')).join('\n');
    expect(details).toContain('cpu_tuple_cost went from 0.01 to 0.1');
    expect((await check('--fail-on', 'branch')).status).toBe(0);
  });

  test('a setting that the branch makes is its doing', async () => {
    await repository.branch('feature', 'grown');
    await project.write(
      'schema.sql',
      `${await project.read('schema.sql')}DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET cpu_tuple_cost = 0.1', current_database()); END $$;\n`,
    );
    const found = await check('--fail-on', 'branch');
    expect(found.status, found.stderr).toBe(1);
    expect(causesIn(found)).toEqual({ 'all-customers': ['settings'] });
    expect(JSON.parse(found.stdout).causes).toMatchObject({ branch: 1, settings: 0, snapshot: 0 });
  });

  test('the query, told from the schema by its text of then', async () => {
    await repository.branch('feature', 'grown');
    await project.edit(
      'suites/orders.yaml',
      'SELECT id, note FROM orders WHERE customer_id = $1',
      'SELECT id, note FROM orders WHERE customer_id + 0 = $1',
    );
    expect(causesIn(await check())).toMatchObject({ 'orders-of-customer': ['query'] });
    // With the index gone the old query is as bad.
    await project.edit('schema.sql', INDEX, '');
    const both = await check();
    expect(causesIn(both)).toMatchObject({ 'orders-of-customer': ['schema'] });
    expect(both.stdout).toContain('the finding is the same with the query and snapshot of the baseline.');
    // What only fits together is one change.
    await project.edit('schema.sql', 'customer_id int NOT NULL', 'buyer_id int NOT NULL');
    await project.edit('suites/orders.yaml', 'customer_id + 0 = $1', 'buyer_id = $1');
    expect(causesIn(await check())['orders-of-customer']).toEqual(['query', 'schema']);
  });

  test('says that it does not know where the old snapshot is not to be had, and takes it as named', async () => {
    await repository.branch('feature', 'grown');
    const clone = `${project.folder}-clone`;
    await execa('git', ['clone', '--quiet', '--depth', '1', '--branch', 'feature', `file://${project.folder}`, clone]);
    const run = (...args: string[]) =>
      runRegress(['check', '--reporter', 'json', '--fail-on', 'branch', ...args], { cwd: clone });
    const unknown = await run();
    expect(unknown.status, unknown.stderr).toBe(1);
    expect(JSON.parse(unknown.stdout).causes).toMatchObject({ snapshot: 0, unknown: 1 });
    expect(unknown.stdout).toContain('its snapshot is not in this shallow clone (git fetch --unshallow)');
    await repository.git('checkout', '--quiet', '--force', 'main');
    await cp(project.path('snapshots/production'), `${clone}-old`, { recursive: true });
    const named = await run('--baseline-snapshot', `${clone}-old`);
    expect(named.status, named.stderr).toBe(0);
    expect(causesIn(named)).toEqual({ 'all-customers': ['snapshot'] });
    await execa('rm', ['-rf', clone, `${clone}-old`]);
  });

  test('with --against an edited query is told from the schema too', async () => {
    await repository.branch('feature');
    await project.edit('suites/orders.yaml', 'SELECT id, note FROM orders', 'SELECT note, id FROM orders');
    await project.edit('schema.sql', INDEX, '');
    const found = await check('--against', 'main');
    expect(causesIn(found)).toEqual({ 'orders-of-customer': ['schema'] });
    expect(found.stdout).toContain(
      'Cause: the branch changed the schema; the finding is the same with the query of main.',
    );
  });

  test('plans again only where something is found, and leaves nothing behind', async () => {
    const clean = await project.regress(['check']);
    expect(clean.stderr).not.toContain('again');
    await repository.branch('feature', 'grown');
    const one = await project.regress(['check']);
    expect(one.stderr).toContain('making 1 plan again as of the baseline, to find the cause of the change');
    expect(await repository.git('status', '--porcelain')).toBe('');
  });
});
