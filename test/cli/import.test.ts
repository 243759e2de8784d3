import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { countingServer } from '../support/counting-server.ts';
import { emptyProject, exampleProject, type Outcome, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { forbiddenStatements, tracedStatements } from '../support/trace.ts';
import { applicationClient, executeSuites } from '../support/workload.ts';

const SCHEMA = `CREATE SCHEMA counting;
CREATE EXTENSION pg_stat_statements SCHEMA counting;
CREATE TABLE orders (id int PRIMARY KEY, customer_id int, placed_at timestamptz, amount numeric, status text);
CREATE TABLE customers (id int PRIMARY KEY, email text);
`;

for (const major of await testMajors()) {
  describe(`regress import on PostgreSQL ${major}`, () => {
    let server: TestServer;

    beforeAll(async () => {
      server = await countingServer(major);
    });

    const imported = async (project: Project) => parse(await project.read('suites/imported.yaml')).queries;

    it("makes a suite of the example's queries that check runs whole, and a second run changes no line", async () => {
      const project = await exampleProject();
      const production = await server.createDatabase();
      await server.psql(
        production,
        `CREATE EXTENSION pg_stat_statements;\n${await project.read('docs/storefront/schema.sql')}`,
      );
      expect(await executeSuites(server, production, project.path('suites'))).toBeGreaterThanOrEqual(130);
      const run = (): Promise<Outcome> =>
        project.regress(['import', '--source', server.url(production), '--top', '1000']);

      const known = await run();
      expect(known.stdout, known.stderr).toMatch(/^0 queries added to suites\/imported.yaml, \d+ already known/m);
      await rm(project.path('suites'), { recursive: true });

      const first = await run();
      expect(first.status, first.stderr).toBe(0);
      const text = await project.read('suites/imported.yaml');
      // All but the one whose ON CONFLICT names an index by a constant.
      expect(first.stdout).toMatch(/^86 queries added to suites\/imported.yaml, 0 already known, 1 rejected/m);
      expect(first.stderr).toContain('ON CONFLICT … WHERE, which selects an index, was not recorded');

      const second = await run();
      expect(second.stdout).toMatch(/^0 queries added to suites\/imported.yaml, 86 already known, 1 rejected/);
      expect(await project.read('suites/imported.yaml')).toBe(text);

      expect((await project.regress(['update', '--all'])).status).toBe(0);
      const checked = await project.regress(['check', '--reporter', 'json']);
      expect(checked.status, checked.stderr).toBe(0);
      expect(JSON.parse(checked.stdout).summary).toMatchObject({ ok: 86, failed: 0, errored: 0 });
    });

    it('leaves out what a snapshot read before', async () => {
      const project = await emptyProject();
      const production = await server.createDatabase();
      await server.psql(production, SCHEMA);
      await server.psql(
        production,
        `INSERT INTO orders SELECT g, g, now(), g, 'x' FROM generate_series(1, 9000) g; ANALYZE`,
      );
      await server.psql(production, 'SELECT status FROM orders WHERE id = 17');
      const taken = await project.regress(['snapshot', '--source', server.url(production)]);
      expect(taken.status, taken.stderr).toBe(0);
      const outcome = await project.regress(['import', '--source', server.url(production)]);
      expect(outcome.stderr).toMatch(/^left out: \d+ \(regress's own\)$/m);
      const texts = (await imported(project)).map(({ sql }: { sql: string }) => sql);
      expect(texts).toContain('SELECT status FROM orders WHERE id = $1');
      expect(texts.join('\n')).not.toContain('IS DISTINCT FROM NULL');
    });

    it('takes the first by time, calls or mean time, with what production measured and the route', async () => {
      const project = await emptyProject();
      const production = await server.createDatabase();
      await server.psql(production, SCHEMA);
      const client = applicationClient(server, production);
      await client.connect();
      for (const id of [1, 2, 3])
        await client.query(`SELECT email FROM customers WHERE id = $1 /*route='%2Fme'*/`, [id]);
      await client.query('SELECT count(*), pg_sleep(0.05) FROM orders');
      await client.query('SELECT sum(amount) FROM orders WHERE customer_id IN (1, 2)');
      await client.query("DELETE FROM orders WHERE placed_at < now() - interval '2 years' AND id = 1");
      await client.end();
      const run = (...args: string[]) => project.regress(['import', '--source', server.url(production), ...args]);

      await run('--top', '1', '--by', 'calls');
      expect(await imported(project)).toMatchObject([
        {
          name: expect.stringMatching(/^select-customers-[0-9a-f]{6}$/),
          sql: 'SELECT email FROM customers WHERE id = $1',
          generic: true,
          stats: { calls: 3, mean_exec_time: expect.any(Number) },
          tags: { route: '/me' },
        },
      ]);
      await run('--top', '1');
      const [, slow] = await imported(project);
      expect(slow.sql).toMatch(/^SELECT count\(\*\), pg_sleep/);
      expect(slow.stats.mean_exec_time).toBeGreaterThan(40);
      await run('--top', '1', '--by', 'mean_exec_time');
      expect(await imported(project)).toHaveLength(2);
      await run('--matching', 'delete from', '--min-calls', '2');
      expect(await imported(project)).toHaveLength(2);

      // What a person changes stays: their text, their order, their comments, and a query they gave another text.
      const own = 'queries:   # ours\n- {name: mine, sql: "SELECT 1 FROM orders"}\n';
      const [{ name }] = await imported(project);
      const edited = `${own}- name: ${name}\n  sql: SELECT id FROM customers WHERE id = $1 OR id = $2\n  cases: {a: [1, 2]}\n`;
      await project.write('suites/imported.yaml', edited);
      const { stdout } = await run('--matching', 'customers|delete from');
      expect(stdout).toContain('1 query added to suites/imported.yaml, 1 already known');
      const now = await project.read('suites/imported.yaml');
      expect(now.startsWith(edited)).toBe(true);
      const { name: deleted, sql } = (await imported(project)).at(-1);
      expect(sql).toContain('now() - $1::interval AND id = $2');
      await project.write('suites/imported.yaml', `${edited}ignored: [${deleted}]\n`);
      expect((await run('--matching', 'customers|delete from')).stdout).toContain('0 queries added');
    });

    it("finds names by the search_path of the application's role", async () => {
      const project = await emptyProject();
      const production = await server.createDatabase();
      const app = `app_${production}`;
      await server.psql(
        production,
        `CREATE EXTENSION pg_stat_statements; CREATE SCHEMA "Shop"; CREATE TABLE "Shop".orders (id int);
         CREATE ROLE "${app}" LOGIN; GRANT USAGE ON SCHEMA "Shop" TO "${app}"; GRANT SELECT ON "Shop".orders TO "${app}";
         ALTER ROLE "${app}" SET search_path = "$user", "Shop", public;`,
      );
      const client = applicationClient(server, production, app);
      await client.connect();
      await client.query('SELECT id FROM orders WHERE id = $1', [1]);
      await client.end();
      const run = () => project.regress(['import', '--source', server.url(production)]);
      expect((await run()).stderr).toContain('relation "orders" does not exist');
      await project.write('regress.yaml', `target: { role: ${app} }\n`);
      expect((await run()).stdout).toContain('1 query added');
    });

    it('merges users, and says whose texts are hidden and what to grant', async () => {
      const project = await emptyProject();
      const production = await server.createDatabase();
      const reader = `reader_${production}`;
      await server.psql(
        production,
        `${SCHEMA} CREATE ROLE "${reader}" LOGIN; GRANT USAGE ON SCHEMA counting TO "${reader}"; GRANT SELECT ON orders TO "${reader}";`,
      );
      for (const user of ['postgres', reader]) {
        const client = applicationClient(server, production, user);
        await client.connect();
        await client.query('SELECT id FROM orders WHERE customer_id = $1', [1]);
        await client.end();
      }
      const url = server.url(production).replace('//postgres@', `//${reader}@`);
      const hidden = await project.regress(['import', '--source', url]);
      expect(hidden.status, hidden.stderr).toBe(0);
      expect(hidden.stderr).toMatch(/the text of \d+ statements of other users is hidden/);
      expect(hidden.stderr).toContain(`HINT:  GRANT pg_read_all_stats TO "${reader}"`);
      await rm(project.path('suites'), { recursive: true });
      await server.psql(production, `GRANT pg_read_all_stats TO "${reader}"`);
      expect((await project.regress(['import', '--source', url])).stderr).not.toContain('hidden');
      expect(await imported(project)).toMatchObject([{ stats: { calls: 2 } }]);
    });

    it('leaves out what PostgreSQL does not take, and says why', async () => {
      const project = await emptyProject();
      const production = await server.createDatabase();
      await server.psql(
        production,
        `${SCHEMA} CREATE TABLE gone (id int); SELECT id FROM gone; DROP TABLE gone;
         SELECT extract(year FROM placed_at), sum(CASE WHEN status = 'a' THEN 1 ELSE 0 END) FROM orders GROUP BY extract(year FROM placed_at);
         SELECT id FROM orders WHERE placed_at > date '2026-01-01' AND placed_at < current_date - 7;`,
      );
      const { stdout, stderr } = await project.regress(['import', '--source', server.url(production)]);
      expect(stdout, stderr).toContain('2 queries added');
      expect(stderr).toMatch(
        /select-gone-[0-9a-f]{6} left out: relation "gone" does not exist\n {4}SELECT id FROM gone/,
      );
      const text = await project.read('suites/imported.yaml');
      expect(text).toContain('placed_at > $1::date AND placed_at < current_date - $2::integer');
      expect(text).toContain('SELECT extract(year FROM placed_at), sum(');
      expect(text).toMatch(/# \$\d, \$\d treated as an integer/);
    });

    it('sends production nothing but reading', async () => {
      const project = await emptyProject();
      const production = await server.createDatabase();
      await server.psql(
        production,
        `${SCHEMA} SELECT id FROM orders FOR UPDATE; UPDATE orders SET status = 'x' WHERE id = 1;`,
      );
      const statements = await tracedStatements(server, production, async () => {
        const run = await project.regress(['import', '--source', server.url(production)]);
        expect(run.stdout).toContain('2 queries added');
      });
      expect(statements.length).toBeGreaterThan(10);
      expect(forbiddenStatements(statements, major)).toEqual([]);
    });

    it('says how to install pg_stat_statements', async () => {
      const project = await emptyProject();
      const bare = await server.createDatabase();
      const loaded = await project.regress(['import', '--source', server.url(bare)]);
      expect(loaded).toMatchObject({ status: 2, stdout: '' });
      expect(loaded.stderr).toContain(`pg_stat_statements is not installed in database "${bare}"`);
      expect(loaded.stderr).toContain('run: CREATE EXTENSION pg_stat_statements');

      const other = (await testServer(major)) as TestServer;
      const unloaded = await other.createDatabase();
      const none = await project.regress(['import', '--source', other.url(unloaded)]);
      expect(none.status).toBe(2);
      expect(none.stderr).toContain("HINT:  Set shared_preload_libraries = 'pg_stat_statements'");
      await other.psql(unloaded, 'CREATE EXTENSION pg_stat_statements');
      const installed = await project.regress(['import', '--source', other.url(unloaded)]);
      expect(installed.status).toBe(2);
      expect(installed.stderr).toContain('must be loaded via');
    });
  });
}

describe('regress import without a server', () => {
  it.each([
    [['--top', '0'], 'Expected a whole number of at least 1'],
    [['--by', 'rows'], 'Allowed choices are total_exec_time, calls, mean_exec_time'],
    [['--matching', '('], 'Unterminated group'],
    [[], 'regress import --source'],
    [['--source', 'postgresql:///x', '--out', 'queries.sql'], 'cannot add queries to queries.sql'],
  ])('refuses %j', async (args, message) => {
    const project = await emptyProject();
    const { status, stderr } = await project.regress(['import', ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
