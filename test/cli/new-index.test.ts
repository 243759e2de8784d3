import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { isSameShape } from '../../src/compare/index.ts';
import { explainQuery } from '../../src/explain/index.ts';
import { type PlanNode, walkPlan } from '../../src/model/plan.ts';
import { plannedCases } from '../../src/model/suite.ts';
import { connect } from '../../src/postgres/index.ts';
import { loadSuites } from '../../src/suite/index.ts';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';

const SCHEMA = `CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, placed timestamptz NOT NULL, state text NOT NULL, total numeric, tags text[]);
CREATE INDEX orders_placed ON orders (placed);
CREATE INDEX orders_renamed ON orders (total);
CREATE TABLE customers (id int PRIMARY KEY, country text, email text);
`;

const FILL = `SELECT setseed(0.3);
INSERT INTO orders SELECT g, floor(5000 * random() ^ 2)::int, timestamptz '2026-01-01 00:00+00' + g * interval '1 minute',
  CASE WHEN random() < 0.97 THEN 'done' ELSE 'open' END, round((random() * 500)::numeric, 2),
  ARRAY['tag' || g % 40, 'tag' || floor(random() * 300)::int] FROM generate_series(1, 200000) g;
INSERT INTO customers SELECT g, 'country ' || g % 50, 'c' || g || '@example.org' FROM generate_series(0, 4999) g;
VACUUM ANALYZE;`;

/** What the branch adds: new indexes, and other columns under a name production has. */
const BRANCH = `
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_customer_placed ON orders (customer_id, placed DESC);
CREATE INDEX orders_open ON orders (placed) WHERE state = 'open';
CREATE INDEX orders_day ON orders (((placed AT TIME ZONE 'UTC')::date));
CREATE INDEX orders_tags ON orders USING gin (tags);
CREATE INDEX orders_placed_brin ON orders USING brin (placed);
CREATE UNIQUE INDEX customers_email ON customers (email);
DROP INDEX orders_renamed;
CREATE INDEX orders_renamed ON orders (total, id);
`;

const QUERIES = {
  'of-a-customer': 'SELECT * FROM orders WHERE customer_id = 17',
  'count-of-a-customer': 'SELECT count(*) FROM orders WHERE customer_id = 4000',
  'latest-of-a-customer': 'SELECT * FROM orders WHERE customer_id = 99 ORDER BY placed DESC LIMIT 10',
  open: `SELECT * FROM orders WHERE state = 'open' AND placed > '2026-05-10 00:00+00'`,
  'of-a-day': `SELECT * FROM orders WHERE (placed AT TIME ZONE 'UTC')::date = '2026-03-04'`,
  'by-tag': `SELECT * FROM orders WHERE tags @> ARRAY['tag7', 'tag9']`,
  'by-email': `SELECT * FROM customers WHERE email = 'c77@example.org'`,
  'of-a-country': `SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.country = 'country 7'`,
  cheap: 'SELECT id FROM orders WHERE total < 1 ORDER BY total, id',
  recent: `SELECT * FROM orders WHERE placed > '2026-05-19 20:00+00'`,
  'beyond-the-end': 'SELECT * FROM orders o WHERE customer_id > 4998',
};

interface Result {
  readonly query: string;
  readonly status: string;
  readonly findings: readonly { code: string; message: string; severity: string }[];
  readonly current: { readonly plan: PlanNode };
}

for (const major of await testMajors()) {
  describe(`an index that only the branch has, on PostgreSQL ${major}`, () => {
    let project: Project;
    let results: readonly Result[];
    const real = new Map<string, PlanNode>();

    beforeAll(async () => {
      const server = (await testServer(major)) as TestServer;
      const production = await server.createDatabase();
      await server.psql(production, SCHEMA + FILL);
      project = await emptyProject();
      await mkdir(project.path('suites'));
      await project.write('schema.sql', SCHEMA + BRANCH);
      const suite = Object.entries(QUERIES).map(([name, sql]) => ({ name, sql }));
      await project.write('suites/all.yaml', JSON.stringify({ queries: suite }));
      await project.write(
        'regress.yaml',
        `target:\n  pgConfig: ${server.installation.pgConfig}\n  prepare:\n    - sql: schema.sql\n`,
      );
      const taken = await project.regress(['snapshot', '--source', server.url(production)]);
      if (taken.status !== 0) throw new Error(taken.stderr);
      const { stdout, stderr } = await project.regress(['check', '--reporter', 'json']);
      if (stdout === '') throw new Error(stderr);
      results = JSON.parse(stdout).results;
      await server.psql(production, BRANCH);
      const session = await connect(server.url(production), 'source');
      for (const { queries } of await loadSuites(project.path('suites'))) {
        for (const query of queries) {
          const context = { major, now: null, role: null, settings: {} };
          for (const planned of plannedCases(query))
            real.set(query.name, await explainQuery(session, query, planned, context));
        }
      }
      await session.close();
    });

    const planOf = (query: string) => results.find((result) => result.query === query)?.current.plan as PlanNode;

    it.each(Object.keys(QUERIES))('plans %s as the filled database that has it', (query) => {
      const filled = real.get(query) as PlanNode;
      const here = planOf(query);
      expect([...walkPlan(here)].map(({ indexName }) => indexName)).toEqual(
        [...walkPlan(filled)].map(({ indexName }) => indexName),
      );
      expect(isSameShape(here, filled)).toBe(true);
      expect(here.planRows).toBe(filled.planRows);
      expect(Math.abs(here.totalCost / filled.totalCost - 1)).toBeLessThan(0.03);
    });

    it('says so on each plan that leans on it, and only there', () => {
      const noted = (query: string) =>
        results.find((result) => result.query === query)?.findings.filter(({ code }) => code === 'estimated-size') ??
        [];
      expect(noted('of-a-customer')[0]?.message).toMatch(
        /^the size of index public\.orders_customer is an estimate: \d+ pages, 200000 tuples, height [12]$/,
      );
      expect(noted('cheap')[0]?.message).toContain('index public.orders_renamed');
      expect(noted('by-tag')[0]?.message).toMatch(/orders_tags .* pages, 200000 tuples$/);
      expect(noted('recent')).toEqual([]);
      const codes = results.flatMap(({ findings }) => findings.map(({ code }) => code));
      expect(codes).not.toContain('statistics-missing');
    });
  });
}
