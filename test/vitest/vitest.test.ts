import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeShopFiles, makeShopWithSnapshot } from '../cli/shop.ts';
import type { Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { installVitest, runVitest, vitestEnvironment } from './vitest-project.ts';

const server = await testServer();
const BASELINE = `suites/orders.pg${server?.installation.major}.baseline`;
const INDEX = 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n';
const ALL = ['orders-of-customer [some]', 'all-customers', 'order-by-id [one]'];

const PLANS = `import { describeSuite } from 'regress-pg/vitest';

describeSuite('suites/orders.yaml');
`;

const OWN = `import { expect, test } from 'vitest';
import { type QueryPlan, useSuite } from 'regress-pg/vitest';

const orders = useSuite('suites/orders.yaml');

test('orders of a customer are cheap', async () => {
  const plan: QueryPlan = await orders.plan('orders-of-customer');
  expect(plan).toCostLessThan(500);
  expect(plan).not.toCostLessThan(plan.totalCost);
  expect(plan).toMatchPlanBaseline();
  expect(plan.plan.nodeType).not.toBe('Seq Scan');
});

test('dear', async () => expect(await orders.plan('all-customers')).toCostLessThan(1));

test('not awaited', () => expect(orders.plan('all-customers')).toMatchPlanBaseline());

test('unknown', async () => void (await orders.plan('no-such-query')));
`;

describe.skipIf(server === null).each([
  ['4', null],
  ['3.2', '~3.2'],
])('regress-pg/vitest with vitest %s', (name, version) => {
  let project: Project;
  let unavailable: string | null = null;

  beforeAll(async () => {
    ({ project } = await makeShopWithSnapshot(server as TestServer));
    await installVitest(project, version).catch((error: Error) => {
      unavailable = `SKIPPED: vitest ${version} cannot be had: ${error.message.split('\n')[0]}`;
      console.warn(unavailable);
    });
    await project.write('plans.test.ts', PLANS);
  });

  /** Every file of the folder of suites but the suite itself. */
  const baselines = async () => (await readdir(project.path('suites'))).filter((name) => name.endsWith('.baseline'));

  const vitest = async (...args: string[]) => runVitest(project, args);
  const inCi = async (...args: string[]) => runVitest(project, args, { CI: 'true' });

  test('one story', async ({ skip }) => {
    skip(unavailable !== null, unavailable ?? '');

    // A missing baseline fails in CI, and nothing is written there.
    const first = await inCi();
    expect(first.status, first.stdout + first.stderr).toBe(1);
    expect(first.stdout).toContain(` v${name}.`);
    expect(first.tests).toEqual(Object.fromEntries(ALL.map((title) => [title, 'failed'])));
    expect(first.stdout + first.stderr).toContain('no baseline for PostgreSQL');
    expect(await baselines()).toEqual([]);

    // Elsewhere the first run writes it, as vitest does with its snapshots; a filter writes what it runs.
    const filtered = await vitest('-t', 'order-by-id');
    expect(filtered.tests).toMatchObject({ 'order-by-id [one]': 'passed', 'all-customers': 'skipped' });
    expect(await project.read(BASELINE)).not.toContain('all-customers');
    expect((await vitest()).tests).toEqual(Object.fromEntries(ALL.map((title) => [title, 'passed'])));
    const written = await project.read(BASELINE);

    // They are the baselines of regress update: it has nothing to change, and check is content.
    const updated = await project.regress(['update', '--all']);
    expect(updated.stdout).toContain('0 accepted, 3 as before');
    expect(await project.read(BASELINE)).toBe(written);
    expect((await project.regress(['check'], { CI: 'true' })).status).toBe(0);
    expect((await inCi()).status).toBe(0);
    expect((await inCi('--pool=threads')).status).toBe(0);

    // A regression fails its own test alone, at its place in the suite, with both plans.
    await project.edit('schema.sql', INDEX, '');
    const failed = await vitest();
    expect(failed.status).toBe(1);
    expect(failed.tests).toEqual({
      'orders-of-customer [some]': 'failed',
      'all-customers': 'passed',
      'order-by-id [one]': 'passed',
    });
    const said = failed.stdout + failed.stderr;
    expect(said).toMatch(/FAIL {2}suites\/orders\.yaml:2 {2}orders-of-customer \[some\] {2}cost [\d.]+ → [\d.]+/);
    expect(said).toMatch(/cost rose from .*\[cost-increased\]/);
    expect(said).toContain('orders_customer_id_idx');
    expect(said).toContain('Seq Scan on public.orders');
    expect(await project.read(BASELINE)).toBe(written);

    // -u accepts it, and touches no other block.
    const accepted = await runVitest(project, ['-u'], { REGRESS_REASON: 'nobody wanted the index' });
    expect(accepted.status, accepted.stdout + accepted.stderr).toBe(0);
    expect(accepted.stdout).toMatch(/accepted {2}suites\/orders\.yaml:2 {2}orders-of-customer \[some\]/);
    expect(accepted.stdout).not.toMatch(/accepted .*all-customers/);
    const blocks = (text: string) => text.split('\n\n');
    const [before, after] = [blocks(written), blocks(await project.read(BASELINE))];
    expect(after.length).toBe(before.length);
    const changed = after.filter((block, at) => block !== before[at]);
    expect(changed).toEqual([
      expect.stringMatching(/^query: orders-of-customer\ncase: some\nreason: nobody wanted the index\n/),
    ]);
    expect((await inCi()).status).toBe(0);
    expect((await project.regress(['check'], { CI: 'true' })).status).toBe(0);

    // What is within the thresholds passes.
    const now = await project.read(BASELINE);
    const cost = /-> Seq Scan on public\.orders {2}\(cost=0\.00\.\.([\d.]+) /.exec(now)?.[1] as string;
    await project.write(BASELINE, now.replace(`..${cost} `, `..${(Number(cost) / 1.3).toFixed(2)} `));
    expect((await inCi()).tests['orders-of-customer [some]']).toBe('passed');
    await project.write(BASELINE, now.replace(`..${cost} `, `..${(Number(cost) / 1.6).toFixed(2)} `));
    expect((await inCi()).tests['orders-of-customer [some]']).toBe('failed');
    await project.write(BASELINE, now);

    // An expectation is no matter of baselines: -u does not accept that it is broken.
    await project.edit(
      'suites/orders.yaml',
      'cases: { some: [17] }',
      'cases: { some: [17] }\n    expect: { forbid: [{ node: Seq Scan }] }',
    );
    const forbidden = await vitest('-u');
    expect(forbidden.tests).toMatchObject({ 'orders-of-customer [some]': 'failed', 'all-customers': 'passed' });
    expect(forbidden.stdout + forbidden.stderr).toContain('[forbidden-node]');

    // A query that cannot be planned fails alone, with PostgreSQL's message.
    await project.edit('suites/orders.yaml', 'SELECT * FROM customers', 'SELECT * FROM custommers');
    const broken = await vitest('-t', 'customers');
    expect(broken.stdout + broken.stderr).toContain('relation "custommers" does not exist');

    await makeShopFiles(project);
    await rm(project.path(BASELINE));
  });

  test('plans in tests of one own', async ({ skip }) => {
    skip(unavailable !== null, unavailable ?? '');
    await project.write('own.test.ts', OWN);
    const run = await vitest('own.test.ts');
    expect(run.tests).toEqual({
      'orders of a customer are cheap': 'passed',
      dear: 'failed',
      'not awaited': 'failed',
      unknown: 'failed',
    });
    const said = run.stdout + run.stderr;
    expect(said).toMatch(/all-customers is expected to cost less than 1; its plan costs [\d.]+/);
    expect(said).toContain('await the plan first');
    expect(said).toContain('no query "no-such-query" in suites/orders.yaml');
    // The only baseline is that of the plan that was asked for one.
    const baseline = await project.read(BASELINE);
    expect(baseline.match(/^query: .*/gm)).toEqual(['query: orders-of-customer']);
    await rm(project.path('own.test.ts'));
    await rm(project.path(BASELINE));
  });

  test('is typed', async ({ skip }) => {
    skip(unavailable !== null, unavailable ?? '');
    await project.write(
      'typed.ts',
      `${OWN}
// @ts-expect-error a cost is a number
test('typed', async () => expect(await orders.plan('all-customers')).toCostLessThan('much'));
// @ts-expect-error there is no such matcher
test('typed', async () => expect(await orders.plan('all-customers')).toMatchPlan());
// @ts-expect-error and no such option
useSuite('suites/orders.yaml', { sever: 'x' });
`,
    );
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      '--types',
      'node',
    ];
    const checked = await execa(
      'node',
      [join(import.meta.dirname, '../../node_modules/typescript/bin/tsc'), ...options, 'typed.ts'],
      {
        cwd: project.folder,
        reject: false,
      },
    );
    expect(checked.stdout).toBe('');
    expect(checked.exitCode).toBe(0);
  });

  test('what keeps plans from being made is said once, as the command line says it', async ({ skip }) => {
    skip(unavailable !== null, unavailable ?? '');
    await project.edit('regress.yaml', 'sql: schema.sql', 'sql: gone.sql');
    const run = await vitest();
    await project.edit('regress.yaml', 'gone.sql', 'schema.sql');
    expect(run.status).toBe(1);
    const said = run.stdout + run.stderr;
    expect(said.split('regress: error: could not read gone.sql').length - 1).toBe(1);
    expect(said).toContain('HINT:');
    await project.write('other.test.ts', PLANS.replace('orders.yaml', 'nowhere.yaml'));
    const none = await vitest('other.test.ts');
    await rm(project.path('other.test.ts'));
    expect(none.stdout + none.stderr).toMatch(/nowhere\.yaml is not a suite/);
  });

  test('automatic cases are tests, and leave no server where none of them runs', async ({ skip }) => {
    skip(unavailable !== null, unavailable ?? '');
    await project.edit('suites/orders.yaml', 'cases: { some: [17] }', 'cases: auto');
    // All that a file plans is planned on one server.
    const more = `import { expect, test } from 'vitest';
import { describeSuite, useSuite } from 'regress-pg/vitest';

describeSuite('suites/orders.yaml');
const orders = useSuite('suites/orders.yaml');
test('orders-of-customer by hand', async () => expect(await orders.plan('orders-of-customer', 'generic')).toCostLessThan(500));
`;
    await project.write('plans.test.ts', more);
    const sockets = (text: string) => [...text.matchAll(/SOCKET (\S+)/g)].map(([, folder = '']) => folder);
    await project.edit(
      'regress.yaml',
      '    - sql: schema.sql',
      '    - sql: schema.sql\n    - run: echo SOCKET $PGHOST',
    );
    const run = await vitest('-t', 'orders-of-customer');
    expect(run.tests).toMatchObject({
      'orders-of-customer [generic]': 'passed',
      'orders-of-customer by hand': 'passed',
      'all-customers': 'skipped',
    });
    expect(Object.keys(run.tests).filter((title) => title.startsWith('orders-of-customer')).length).toBeGreaterThan(2);
    const none = await vitest('-t', 'nothing is called so');
    for (const outcome of [run, none]) {
      const folders = sockets(outcome.stdout + outcome.stderr);
      expect(folders.length).toBe(1);
      const [folder] = folders;
      await vi.waitUntil(async () => (await processesNaming(folder as string)).length === 0, { timeout: 120_000 });
    }
    await makeShopFiles(project);
    await project.write('plans.test.ts', PLANS);
    await project.edit('regress.yaml', '\n    - run: echo SOCKET $PGHOST', '');
    await rm(project.path(BASELINE), { force: true });
  });

  test('of several projects the named one is planned, and one is to be named', async ({ skip }) => {
    skip(unavailable !== null, unavailable ?? '');
    const config = await project.read('regress.yaml');
    const own = config.replace(/^/gm, '    ').trimStart();
    await project.write('regress.yaml', `projects:\n  - name: shop\n    ${own}`);
    await project.write('plans.test.ts', PLANS.replace("yaml')", "yaml', { project: 'shop' })"));
    await project.write('other.test.ts', PLANS);
    const run = await vitest();
    expect(run.tests, run.stderr).toEqual(Object.fromEntries(ALL.map((title) => [title, 'passed'])));
    expect(run.status).toBe(1);
    expect(run.stdout + run.stderr).toMatch(/no project is named[\s\S]+HINT: {2}.*\{ project: 'shop' \}/);
    await rm(project.path('other.test.ts'));
    await project.write('plans.test.ts', PLANS);
    await project.write('regress.yaml', config);
    await rm(project.path(BASELINE), { force: true });
  });

  test('watch mode runs again when the schema changes', async ({ skip }) => {
    skip(unavailable !== null, unavailable ?? '');
    await project.write(
      'vitest.config.ts',
      `import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: { forceRerunTriggers: [...configDefaults.forceRerunTriggers, '**/suites/**/*.{yaml,sql}', '**/schema.sql'] },
});
`,
    );
    const watching = execa('node', ['node_modules/vitest/vitest.mjs', '--watch', '--no-file-parallelism'], {
      cwd: project.folder,
      env: vitestEnvironment(),
      reject: false,
      stdin: 'ignore',
      all: true,
    });
    let said = '';
    watching.all.on('data', (data: Buffer) => {
      said += data.toString();
    });
    const says = (pattern: RegExp) =>
      vi.waitUntil(() => pattern.test(said), { timeout: 120_000 }).catch(() => expect(said).toMatch(pattern));
    await says(/Tests {2}3 passed[\s\S]*Waiting for file changes/);
    said = '';
    await project.edit('schema.sql', INDEX, '');
    await says(/Tests {2}1 failed \| 2 passed/);
    watching.kill();
    await watching;
    await makeShopFiles(project);
    await rm(project.path('vitest.config.ts'));
  });
});

async function processesNaming(text: string): Promise<string[]> {
  const { stdout } = await execa('ps', ['-eo', 'args']);
  return stdout.split('\n').filter((line) => line.includes(text));
}
