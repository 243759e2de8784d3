import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { exampleProject, type Project } from '../support/project.ts';
import { makeRepository } from '../support/repository.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();

/** A JSON report without the time it was made. */
function timeless(text: string): unknown {
  const { startedAt, ...report } = JSON.parse(text);
  expect(startedAt).toMatch(/^\d{4}-/);
  return report;
}

const SHARDS = [1, 2, 3].map((index) => `shard-${index}.json`);

describe.skipIf(server === null)('check --shard and report', () => {
  /** Checks whole and in three shards, and merges these. */
  async function wholeAndMerged(project: Project, ...args: string[]) {
    const checked = await project.regress(['check', ...args, '--reporter', 'json=whole.json'], { CI: 'true' });
    for (const [at, file] of SHARDS.entries()) {
      const shard = ['--shard', `${at + 1}/3`, '--reporter', `json=${file}`];
      const { status, stderr } = await project.regress(['check', ...args, ...shard], { CI: 'true' });
      expect(status, stderr).toBeLessThan(2);
    }
    const merged = await project.regress(['report', ...[...SHARDS].reverse(), '--reporter', 'json']);
    return { checked, merged, whole: await project.read('whole.json') };
  }

  describe('of the example', () => {
    let project: Project;

    beforeAll(async () => {
      project = await exampleProject();
      const index = 'CREATE INDEX orders_customer_id_placed_at_idx';
      await project.edit('docs/storefront/schema.sql', index, `-- ${index}`);
      await project.edit('suites/storefront/customers.yaml', 'SELECT id, email, status', 'SELECT id, emial, status');
    });

    test('merged is the whole check but for the time it started', async () => {
      const { checked, merged, whole } = await wholeAndMerged(project);
      expect(merged.status, merged.stderr).toBe(1);
      expect(checked.status).toBe(1);
      expect(timeless(merged.stdout)).toEqual(timeless(whole));
      const { summary } = JSON.parse(whole);
      expect(summary.failed).toBeGreaterThan(3);
      expect(summary.errored).toBeGreaterThan(0);
      // Also as text: keys in their order.
      expect(merged.stdout.replace(/"startedAt": .*/, '')).toBe(whole.trimEnd().replace(/"startedAt": .*/, ''));
    });

    test('each query is in one shard with all its cases, and shards are about even', async () => {
      const parts = await Promise.all(SHARDS.map(async (file) => JSON.parse(await project.read(file))));
      const queries = parts.map(
        ({ results }) => new Set(results.map(({ suite, query }: Record<string, string>) => `${suite} ${query}`)),
      );
      const sizes = queries.map(({ size }) => size);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(new Set(queries.flatMap((names) => [...names])).size).toBe(sizes.reduce((a, b) => a + b));
    });

    test('report ends as check does and says what is missing', async () => {
      const missing = await project.regress(['report', 'shard-1.json', 'shard-3.json']);
      expect(missing).toMatchObject({ status: 2, stdout: '' });
      expect(missing.stderr).toBe(
        [
          'regress: error: shard 2/3 of the check is missing',
          'DETAIL:  There are 1/3 in shard-1.json, 3/3 in shard-3.json.',
          'HINT:  npx regress-pg check --shard 2/3 --reporter json=shard-2.json',
        ].join('\n'),
      );
      const twice = await project.regress(['report', ...SHARDS, 'shard-1.json']);
      expect(twice).toMatchObject({ status: 2, stderr: expect.stringContaining('shard 1/3 is given more than once') });
      const lost = await project.regress(['report', 'nowhere.json']);
      expect(lost).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('could not read the results nowhere.json'),
      });
    });
  });

  describe('of a shop', () => {
    let project: Project;

    beforeAll(async () => {
      ({ project } = await makeShopWithSnapshot(server as TestServer));
    });

    test('has a shard without queries, a stale baseline is noted once, and all is clean', async () => {
      await project.regress(['update', '--all']);
      await project.edit('suites/orders.yaml', 'name: all-customers', 'name: customers');
      await project.regress(['update', 'customers']);
      for (const index of [1, 2, 3, 4]) {
        const shard = ['check', '--shard', `${index}/4`, '--reporter', `json=of-four-${index}.json`];
        expect((await project.regress(shard, { CI: 'true' })).status).toBe(0);
      }
      expect(JSON.parse(await project.read('of-four-4.json')).results).toEqual([]);
      const files = [1, 2, 3, 4].map((index) => `of-four-${index}.json`);
      const merged = await project.regress(['report', ...files]);
      expect(merged.status, merged.stderr).toBe(0);
      expect(merged.stdout).toContain('3 ok (3)');
      expect(merged.stdout.match(/all-customers has a baseline, but is no longer in/g)).toHaveLength(1);
      expect(merged.stdout).not.toContain(' Time ');
    });

    test('refuses shards of other suites', async () => {
      await project.edit('suites/orders.yaml', 'cases: { one: { id: 5 } }', 'cases: { one: { id: 6 } }');
      await project.regress(['check', '--shard', '2/4', '--reporter', 'json=edited.json']);
      const files = ['of-four-1.json', 'edited.json', 'of-four-3.json', 'of-four-4.json'];
      const refused = await project.regress(['report', ...files]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(
        /of-four-1\.json and edited\.json are not from the same check\nDETAIL: {2}They differ in suites: /,
      );
    });

    test.each(['0/3', '4/3', '1', 'a/b', '1/0'])('refuses --shard %s', async (shard) => {
      const { status, stderr } = await project.regress(['check', '--shard', shard]);
      expect(status).toBe(2);
      expect(stderr).toContain('Expected a shard such as 1/3');
    });

    test('merges what --against found, with queries that were renamed', async () => {
      const { git } = await makeRepository(project);
      await git('checkout', '-qb', 'sharded');
      await project.edit('suites/orders.yaml', 'name: order-by-id', 'name: an-order');
      await project.edit('schema.sql', 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n', '');
      await mkdir(project.path('suites/more'));
      await project.write(
        'suites/more/new.yaml',
        'queries: [{ name: n1, sql: SELECT 1 }, { name: n2, sql: SELECT 2 }]\n',
      );
      const { merged, whole } = await wholeAndMerged(project, '--against', 'main');
      expect(timeless(merged.stdout)).toEqual(timeless(whole));
      const { results, notes } = JSON.parse(whole);
      expect(notes).toEqual([]);
      expect(results.map(({ query, status }: Record<string, string>) => [query, status])).toContainEqual([
        'orders-of-customer',
        'fail',
      ]);
      const renamed = results.find(({ query }: { query: string }) => query === 'an-order');
      expect(renamed.baseline).not.toBeNull();
    });
  });
});
