import { cp, mkdir, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CheckReport } from '../../src/model/result.ts';
import { emptyProject, type Project, runRegress } from '../support/project.ts';
import { makeRepository } from '../support/repository.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();
const major = server?.installation.major;
const SHOP = `services/shop/suites/orders.pg${major}.baseline`;
const BILLING = `billing/suites/orders.pg${major}.baseline`;
const INDEX = 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n';

describe.skipIf(server === null)('projects', () => {
  let repo: Project;

  /** A repository with the shop twice: as a folder with its own regress.yaml, and configured inline. */
  beforeAll(async () => {
    const { project: shop } = await makeShopWithSnapshot(server as TestServer);
    repo = await emptyProject();
    await mkdir(repo.path('services'));
    await cp(shop.folder, repo.path('services/shop'), { recursive: true });
    await cp(shop.folder, repo.path('billing'), { recursive: true });
    await rm(repo.path('billing/regress.yaml'));
    await repo.edit('billing/suites/orders.yaml', 'name: all-customers', 'name: everybody');
    await repo.write(
      'regress.yaml',
      `projects:
  - folder: services/shop
  - name: billing
    target:
      pgConfig: ${(server as TestServer).installation.pgConfig}
      prepare: [{ sql: billing/schema.sql }]
    snapshot: billing/snapshots/production
    suites: billing/suites
    thresholds: { cost: { ignoreBelow: 1 } }
`,
    );
    await makeRepository(repo);
  });

  const report = async (file = 'results.json'): Promise<CheckReport> => JSON.parse(await repo.read(file));

  test('only check is of all; other commands ask for one', async () => {
    const refused = await repo.regress(['update', '--all']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('regress.yaml has the projects services/shop, billing.');
    expect(refused.stderr).toContain('--project services/shop');
    expect((await repo.regress(['check', '--project', 'shop'])).stderr).toContain('there is no project shop');
    const snapshot = await repo.regress(['check', '--snapshot', 'billing/snapshots/production']);
    expect(snapshot.stderr).toContain('--snapshot is for one database');
  });

  test('a first check names the command for each project', async () => {
    const first = await repo.regress(['check']);
    expect(first.status, first.stderr).toBe(0);
    expect(first.stdout).toContain('hint: npx regress-pg update --project services/shop orders-of-customer');
    expect(first.stdout).toContain('hint: npx regress-pg update --project billing orders-of-customer');
  });

  test('update --from accepts a project of the report, the other has its own', async () => {
    await repo.regress(['check', '--reporter', 'json=results.json']);
    const stored = await repo.regress(['update', '--project', 'services/shop', '--all', '--from', 'results.json']);
    expect(stored.status, stored.stderr).toBe(0);
    expect(stored.stdout).toContain('3 accepted');
    expect(await repo.read(SHOP)).toContain('query: all-customers');
    await expect(repo.read(BILLING)).rejects.toThrow('ENOENT');
    expect((await repo.regress(['update', '--project', 'billing', '--all'])).status).toBe(0);
    expect(await repo.read(BILLING)).toContain('query: everybody');
    const again = await repo.regress(['update', '--project', 'billing', '--all', '--from', 'results.json']);
    expect(again.stdout).toContain('0 accepted, 3 as before');
  });

  test('in the folder of a project update --from says where several are named', async () => {
    await repo.regress(['check', '--reporter', 'json=results.json']);
    const inside = { cwd: repo.path('services/shop') };
    const { status, stderr } = await runRegress(['update', '--all', '--from', '../../results.json'], inside);
    expect(status).toBe(2);
    expect(stderr).toContain('../../results.json covers several projects\n');
    expect(stderr).toMatch(
      /HINT: {2}In the folder of the regress\.yaml that lists them: npx regress-pg update --project /,
    );
  });

  test('one report names both, at the paths of the repository; the worst decides the exit status', async () => {
    const clean = await repo.regress(['check'], { CI: 'true' });
    expect(clean.status, clean.stdout + clean.stderr).toBe(0);
    expect(clean.stdout).toMatch(
      /Projects {2}services\/shop: 3 ok \(3\); services\/shop\/snapshots\/production.*PostgreSQL/,
    );
    expect(clean.stdout).toMatch(/\n +billing: 3 ok \(3\); /);

    await repo.edit('billing/schema.sql', INDEX, '');
    const checked = await repo.regress([
      ...['check', '--reporter', 'console', '--reporter', 'json=results.json', '--reporter', 'github=github.txt'],
      ...['--reporter', 'markdown=comment.md', '--reporter', 'junit=junit.xml', '--reporter', 'html=report.html'],
    ]);
    expect(checked.status).toBe(1);
    expect(checked.stdout).toMatch(/FAIL {2}billing\/suites\/orders\.yaml:2 {2}billing: orders-of-customer \[some\]/);
    expect(checked.stdout).toContain("hint: npx regress-pg update --project billing orders-of-customer --reason '…'");
    const { summary, projects, results, snapshot } = await report();
    expect(summary).toMatchObject({ queries: 6, failed: 1 });
    expect(projects?.map(({ name, summary }) => [name, summary.failed])).toEqual([
      ['services/shop', 0],
      ['billing', 1],
    ]);
    expect(results.map(({ project }) => project)).toEqual([
      ...Array(3).fill('services/shop'),
      ...Array(3).fill('billing'),
    ]);
    expect(snapshot.path).toBe('services/shop/snapshots/production, billing/snapshots/production');
    expect(await repo.read('github.txt')).toContain(
      '::error file=billing/suites/orders.yaml,line=2,title=billing%3A orders',
    );
    expect(await repo.read('comment.md')).toContain('<code>billing&#58; orders-of-customer');
    expect(await repo.read('report.html')).toContain('billing: orders-of-customer');
    const junit = await repo.read('junit.xml');
    expect(junit).toContain('<testsuite name="services/shop/suites/orders.yaml" tests="3" failures="0"');
    expect(junit).toContain('<testsuite name="billing/suites/orders.yaml" tests="3" failures="1"');

    const again = await repo.regress(['report', 'results.json', '--reporter', 'json']);
    expect(again.status).toBe(1);
    expect(`${again.stdout}\n`).toBe(await repo.read('results.json'));
  });

  test('a pattern selects in the projects that have it, and has to be somewhere', async () => {
    await repo.regress(['check', 'everybody', '--reporter', 'json=one.json']);
    expect((await report('one.json')).projects?.map(({ name }) => name)).toEqual(['billing']);
    await repo.regress(['check', 'everybody', 'all-customers', '--reporter', 'json=two.json']);
    expect((await report('two.json')).results.map(({ project, query }) => `${project} ${query}`)).toEqual([
      'services/shop all-customers',
      'billing everybody',
    ]);
    const nowhere = await repo.regress(['check', 'nobody']);
    expect(nowhere).toMatchObject({ status: 2, stdout: '' });
    expect(nowhere.stderr).toContain('no query matches "nobody"');
  });

  test('--project checks one, as if it were alone', async () => {
    const one = await repo.regress(['check', '--project', 'services/shop', '--reporter', 'json=alone.json']);
    expect(one.status, one.stderr).toBe(0);
    const alone = await report('alone.json');
    expect(alone.projects).toBeUndefined();
    expect(alone.results.map(({ suite }) => suite)).toEqual(Array(3).fill('suites/orders.yaml'));
  });

  test('--against compares each with its own self at the revision', async () => {
    const against = await repo.regress(['check', '--against', 'HEAD', '--reporter', 'json=against.json']);
    expect(against.status, against.stderr).toBe(1);
    const { results, against: revision } = await report('against.json');
    const failed = results.filter(({ status }) => status === 'fail').map(({ project, query }) => `${project} ${query}`);
    expect(failed).toEqual(['billing orders-of-customer']);
    expect(revision).toMatchObject({ ref: 'HEAD' });
    expect(results.flatMap(({ findings }) => findings).map(({ code }) => code)).not.toContain('query-new');
  });

  test('shards of all projects merge into the report of the whole', async () => {
    for (const shard of ['1', '2']) {
      await repo.regress(['check', '--shard', `${shard}/2`, '--reporter', `json=shard-${shard}.json`]);
    }
    const merged = await repo.regress(['report', 'shard-1.json', 'shard-2.json', '--reporter', 'json=merged.json']);
    expect(merged.status, merged.stderr).toBe(1);
    const [whole, parts] = [await report(), await report('merged.json')];
    expect({ ...parts, startedAt: '' }).toEqual({ ...whole, startedAt: '' });
    const lacking = await repo.regress(['report', 'shard-1.json']);
    expect(lacking).toMatchObject({ status: 2, stdout: '' });
    expect(lacking.stderr).toContain('2/2 of the check is missing');
  });

  test('a project that cannot be checked does not keep the others from it, and ends with 2', async () => {
    await repo.write('services/shop/schema.sql', 'CREATE TABLE;\n');
    const reporters = ['console', 'json=broken.json', 'markdown=broken.md'].flatMap((one) => ['--reporter', one]);
    const broken = await repo.regress(['check', ...reporters]);
    expect(broken.status).toBe(2);
    expect(await repo.read('broken.md')).toMatch(/^### ❌ regress: 1 project could not be checked, /m);
    expect(broken.stderr).toContain('project services/shop: ');
    expect(broken.stdout).toContain('billing: orders-of-customer');
    expect(broken.stdout).toContain('services/shop: no query was checked');
    expect((await report('broken.json')).projects?.map(({ name }) => name)).toEqual(['billing']);
    expect((await repo.regress(['report', 'broken.json'])).status, 'rendered later, it is no better').toBe(2);
  });
});
