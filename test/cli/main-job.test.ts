import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();
const BASELINE = `suites/orders.pg${server?.installation.major}.baseline`;

describe.skipIf(server === null)('snapshot, check and update', () => {
  let project: Project;

  beforeAll(async () => {
    ({ project } = await makeShopWithSnapshot(server as TestServer));
    await execa('git', ['init', '-q'], { cwd: project.folder });
  });

  const git = async (...args: string[]) =>
    (await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: project.folder }))
      .stdout;

  test('a missing baseline warns at home and fails in CI', async () => {
    const home = await project.regress(['check']);
    expect(home.status, home.stderr).toBe(0);
    expect(home.stdout).toContain('no baseline for PostgreSQL');
    const ci = await project.regress(['check'], { CI: 'true' });
    expect(ci.status).toBe(1);
  });

  test('update writes nothing that is not named, and nothing in CI', async () => {
    expect(await project.regress(['update'])).toMatchObject({ status: 2, stdout: '' });
    expect(await project.regress(['update', '--all'], { CI: 'true' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('baselines are not written in CI'),
    });
    await expect(project.read(BASELINE)).rejects.toThrow('ENOENT');
    const one = await project.regress(['update', 'order-by-id']);
    expect(one.status, one.stderr).toBe(0);
    expect(await project.read(BASELINE)).not.toContain('orders-of-customer');
  });

  test('accepted plans are clean', async () => {
    expect((await project.regress(['update', '--all'])).status).toBe(0);
    await git('add', '.');
    await git('commit', '-qm', 'accepted');
    const checked = await project.regress(['check'], { CI: 'true' });
    expect(checked.status, checked.stdout + checked.stderr).toBe(0);
    const again = await project.regress(['update', '--all']);
    expect(again.stdout).toContain('0 accepted');
    expect(await git('status', '--porcelain')).toBe('');
  });

  test('a dropped index fails its query alone, and update accepts that alone', async () => {
    await project.edit('schema.sql', 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n', '');
    const checked = await project.regress(['check', '--reporter', 'console', '--reporter', 'json=result.json']);
    expect(checked.status).toBe(1);
    expect(checked.stdout).toMatch(/FAIL .*suites\/orders\.yaml:2 +orders-of-customer \[some\]/);
    expect(checked.stdout).toContain('orders_customer_id_idx');
    expect(checked.stdout).toContain('Seq Scan');
    const report = JSON.parse(await project.read('result.json'));
    expect(report.summary).toMatchObject({ failed: 1, errored: 0, warned: 1, ok: 1 });
    const [warned] = report.results.filter((result: { status: string }) => result.status === 'warn');
    expect(warned).toMatchObject({ query: 'order-by-id', findings: [{ code: 'schema-drift' }] });
    const failed = report.results.filter((result: { status: string }) => result.status === 'fail');
    expect(failed[0]).toMatchObject({ query: 'orders-of-customer', case: 'some' });
    expect(failed[0].findings.map(({ code }: { code: string }) => code)).toContain('cost-increased');
    expect(failed[0].findings[0].cause).toEqual(['schema']);

    const accepted = await project.regress(['update', 'orders-of-customer', '--reason', 'the index was never wanted']);
    expect(accepted.status, accepted.stderr).toBe(0);
    expect(accepted.stdout).toContain('Seq Scan');
    expect((await project.regress(['check'])).status).toBe(0);
    expect(await project.read(BASELINE)).toContain('the index was never wanted');
    const hunks = await git('diff', '-U0', '--', BASELINE);
    const touched = hunks.split('\n').filter((line) => /^[-+][^-+]/.test(line));
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.join('\n')).not.toMatch(/customers_|all-customers|order-by-id|orders_pkey/);
  });

  test('a query that cannot be planned fails alone, with the message of PostgreSQL', async () => {
    await project.edit('suites/orders.yaml', 'SELECT * FROM customers', 'SELECT * FROM custommers');
    const checked = await project.regress(['check']);
    expect(checked.status).toBe(1);
    expect(checked.stdout).toContain('relation "custommers" does not exist');
    expect(checked.stdout).toMatch(/1 could not be planned \| 2 warned \(3\)/);
    await project.edit('suites/orders.yaml', 'custommers', 'customers');
  });

  test('a baseline without a query is noted, and removed by update --all', async () => {
    await project.edit('suites/orders.yaml', 'name: all-customers', 'name: every-customer');
    expect((await project.regress(['check'])).stdout).toContain('all-customers has a baseline, but is no longer in');
    expect((await project.regress(['update', '--all'])).stdout).toContain('1 stale removed');
    expect(await project.read(BASELINE)).not.toContain('all-customers');
  });

  test('update changes nothing where one of the baselines cannot be read', async () => {
    await project.write('suites/zz.yaml', 'queries: [{ name: one, sql: SELECT 1 }]\n');
    await project.write(BASELINE.replace('orders', 'zz'), 'no baseline\n');
    await rm(project.path(BASELINE));
    expect(await project.regress(['update', '--all'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/zz\.pg\d+\.baseline:1:1: not a baseline/),
    });
    await expect(project.read(BASELINE)).rejects.toThrow('ENOENT');
  });
});
