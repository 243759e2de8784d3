import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyProject, type Outcome, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { forbiddenStatements, tracedStatements } from '../support/trace.ts';
import { makeShopFiles, makeShopWithSnapshot } from './shop.ts';

const GENERIC = `  - name: orders-of-anybody
    sql: SELECT id FROM orders WHERE customer_id = $1 AND note = ANY ($2)
    cases: { some: [17, [a, b]] }
    generic: true
  - name: recent
    sql: SELECT count(*) FROM orders WHERE id > extract(epoch FROM now())::int % 20000
`;

for (const major of await testMajors()) {
  describe(`regress verify on PostgreSQL ${major}`, () => {
    let server: TestServer;
    let project: Project;
    let production: string;

    beforeAll(async () => {
      server = (await testServer(major)) as TestServer;
      ({ project, production } = await makeShopWithSnapshot(server));
      await project.write('suites/generic.yaml', `queries:\n${GENERIC}`);
    });

    const verify = (...args: string[]): Promise<Outcome> =>
      project.regress(['verify', '--source', server.url(production), ...args]);

    it('says that all plans are identical', async () => {
      const { status, stdout, stderr } = await verify();
      expect(stdout, stderr).toContain('6 of 6 identical');
      expect(status).toBe(0);
    });

    it('sends production nothing but reading and planning', async () => {
      const statements = await tracedStatements(server, production, () => verify('generic.yaml'));
      expect(statements.filter((statement) => statement.startsWith('EXPLAIN')).length).toBeGreaterThanOrEqual(3);
      expect(forbiddenStatements(statements, major)).toEqual([]);
    });

    it('names a setting that changed on the source, and the first node it changes', async () => {
      await server.psql('postgres', `ALTER DATABASE "${production}" SET random_page_cost = 9`);
      const { status, stdout } = await verify();
      await server.psql('postgres', `ALTER DATABASE "${production}" RESET random_page_cost`);
      expect(status).toBe(1);
      expect(stdout).toContain('setting random_page_cost is 9 on the source and 4 on the target');
      expect(stdout).toMatch(/Total Cost: [\d.]+ on the source, [\d.]+ on the target/);
      expect(stdout).toMatch(/[0-5] of 6 identical/);
    });

    it('names a query that the source does not plan', async () => {
      await server.psql(production, 'ALTER TABLE customers RENAME COLUMN email TO mail');
      const { status, stdout } = await verify('--json');
      await server.psql(production, 'ALTER TABLE customers RENAME COLUMN mail TO email');
      expect(status).toBe(1);
      const report = JSON.parse(stdout);
      expect(report.summary).toEqual({ queries: 6, identical: 5, samePlan: 0, different: 0, errored: 1, notJudged: 0 });
      expect(report.results.filter((one: { verdict: string }) => one.verdict === 'errored')).toMatchObject([
        {
          query: 'all-customers',
          file: 'suites/orders.yaml',
          reasons: ['could not be planned on the source: column "email" does not exist'],
          source: null,
          target: { nodeType: 'Sort' },
        },
      ]);
    });

    it('refuses a source of another name, and no source', async () => {
      const other = await project.regress(['verify', '--source', server.url('postgres')]);
      expect(other).toMatchObject({ status: 2, stdout: '' });
      expect(other.stderr).toContain('its plans say nothing about this snapshot');
      expect(await project.regress(['verify'])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('npx regress-pg verify --source'),
      });
    });

    it('names what it did not ask of the source, and plans the rest', async () => {
      await project.write(
        'suites/walls.yaml',
        `queries:
  - name: raised
    sql: SELECT count(*) FROM orders
    settings: { join_collapse_limit: 100, geqo: off }
  - name: reading
    sql: SELECT id FROM orders WHERE id < (table_to_xml('customers', true, true, '')::text)::int
  - name: plain
    sql: SELECT count(*) FROM orders
`,
      );
      const { status, stdout, stderr } = await verify('walls.yaml');
      const taken = await project.regress(['snapshot', '--plans', '--source', server.url(production)]);
      const plans = JSON.parse(await project.read('snapshots/production/plans.json'));
      await rm(project.path('suites/walls.yaml'));
      expect(status).toBe(2);
      expect(stdout.match(/^NOT JUDGED {2}suites\/walls\.yaml:\d+ {2}(raised|reading)$/gm)).toHaveLength(2);
      expect(stdout).toContain("not planned on the source: it raises geqo, join_collapse_limit above the source's own");
      expect(stdout).toContain('not planned on the source: it calls table_to_xml(');
      expect(stdout).toContain('1 of 3 identical | 2 not judged');
      expect(stderr).toContain('not judged: 2 of 3 plans');
      expect(taken.status, taken.stderr).toBe(0);
      expect(taken.stderr).toContain('it raises geqo, join_collapse_limit above');
      expect(plans.filter(({ plan }: { plan: unknown }) => plan === null)).toHaveLength(2);
    });

    it('does not hold back a verdict where the source itself refuses a query', async () => {
      const create = (body: string) =>
        `CREATE OR REPLACE FUNCTION first_id() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN ${body}; END $$`;
      await server.psql(production, create("(SELECT 'u17@example.org'::int)"));
      const schema = await project.read('schema.sql');
      await project.write('schema.sql', `${create('1')};\n${schema}`);
      await project.write(
        'suites/refused.yaml',
        'queries:\n  - name: refused\n    sql: SELECT id FROM orders WHERE id < first_id()\n',
      );
      const { status, stdout } = await verify('refused.yaml');
      await rm(project.path('suites/refused.yaml'));
      await project.write('schema.sql', schema);
      await server.psql(production, 'DROP FUNCTION first_id');
      expect(status, stdout).toBe(1);
      expect(stdout).toContain('NOT PLANNED  suites/refused.yaml:2  refused');
      expect(stdout).toContain('could not be planned on the source: error 22P02, of which the text may hold data');
      expect(stdout).not.toContain('u17@');
    });

    it.each([
      ['client_encoding', 'SJIS'],
      ['standard_conforming_strings', 'off'],
      ['statement_timeout', '0'],
    ])('asks nothing where a suite sets %s', async (name, value) => {
      await project.write(
        'suites/walls.yaml',
        `queries:\n  - name: bad\n    sql: "SELECT 1 WHERE $1 = E'\u0103\\\\' ; COMMIT; DROP TABLE orders; --'"\n    settings: { ${name}: ${value} }\n`,
      );
      const source = ['--source', server.url(production)];
      const outcomes = [
        await project.regress(['verify', ...source]),
        await project.regress(['snapshot', '--plans', ...source]),
        await project.regress(['check']),
      ];
      await rm(project.path('suites/walls.yaml'));
      for (const { status, stderr } of outcomes) {
        expect(stderr).toContain(`suites/walls.yaml:4:17: setting "${name}" cannot be set by a suite`);
        expect(status).toBe(2);
      }
      expect(await server.psql(production, "SELECT to_regclass('orders')")).toBe('orders');
    });

    it("lets check count production's own plans that it reproduces", async () => {
      const taken = await project.regress(['snapshot', '--plans', '--source', server.url(production)]);
      expect(taken.status, taken.stderr).toBe(0);
      expect((await project.regress(['check'])).stdout).toContain('Fidelity  6 of 6 as production planned');
      await project.edit('schema.sql', 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n', '');
      await project.edit('suites/orders.yaml', 'ORDER BY email', 'ORDER BY id');
      const { stdout } = await project.regress(['check', '--reporter', 'json']);
      const report = JSON.parse(stdout);
      // The edited query is not held against what production planned for another one.
      expect(report.production).toMatchObject({ identical: 2, samePlan: 0, different: 3, unplanned: 0, total: 5 });
      expect(report.production.deviations).toHaveLength(3);
      expect(report.production.deviations[0]).toMatchObject({
        query: 'orders-of-anybody',
        case: 'some',
        verdict: 'different',
        difference: { label: expect.any(String), sourceValue: expect.any(String), targetValue: expect.any(String) },
        reasons: [expect.stringContaining('the target has no index public.orders_customer_id_idx')],
      });
      const text = (await project.regress(['check'])).stdout;
      expect(text).toContain('Fidelity  2 of 5 as production planned | 3 different\n');
      expect(text).toMatch(/\n +orders-of-anybody \[some\]: .*, in production .*; the target has no index public/);
      const of = (name: string) => report.results.find(({ query }: { query: string }) => query === name).production;
      expect([of('order-by-id'), of('orders-of-customer'), of('all-customers')]).toEqual([
        'identical',
        'different',
        null,
      ]);
      await makeShopFiles(project);
    });

    it('keeps the reason where production does not plan a query, and the other plans', async () => {
      await project.write('suites/broken.yaml', 'queries:\n  - name: broken\n    sql: SELECT nothing FROM orders\n');
      const statements = await tracedStatements(server, production, async () => {
        const taken = await project.regress(['snapshot', '--plans', '--source', server.url(production)]);
        expect(taken.status, taken.stderr).toBe(0);
      });
      expect(forbiddenStatements(statements, major)).toEqual([]);
      const plans = JSON.parse(await project.read('snapshots/production/plans.json'));
      expect(plans).toHaveLength(7);
      expect(plans.filter(({ plan }: { plan: unknown }) => plan === null)).toMatchObject([
        { query: 'broken', error: 'column "nothing" does not exist' },
      ]);
      const { stdout } = await project.regress(['check']);
      expect(stdout).toContain('6 of 7 as production planned | 1 not compared');
      expect(stdout).toContain('broken: production could not plan it: column "nothing" does not exist');
      await rm(project.path('suites/broken.yaml'));
    });

    // Last, because production is another one afterwards.
    it('names a table that grew, a column that was analyzed, and tolerates what it is told to', async () => {
      await server.psql(
        production,
        `INSERT INTO orders SELECT g, g % 500, repeat('x', 40) FROM generate_series(20001, 20400) g;`,
      );
      const grown = await verify();
      expect(grown.status).toBe(1);
      expect(grown.stdout).toMatch(/public\.orders grew since the snapshot: \d+ → \d+ pages/);
      expect(grown.stdout).toContain('the greatest value of index public.orders_pkey changed since the snapshot');
      await server.psql(production, 'ANALYZE orders (id)');
      expect((await verify()).stdout).toContain('statistics of public.orders.id changed since the snapshot');
      const tolerant = await verify('--tolerance', '0.2', 'order-by-id', 'all-customers');
      expect(tolerant.stdout).toContain('2 of 2 identical within 20 %');
      expect(tolerant.status).toBe(0);
    });
  });
}

describe('regress verify without a server', () => {
  it.each([['1'], ['-0.1'], ['much']])('refuses --tolerance %s', async (ratio) => {
    const project = await emptyProject();
    const { status, stderr } = await project.regress(['verify', '--tolerance', ratio]);
    expect(status).toBe(2);
    expect(stderr).toContain('Expected a ratio from 0 to below 1');
  });
});
