import { mkdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';

const SCHEMA = `CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, region_id int NOT NULL, note text);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE TABLE regions (id int PRIMARY KEY, name text);
`;
const FILL = `INSERT INTO orders SELECT g, (g * 7919) % 3000, g % 50, repeat('x', 60) FROM generate_series(1, 30000) g;
INSERT INTO regions SELECT g, 'r' || g FROM generate_series(0, 49) g;
VACUUM ANALYZE;`;
const QUERY = 'SELECT o.note, r.name FROM orders o JOIN regions r ON r.id = o.region_id WHERE o.customer_id < 12';
const SUITE = `queries:
  - name: notes
    sql: ${QUERY}
  - name: note-of-region
    sql: SELECT * FROM orders WHERE region_id = 7
  - name: regions-and-orders
    sql: SELECT r.name, o.id FROM regions r JOIN orders o ON o.region_id = r.id WHERE r.name = 'r3'
  - name: latest
    sql: SELECT id FROM orders ORDER BY region_id, id LIMIT 500
`;
const setting = (value: number) =>
  `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = ${value}', current_database()); END $$;\n`;

/** A shop whose server plans the first query in one way below a random_page_cost, and in another from there on. */
async function tiedShop(server: TestServer): Promise<{ project: Project; below: number; above: number }> {
  const production = await server.createDatabase();
  await server.psql(production, SCHEMA + FILL);
  const project = await emptyProject();
  await mkdir(project.path('suites'));
  await project.write('suites/orders.yaml', SUITE);
  await project.write(
    'regress.yaml',
    `target:\n  pgConfig: ${server.installation.pgConfig}\n  prepare:\n    - sql: schema.sql\nthresholds:\n  cost: { ignoreBelow: 1 }\n  shape: fail\n`,
  );
  const taken = await project.regress(['snapshot', '--source', server.url(production)]);
  if (taken.status !== 0) throw new Error(taken.stderr);
  const usesIndex = async (value: number) =>
    /orders_customer_id_idx/.test(await server.psql(production, `SET random_page_cost = ${value}; EXPLAIN ${QUERY};`));
  let [below, above] = [0.5, 100];
  expect([await usesIndex(below), await usesIndex(above)]).toEqual([true, false]);
  while (above / below > 1.001) {
    const middle = Number(((below + above) / 2).toFixed(5));
    if (await usesIndex(middle)) below = middle;
    else above = middle;
  }
  return { project, below, above };
}

interface Result {
  readonly query: string;
  readonly status: string;
  readonly findings: readonly { readonly code: string; readonly message: string; readonly detail?: string }[];
  readonly runnerUp?: { readonly totalCost: number; readonly without: readonly string[] };
  readonly baseline: { readonly totalCost: number };
  readonly current: { readonly totalCost: number };
}

for (const major of await testMajors()) {
  describe(`on PostgreSQL ${major}`, () => {
    const check = async (project: Project) => {
      const outcome = await project.regress(['check', '--reporter', 'console', '--reporter', 'json=result.json']);
      const { results } = JSON.parse(await project.read('result.json')) as { results: readonly Result[] };
      const named = (name: string) => results.find(({ query }) => query === name) as Result;
      return { outcome, named };
    };

    test('a tie is a note, and a plan that is really costlier fails', async () => {
      const server = (await testServer(major)) as TestServer;
      const { project, below, above } = await tiedShop(server);
      await project.write('schema.sql', SCHEMA + setting(below));
      const updated = await project.regress(['update', '--all']);
      expect(updated.status, updated.stderr).toBe(0);

      await project.write('schema.sql', SCHEMA + setting(above));
      const tied = await check(project);
      const { status, findings, runnerUp, current } = tied.named('notes');
      expect(findings.map(({ code }) => code)).toEqual(['near-tie']);
      expect(status).toBe('ok');
      // Costs within 1 % are one to the planner, so that the chosen plan need not be the cheaper one.
      expect(Math.abs((runnerUp?.totalCost ?? 0) / current.totalCost - 1)).toBeLessThanOrEqual(0.01);
      expect(tied.outcome.status, tied.outcome.stdout).toBe(0);
      expect(tied.outcome.stdout).toMatch(
        /NOTE {2}notes: .* a near tie: the accepted plan would cost .* (more|less) \[near-tie\]/,
      );

      await project.write('schema.sql', SCHEMA + setting(above * 1.3));
      const far = await check(project);
      expect(far.outcome.status).toBe(1);
      const [finding] = far.named('notes').findings.filter(({ code }) => code === 'plan-shape-changed');
      expect(finding?.detail).toMatch(
        /The accepted plan would cost .* % more than this one\. Found by planning again without /,
      );
    });

    test('the accepted plan costs exactly what it did, where nothing changed but a new index', async () => {
      const server = (await testServer(major)) as TestServer;
      const { project } = await tiedShop(server);
      await project.write('schema.sql', SCHEMA);
      expect((await project.regress(['update', '--all'])).status).toBe(0);
      await project.write(
        'schema.sql',
        `${SCHEMA}CREATE INDEX orders_region_id_idx ON orders (region_id, id, customer_id);\n`,
      );
      const { named } = await check(project);
      const changed = ['note-of-region', 'regions-and-orders', 'latest'].map(named);
      for (const { query, baseline, runnerUp } of changed) {
        expect([query, runnerUp?.totalCost]).toEqual([query, baseline.totalCost]);
      }
    });
  });
}
