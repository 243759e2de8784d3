import { cp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { countingServer } from '../support/counting-server.ts';
import { testInstallations } from '../support/installations.ts';
import { exampleProject, type Outcome, type Project } from '../support/project.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** The example as a team has it: its tests send queries by an ORM, and it has no suite yet. */
async function ormProject(pgConfig: string): Promise<Project> {
  const project = await exampleProject();
  await rm(project.path('suites'), { recursive: true });
  await symlink(join(REPOSITORY, 'node_modules'), project.path('node_modules'));
  await cp(join(REPOSITORY, 'test/cli/capture/orm-tests.mjs'), project.path('orm-tests.mjs'));
  await project.edit('regress.yaml', 'target:\n', `target:\n  pgConfig: ${pgConfig}\n`);
  return project;
}

const RUN = ['--', 'node', '--test', 'orm-tests.mjs'];

interface Written {
  readonly name: string;
  readonly sql: string;
  readonly generic?: boolean;
  readonly tags?: Record<string, string>;
}

async function captured(project: Project): Promise<Written[]> {
  return parse(await project.read('suites/captured.yaml')).queries;
}

for (const { major, pgConfig } of await testInstallations()) {
  describe(`regress capture on PostgreSQL ${major}`, () => {
    let project: Project;
    const capture = (...args: string[]): Promise<Outcome> => project.regress(['capture', ...args]);

    beforeAll(async () => {
      project = await ormProject(pgConfig);
    });

    it('makes a suite of what the tests send that check runs whole, and a second run changes no line', async () => {
      const first = await capture(...RUN);
      expect(first.status, first.stderr).toBe(0);
      const text = await project.read('suites/captured.yaml');
      const queries = await captured(project);
      expect(first.stdout).toContain(`${queries.length} queries added to suites/captured.yaml, 0 already known`);
      expect(queries.map(({ name }) => name.replace(/-[0-9a-f]{6}$/, ''))).toEqual([
        'select-countries',
        'select-customers',
        'select-customers',
        'delete-orders',
        'insert-orders',
        'select-orders',
        'select-orders',
        'select-orders-customers',
        'update-orders',
      ]);

      // Lists of 1, 2, 2 and 3 values are one query.
      expect(queries.find(({ name }) => name.startsWith('select-orders-customers'))?.sql).toMatch(
        /in \(\$1, \$2\) and/,
      );
      expect(text).toContain('# list lengths: 2, the most common; also seen: 1, 3');
      // What differs from call to call is a parameter, what the application wrote is not.
      expect(queries.find(({ tags }) => tags !== undefined)).toMatchObject({
        sql: "SELECT date_trunc('month', placed_at) AS month, count(*) FROM orders WHERE country = $1 AND channel = 'web' GROUP BY 1",
        generic: true,
        tags: { action: 'monthly', controller: 'reports' },
      });
      expect(queries.find(({ name }) => name.startsWith('select-countries'))).toEqual({
        name: expect.any(String),
        sql: "SELECT name FROM countries WHERE currency = 'EUR'",
      });
      expect(first.stderr).toMatch(/select-scratch-[0-9a-f]{6} left out: relation "scratch" does not exist/);
      expect(first.stderr).toContain('(inserts several rows, as fixtures do)');
      expect(first.stderr).toContain('(deletes all rows of a table)');

      const second = await capture(...RUN);
      expect(second.stdout).toContain(`0 queries added to suites/captured.yaml, ${queries.length} already known`);
      expect(await project.read('suites/captured.yaml')).toBe(text);

      expect((await project.regress(['update', '--all'])).status).toBe(0);
      const checked = await project.regress(['check', '--reporter', 'json']);
      expect(checked.status, checked.stderr).toBe(0);
      expect(JSON.parse(checked.stdout).summary).toMatchObject({ ok: queries.length, errored: 0 });
    });

    it('adds a query the branch brings, and keeps what a person wrote', async () => {
      const before = await project.read('suites/captured.yaml');
      await project.write('one.mjs', ONE_QUERY);
      const { stdout } = await capture('--', 'node one.mjs');
      expect(stdout).toContain('1 query added');
      const after = await project.read('suites/captured.yaml');
      expect(after.startsWith(before)).toBe(true);
      expect(parse(after).queries.at(-1).sql).toBe('SELECT count(*) FROM payments WHERE order_id = $1');
    });

    it('keeps the status of tests that fail, and writes nothing', async () => {
      const before = await project.read('suites/captured.yaml');
      await project.write('one.mjs', ONE_QUERY.replace('payments', 'shipments'));
      const { status, stdout, stderr } = await capture('--', 'node one.mjs; echo failing; exit 3');
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('failing');
      expect(stderr).toContain('DETAIL:  It ended with status 3. Nothing was written.');
      expect(await project.read('suites/captured.yaml')).toBe(before);
    });

    it('says so where the tests went to another database, and where a command is not there', async () => {
      const nothing = await capture('--', 'true');
      expect(nothing.status).toBe(2);
      expect(nothing.stderr).toContain('the command sent no statements to the database');
      const missing = await capture('--', 'no-such-command', 'x');
      expect(missing.status).toBe(2);
      expect(missing.stderr).toContain('the command failed: no-such-command x');
    });

    it('does without a snapshot, and with tests that build the schema themselves', async () => {
      const bare = await ormProject(pgConfig);
      await bare.write('regress.yaml', `target: { pgConfig: ${pgConfig} }\n`);
      await bare.write(
        'one.mjs',
        ONE_QUERY.replace(
          'await client.query',
          "await client.query('CREATE TABLE payments (order_id int)');\nawait client.query",
        ),
      );
      const run = await bare.regress(['capture', '--out', 'suites/own.yaml', '--', 'node', 'one.mjs']);
      expect(run.stdout, run.stderr).toContain('1 query added to suites/own.yaml');
    });

    it('counts with pg_stat_statements on a target', async () => {
      const server = await countingServer(major);
      const target = await ormProject(pgConfig);
      const args = ['capture', '--target', server.url('postgres'), ...RUN];
      const first = await target.regress(args);
      expect(first.status, first.stderr).toBe(0);
      const text = await target.read('suites/captured.yaml');
      expect((await captured(target)).length).toBeGreaterThanOrEqual(8);
      expect((await target.regress(args)).stdout).toContain('0 queries added');
      expect(await target.read('suites/captured.yaml')).toBe(text);
      expect(await server.psql('postgres', "SELECT count(*) FROM pg_database WHERE datname LIKE 'regress%'")).toBe('0');
      expect((await target.regress(['update', '--all'])).status).toBe(0);
      expect((await target.regress(['check'])).status).toBe(0);
    });
  });
}

const ONE_QUERY = `import pg from 'pg';
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('SELECT count(*) FROM payments WHERE order_id = $1', [1]);
await client.end();
`;
