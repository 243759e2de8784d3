import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import type { PlanNode } from '../../src/model/plan.ts';
import { walkPlan } from '../../src/model/plan.ts';
import type { CheckReport } from '../../src/model/result.ts';
import { exampleProject, type Project } from '../support/project.ts';
import { testMajors } from '../support/servers.ts';

const SCHEMA = 'docs/storefront/schema.sql';
const SUITES = 'suites/storefront';
const [major] = await testMajors();

/** What somebody does to the storefront, and what must be said of it. */
interface Sabotage {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Queries checked, the one that fails first; the others must not. */
  readonly queries: readonly [string, ...string[]];
  readonly suite: string;
  /** The node of the current plan that is to blame. */
  readonly node: Partial<PlanNode>;
}

const SABOTAGES: readonly Sabotage[] = [
  {
    what: 'an index is dropped',
    file: SCHEMA,
    from: 'CREATE INDEX orders_customer_id_placed_at_idx ON orders (customer_id, placed_at DESC);\n',
    to: '',
    queries: ['recent-orders', 'order-by-number', 'order-details'],
    suite: 'orders',
    node: { nodeType: 'Seq Scan', schema: 'public', relationName: 'orders' },
  },
  {
    what: 'a column is cast to the wrong type',
    file: `${SUITES}/orders.yaml`,
    from: 'FROM orders WHERE order_number = $1',
    to: 'FROM orders WHERE order_number::bigint = $1',
    queries: ['order-by-number', 'recent-orders'],
    suite: 'orders',
    node: { nodeType: 'Seq Scan', schema: 'public', relationName: 'orders' },
  },
  {
    what: 'a predicate is removed',
    file: `${SUITES}/events.yaml`,
    from: " AND e.type = 'product_view' AND e.occurred_at >= now() - interval '3 days'",
    to: " AND e.type = 'product_view'",
    queries: ['viewed-products-of-signed-in-sessions', 'daily-visitors-of-a-year'],
    suite: 'events',
    node: { schema: 'analytics', relationName: 'events_2025_12' },
  },
  {
    what: 'random_page_cost is 10',
    file: SCHEMA,
    from: 'CREATE EXTENSION',
    to: "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = 10', current_database()); END $$;\nCREATE EXTENSION",
    queries: ['second-order-on-the-same-day'],
    suite: 'orders',
    node: { schema: 'public', relationName: 'orders' },
  },
];

describe.skipIf(major === undefined)('sabotage on the storefront', () => {
  const git = async (project: Project, ...args: string[]) =>
    (await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: project.folder }))
      .stdout;

  test.each(SABOTAGES)('$what', async ({ file, from, to, queries, suite, node }) => {
    const [sabotaged] = queries;
    const project = await exampleProject();
    await git(project, 'init', '-q');
    await git(project, 'add', '.');
    await git(project, 'commit', '-qm', 'before');
    const before = await project.regress(['check', ...queries], { CI: 'true' });
    expect(before.status, before.stdout + before.stderr).toBe(0);

    await project.edit(file, from, to);
    const args = ['check', ...queries, '--reporter', 'console', '--reporter', 'json=report.json'];
    const checked = await project.regress(args, { CI: 'true' });
    expect(checked.status, checked.stdout + checked.stderr).toBe(1);
    expect(checked.stdout).toMatch(new RegExp(`FAIL +${SUITES}/${suite}\\.yaml:\\d+ +${sabotaged}`));
    const report = JSON.parse(await project.read('report.json')) as CheckReport;
    const failed = report.results.filter(({ status }) => status === 'fail');
    expect([...new Set(failed.map(({ query }) => query))]).toEqual([sabotaged]);
    const named = failed.some(({ current }) =>
      [...walkPlan(current?.plan as PlanNode)].some((candidate) =>
        Object.entries(node).every(([key, value]) => candidate[key as keyof PlanNode] === value),
      ),
    );
    expect(named).toBe(true);

    const accepted = await project.regress(['update', sabotaged, '--reason', 'wanted so']);
    expect(accepted.status, accepted.stderr).toBe(0);
    const after = await project.regress(['check', ...queries], { CI: 'true' });
    expect(after.status, after.stdout).toBe(0);

    const baseline = `${SUITES}/${suite}.pg${major}.baseline`;
    expect(await git(project, 'diff', '--name-only', '--', SUITES)).toContain(baseline);
    const blocks = await changedBlocks(project, baseline);
    expect([...new Set(blocks)]).toEqual([sabotaged]);
  });

  /** The queries whose blocks differ from what git has. */
  const changedBlocks = async (project: Project, baseline: string) => {
    const keyOf = (block: string) => /^query: .*(?:\ncase: .*)?/.exec(block)?.[0] ?? '';
    const blocksOf = (text: string) =>
      new Map(
        text
          .split(/\n\n(?=query: )/)
          .slice(1)
          .map((block) => [keyOf(block), block.trim()]),
      );
    const old = blocksOf(await git(project, 'show', `HEAD:${baseline}`));
    const now = blocksOf(await project.read(baseline));
    expect([...now.keys()]).toEqual([...old.keys()]);
    return [...now].filter(([key, block]) => old.get(key) !== block).map(([key]) => /^query: (.*)/.exec(key)?.[1]);
  };
});
