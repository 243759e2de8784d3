import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { growTable } from '../support/grown-snapshot.ts';
import { exampleProject, type Outcome, type Project } from '../support/project.ts';
import { makeRepository, type TestRepository } from '../support/repository.ts';
import { type TestServer, testServer } from '../support/servers.ts';

/** Its committed snapshot is of 15. */
const server = await testServer(15);

const SCHEMA = 'docs/storefront/schema.sql';
const ORDERS = 'suites/storefront/orders.yaml';
const CHECKOUT = 'suites/storefront/checkout.sql';

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly cause?: readonly string[];
}

interface Report {
  readonly results: readonly { query: string; case: string | null; status: string; findings: readonly Finding[] }[];
  readonly notes: readonly Finding[];
  readonly causes: Record<string, unknown> | null;
}

/** Codes of findings about having nothing to compare with, which the two ways to compare call differently. */
const NOTHING_EARLIER = ['baseline-missing', 'query-new'];

/** What is said of each query that was planned before too. */
function verdictsOf({ results }: Report): Record<string, string[]> {
  const verdicts = results.map(({ query, case: name, findings }): [string, string[]] => [
    `${query} ${name}`,
    findings
      .filter(({ code }) => !NOTHING_EARLIER.includes(code))
      .map(({ code, severity }) => `${severity} ${code}`)
      .sort(),
  ]);
  return Object.fromEntries(verdicts.filter(([, found]) => found.length > 0));
}

/** The causes of each query that differs from before. */
function causesOf({ results }: Report): Record<string, string[]> {
  const causes = new Map<string, Set<string>>();
  for (const { query, findings } of results) {
    for (const cause of findings.flatMap((finding) => finding.cause ?? [])) {
      causes.set(query, (causes.get(query) ?? new Set()).add(cause));
    }
  }
  return Object.fromEntries([...causes].map(([query, names]) => [query, [...names].sort()]));
}

describe.skipIf(server === null)('ten pull requests', () => {
  let project: Project;
  let repository: TestRepository;

  beforeAll(async () => {
    project = await exampleProject();
    const { pgConfig } = (server as TestServer).installation;
    await project.edit('regress.yaml', '  prepare:', `  pgConfig: ${pgConfig}\n  prepare:`);
    await project.write('regress.yaml', (await project.read('regress.yaml')).replace(/^ {2}url: .*\n/m, ''));
    repository = await makeRepository(project);
  });

  afterAll(() => rm(project.folder, { recursive: true, force: true }));

  const reportOf = (outcome: Outcome): Report => {
    expect(outcome.stdout, outcome.stderr).toMatch(/^\{/);
    return JSON.parse(outcome.stdout);
  };
  const check = async (...args: string[]) => reportOf(await project.regress(['check', '--reporter', 'json', ...args]));
  const appendSchema = async (sql: string) => project.write(SCHEMA, `${await project.read(SCHEMA)}\n${sql}\n`);
  const replaceAll = async (file: string, from: RegExp, to: string) =>
    project.write(file, (await project.read(file)).replace(from, to));

  /** What a pull request does, the cause that every changed plan has, and queries that must be among them. */
  const requests: { name: string; change: () => Promise<void>; cause: string[]; changed: string[] }[] = [
    {
      name: 'an index is added',
      change: () => appendSchema('CREATE INDEX orders_country_idx ON orders (country, status, placed_at DESC);'),
      cause: ['schema'],
      changed: ['order-page-offset'],
    },
    {
      name: 'an index is dropped',
      change: () => appendSchema('DROP INDEX orders_customer_id_placed_at_idx;'),
      cause: ['schema'],
      changed: ['recent-orders', 'customer-overview', 'customers-without-orders'],
    },
    {
      name: 'a column gets another type',
      change: () =>
        appendSchema(
          'ALTER TABLE payments DROP CONSTRAINT payments_order_id_fkey, ALTER COLUMN order_id TYPE numeric;',
        ),
      cause: ['schema'],
      changed: ['payments-of-an-order'],
    },
    {
      name: 'a column is added',
      change: () => appendSchema('ALTER TABLE orders ADD COLUMN note text;'),
      cause: [],
      changed: [],
    },
    {
      name: 'a table is renamed',
      change: async () => {
        await replaceAll(SCHEMA, /\bcart_items\b/g, 'basket_items');
        await replaceAll(CHECKOUT, /\bcart_items\b/g, 'basket_items');
      },
      cause: ['query', 'schema'],
      changed: ['open-cart'],
    },
    {
      name: 'a partition is added',
      change: () =>
        appendSchema(
          `CREATE TABLE analytics.events_2027_01 PARTITION OF analytics.events FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');`,
        ),
      cause: ['schema'],
      changed: ['timeline-of-a-customer'],
    },
    {
      name: 'a query is rewritten',
      change: () => project.edit(ORDERS, 'WHERE order_number = $1', 'WHERE order_number::bigint = $1'),
      cause: ['query'],
      changed: ['order-by-number'],
    },
    {
      name: 'a query for each row becomes a join',
      change: async () => {
        const text = await project.read(ORDERS);
        const [start, end] = [
          text.indexOf('  - name: payments-of-an-order'),
          text.indexOf('  - name: payment-by-reference'),
        ];
        const join = `  - name: recent-orders-with-payments
    sql: |
      SELECT o.id, o.order_number, p.method, p.amount
      FROM orders o LEFT JOIN payments p ON p.order_id = o.id
      WHERE o.customer_id = $1
    cases: { ordinary-customer: [4711] }\n\n`;
        await project.write(ORDERS, text.slice(0, start) + join + text.slice(end));
      },
      cause: [],
      changed: [],
    },
    {
      name: 'a setting is changed',
      change: () =>
        appendSchema(
          `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = 8', current_database()); END $$;`,
        ),
      cause: ['settings'],
      changed: ['recent-orders'],
    },
  ];

  test.each(requests)(
    '$name: the cause, and the same by baselines and by --against',
    async ({ change, cause, changed }) => {
      await repository.branch('request');
      await change();
      await repository.commit('the change');
      const committed = await check();
      const against = await check('--against');
      for (const report of [committed, against]) {
        const causes = causesOf(report);
        expect(Object.keys(causes)).toEqual(expect.arrayContaining(changed));
        expect([...new Set(Object.values(causes).map(String))]).toEqual(cause.length === 0 ? [] : [String(cause)]);
      }
      expect(verdictsOf(against)).toEqual(verdictsOf(committed));
    },
  );

  test('the snapshot is refreshed: its doing by baselines, and nothing at all by --against', async () => {
    await repository.branch('request');
    await growTable(project.path('snapshots/storefront'), 'relations/public/orders.json', 1.8);
    await project.write('docs/storefront/NEWS.md', 'Nothing but words.\n');
    await repository.commit('a new snapshot');
    const committed = await check();
    const causes = causesOf(committed);
    expect(Object.keys(causes)).toContain('orders-per-day-ever');
    expect([...new Set(Object.values(causes).map(String))]).toEqual(['snapshot']);
    expect(committed.causes).toMatchObject({ branch: 0, settings: 0, unknown: 0, growth: 'public.orders grew 80 %' });
    const against = await project.regress(['check', '--against'], { CI: 'true' });
    expect(against.status).toBe(0);
    expect(against.stdout).toMatch(/^ +Queries {2}130 ok \(130\)\n/);
    // And an index dropped on top of it is told from what the data did.
    await appendSchema('DROP INDEX orders_customer_id_placed_at_idx;');
    const both = await check();
    expect(causesOf(both)).toMatchObject({ 'recent-orders': ['schema'], 'orders-per-day-ever': ['snapshot'] });
    const alone = await check('--against');
    expect(new Set(Object.values(causesOf(alone)).map(String))).toEqual(new Set(['schema']));
    const byBranch = Object.entries(causesOf(both)).filter(([, names]) => names.includes('schema'));
    expect(byBranch.map(([query]) => query).sort()).toEqual(Object.keys(causesOf(alone)).sort());
  });
});
