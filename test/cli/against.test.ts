import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commandLine, emptyProject, type Outcome, type Project, runRegress } from '../support/project.ts';
import { makeRepository, type TestRepository } from '../support/repository.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { until } from '../support/until.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();

const INDEX = 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n';

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly cause?: readonly string[];
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly standing?: boolean;
}

/** Of a JSON report, what its queries have to say. */
function findingsOf({
  stdout,
}: Outcome): { query: string; case: string | null; status: string; findings: Finding[] }[] {
  const { results } = JSON.parse(stdout);
  return results.filter(({ findings }: { findings: Finding[] }) => findings.length > 0);
}

/** Worktrees of these tests alone are in it. */
const temporary = await mkdtemp(join(tmpdir(), 'against-'));
const leftovers = async () => (await readdir(temporary)).filter((name) => name.startsWith('regress-against-'));

describe.skipIf(server === null)('check --against', () => {
  const { url, psql } = server as TestServer;
  let project: Project;
  let production: string;
  let repository: TestRepository;

  beforeAll(async () => {
    ({ project, production } = await makeShopWithSnapshot(server as TestServer));
    repository = await makeRepository(project);
  });

  afterAll(() => rm(temporary, { recursive: true, force: true }));

  beforeEach(async () => {
    await repository.branch('feature');
    await repository.git('clean', '-fdq');
  });

  const against = (...args: string[]) =>
    project.regress(['check', '--against', ...args], { CI: 'true', TMPDIR: temporary });

  test('is silent where the branch changed nothing that is planned, and leaves nothing behind', async () => {
    await project.write('README.md', 'Words.\n');
    const commit = await repository.git('rev-parse', 'main');
    const checked = await against();
    expect(checked.status, checked.stdout + checked.stderr).toBe(0);
    expect(checked.stdout).toMatch(/^ +Queries {2}3 ok \(3\)\n/);
    expect(checked.stdout).toContain(
      `Against  the merge base of HEAD and main, ${commit.slice(0, 12)}, which is HEAD: only uncommitted changes differ\n`,
    );
    expect(await repository.git('worktree', 'list', '--porcelain')).not.toContain('regress-against');
    expect(await repository.git('status', '--porcelain')).toBe('?? README.md');
    expect(await leftovers()).toEqual([]);
    const report = JSON.parse((await against('main', '--reporter', 'json')).stdout);
    expect(report.against).toEqual({ ref: 'main', commit, mergeBase: false, isHead: true, standing: 0 });
    expect(report.results.every(({ baseline }: { baseline: unknown }) => baseline !== null)).toBe(true);
  });

  test('says what the branch did, and nothing of what main has done since', async () => {
    await repository.branch('elsewhere');
    await project.edit(
      'schema.sql',
      'CREATE TABLE customers',
      'CREATE TABLE clients (id int);\nCREATE TABLE customers',
    );
    await project.edit('suites/orders.yaml', 'all-customers', 'every-customer');
    await repository.commit('moved on');
    await repository.git('checkout', '--quiet', '-B', 'main-of-today');
    await repository.branch('feature');
    await project.edit('schema.sql', INDEX, '');
    const checked = await against('main-of-today...');
    expect(checked.status, checked.stderr).toBe(1);
    expect(checked.stdout).toMatch(/FAIL .*suites\/orders\.yaml:2 +orders-of-customer \[some\]/);
    expect(checked.stdout).toContain('· The branch changed the schema.');
    expect(checked.stdout).toContain('Causes  1 plan changed by this branch\n');
    expect(checked.stdout).toMatch(/ {2}main-of-today +cost/);
    expect(checked.stdout).toContain('raise the thresholds of the query (suites/orders.yaml:2)');
    expect(checked.stdout).not.toContain('regress-pg update');
    expect(checked.stdout).toMatch(/1 failed \| 1 warned \| 1 ok \(3\)/);
    const exact = findingsOf(await against('main-of-today', '--reporter', 'json'));
    expect(exact.map(({ query, findings }) => [query, findings[0]?.code])).toEqual([
      ['orders-of-customer', 'cost-increased'],
      ['order-by-id', 'schema-drift'],
    ]);
    const [fail] = exact;
    expect(fail?.findings[0]).toMatchObject({ cause: ['schema'], severity: 'fail' });
  });

  test('says nothing of a snapshot that was refreshed, whatever it does to plans', async () => {
    await psql(
      production,
      `INSERT INTO orders SELECT g, g % 3, repeat('y', 80) FROM generate_series(20001, 90000) g; VACUUM ANALYZE;
       CREATE INDEX made_by_hand ON customers (email)`,
    );
    expect(await project.regress(['snapshot', '--source', url(production)])).toMatchObject({ status: 0 });
    await project.write('docs.md', 'Words.\n');
    await project.edit(
      'suites/orders.yaml',
      'SELECT * FROM customers ORDER BY email',
      'SELECT * FROM customers ORDER BY email',
    );
    const checked = await against();
    expect(checked.status, checked.stdout).toBe(0);
    expect(checked.stdout).toMatch(/^ +Queries {2}3 ok \(3\)\n/);
    // The index that production has and no schema: said once, on demand.
    expect(checked.stdout).toContain('; 1 finding is there too (--verbose)');
    const [standing] = findingsOf(await against('main', '--reporter', 'json'));
    expect(standing).toMatchObject({
      query: 'all-customers',
      status: 'ok',
      findings: [{ code: 'schema-drift', severity: 'note', standing: true }],
    });
    expect(standing?.findings[0]?.detail).toContain('It is the same at main, so this branch did not cause it.');
    await repository.git('checkout', '--quiet', '--', 'snapshots');
    await repository.git('clean', '-fdq');
  });

  test('a query is found again when it was edited, renamed, moved or reformatted', async () => {
    await project.edit(
      'suites/orders.yaml',
      'SELECT id, note FROM orders WHERE customer_id = $1',
      'SELECT id, note FROM orders WHERE customer_id + 0 = $1',
    );
    await project.edit('suites/orders.yaml', 'name: all-customers', 'name: every-customer');
    const suite = await project.read('suites/orders.yaml');
    const at = suite.indexOf('  - name: order-by-id');
    await project.write('suites/orders.yaml', suite.slice(0, at));
    await project.write(
      'suites/moved.sql',
      '-- name: one-order\nSELECT *\nFROM orders\nWHERE id = 5;\n-- name: brand-new\nSELECT count(*) FROM orders;\n',
    );
    await project.write(
      'suites/more.yaml',
      suite.slice(at).replace(/^/, 'queries:\n').replace('SELECT * FROM orders WHERE', 'SELECT * FROM orders o WHERE'),
    );
    const checked = await against('main', '--reporter', 'json');
    expect(checked.status, checked.stderr).toBe(1);
    const { results, notes } = JSON.parse(checked.stdout);
    const found = results.map((result: { query: string; status: string; baseline: unknown }) => [
      result.query,
      `${result.status}, ${result.baseline === null ? 'new' : 'compared'}`,
    ]);
    expect(Object.fromEntries(found)).toEqual({
      'order-by-id': 'ok, compared',
      'one-order': 'ok, new',
      'brand-new': 'ok, new',
      'orders-of-customer': 'fail, compared',
      'every-customer': 'ok, compared',
    });
    expect(notes).toEqual([]);
    const edited = findingsOf(checked).find(({ query }) => query === 'orders-of-customer');
    expect(edited?.findings[0]).toMatchObject({ code: 'cost-increased', cause: ['query'] });
    expect(edited?.findings[0]?.detail).toBe('Cause: the branch changed the query.');
  });

  test('a new query is judged by what it expects; one that is gone is noted', async () => {
    await project.edit(
      'suites/orders.yaml',
      'name: all-customers\n    sql: SELECT * FROM customers ORDER BY email',
      'name: count-orders\n    sql: SELECT count(*) FROM orders',
    );
    const checked = await against();
    expect(checked.status, checked.stdout).toBe(0);
    expect(checked.stdout).toContain(
      'count-orders: new: no plan at the merge base with main to compare with [query-new]',
    );
    expect(checked.stdout).toContain(
      'all-customers of suites/orders.yaml is at the merge base with main, but no longer in this branch [query-removed]',
    );
    await project.edit(
      'suites/orders.yaml',
      'sql: SELECT count(*) FROM orders',
      'sql: SELECT count(*) FROM orders\n    expect: { cost: { max: 1 } }',
    );
    const limited = await against('main', '--reporter', 'json');
    expect(limited.status).toBe(1);
    expect(findingsOf(limited)[0]?.findings[0]).toMatchObject({ code: 'cost-over-limit', severity: 'fail' });
  });

  test('what was wrong at the revision is no regression of the branch', async () => {
    await repository.branch('red');
    await project.edit('suites/orders.yaml', 'SELECT * FROM customers', 'SELECT * FROM custommers');
    await project.edit(
      'suites/orders.yaml',
      'cases: { some: [17] }',
      'cases: { some: [17] }\n    expect: { cost: { max: 1 } }',
    );
    await repository.commit('broken');
    expect((await project.regress(['check'])).status).toBe(1);
    const same = await against('red', '--reporter', 'json');
    expect(same.status, same.stderr).toBe(0);
    expect(
      findingsOf(same).map(({ query, status, findings }) => [query, status, findings[0]?.code, findings[0]?.severity]),
    ).toEqual([
      ['orders-of-customer', 'ok', 'cost-over-limit', 'note'],
      ['all-customers', 'warn', 'query-failed', 'warn'],
    ]);
    await project.edit('suites/orders.yaml', 'custommers', 'customers');
    const mended = await against('red');
    expect(mended.status).toBe(0);
    expect(mended.stdout).toContain(
      'all-customers: could not be planned at red, but can be now: no plan to compare with',
    );
    // The other way round it is.
    await repository.git('stash');
    expect((await against('main')).stdout).toContain('1 could not be planned | 1 failed');
    await repository.git('stash', 'drop');
  });

  test('a setting that the branch makes is named', async () => {
    await project.write(
      'schema.sql',
      `${await project.read('schema.sql')}DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_indexscan = off', current_database());
EXECUTE format('ALTER DATABASE %I SET enable_bitmapscan = off', current_database()); END $$;\n`,
    );
    const checked = await against('main', '--reporter', 'json');
    expect(checked.status, checked.stderr).toBe(1);
    const causes = findingsOf(checked).flatMap(({ findings }) => findings.map(({ cause }) => cause));
    expect(new Set(causes.map(String))).toEqual(new Set(['settings']));
  });

  test('a revision without regress is no obstacle to the branch that brings it', async () => {
    await repository.git('checkout', '--quiet', '--orphan', 'before');
    await repository.git('rm', '-rfq', '--cached', '.');
    await repository.git('commit', '--quiet', '--allow-empty', '-m', 'before regress');
    await repository.git('checkout', '--quiet', '--force', 'feature');
    const checked = await against('before');
    expect(checked.status, checked.stdout).toBe(0);
    expect(checked.stdout).toContain('before has no regress.yaml: every query is new');
    const unrelated = await against('before...');
    expect(unrelated).toMatchObject({ status: 2, stdout: '' });
    expect(unrelated.stderr).toContain('HEAD and before have no merge base');
  });

  test('what of the revision cannot be built or read is an error that names it', async () => {
    await repository.branch('unbuildable');
    await project.edit('schema.sql', 'CREATE TABLE orders', 'CREATE TABEL orders');
    const commit = await repository.commit('broken');
    await repository.branch('feature');
    const checked = await against('unbuildable');
    expect(checked).toMatchObject({ status: 2, stdout: '' });
    expect(checked.stderr).toContain(`unbuildable (${commit.slice(0, 12)}): `);
    expect(checked.stderr).toContain('syntax error at or near "TABEL"');
    expect(await leftovers()).toEqual([]);
  });

  test.each([
    [['nowhere'], 'unknown revision "nowhere"', 'git fetch origin'],
    [['orders.yaml'], 'unknown revision "orders.yaml"', 'To select queries, put their names before --against.'],
    [['--upload-pack=x'], "unknown option '--upload-pack=x'", ''],
  ])('%s is refused', async (args, message, more) => {
    const checked = await against(...args);
    expect(checked).toMatchObject({ status: 2, stdout: '' });
    expect(checked.stderr).toContain(message);
    expect(checked.stderr).toContain(more);
  });

  test('outside a repository, in a shallow clone, without prepare', async () => {
    const alone = await emptyProject();
    await alone.write('regress.yaml', 'target:\n  prepare: [{ sql: schema.sql }]\n');
    await mkdir(alone.path('suites'));
    await alone.write('suites/a.yaml', 'queries: [{ name: a, sql: SELECT 1 }]\n');
    const outside = await alone.regress(['check', '--against']);
    expect(outside.status).toBe(2);
    expect(outside.stderr).toContain('not a git repository');
    expect(outside.stderr).toContain('HINT:  Run this in a clone of the project');
    await alone.write('regress.yaml', '');
    expect((await alone.regress(['check', '--against'])).stderr).toContain('--against needs target.prepare');

    await repository.commit('one more');
    await repository.git('checkout', '--quiet', 'main');
    const clone = `${alone.folder}-shallow`;
    await execa('git', ['clone', '--quiet', '--depth', '1', '--branch', 'feature', `file://${project.folder}`, clone]);
    await execa('git', ['fetch', '--quiet', '--depth', '1', 'origin', 'main:refs/remotes/origin/main'], { cwd: clone });
    const shallow = await runRegress(['check', '--against'], { cwd: clone });
    expect(shallow.status).toBe(2);
    expect(shallow.stderr).toContain('HEAD and origin/main have no merge base');
    expect(shallow.stderr).toContain('fetch-depth: 0');
    expect((await runRegress(['check', '--against', 'HEAD~1'], { cwd: clone })).stderr).toContain(
      'git fetch --unshallow',
    );
    // The tip needs no merge base.
    expect((await runRegress(['check', '--against', 'origin/main'], { cwd: clone })).status).toBe(0);
    await rm(clone, { recursive: true });
  });

  test('commands of prepare find the packages of the project where its lock file is the same', async () => {
    await repository.branch('packages');
    await project.write('.gitignore', 'node_modules\n');
    await project.write('package-lock.json', '{}\n');
    await mkdir(project.path('node_modules/tool'), { recursive: true });
    await project.write('node_modules/tool/index.js', "module.exports = 'CREATE TABLE by_tool (id int)';\n");
    await project.write('migrate.js', "console.log(require('tool'))\n");
    await project.edit(
      'regress.yaml',
      '    - sql: schema.sql',
      `    - sql: schema.sql\n    - run: node migrate.js > by-tool.sql && pwd > where && ${psqlCommand()} -f by-tool.sql`,
    );
    await repository.commit('packages');
    const same = await against('packages');
    expect(same.status, same.stderr).toBe(0);
    expect(await project.read('node_modules/tool/index.js')).toContain('by_tool');
    await project.write('package-lock.json', '{ "other": true }\n');
    const other = await against('packages');
    expect(other.status).toBe(2);
    expect(other.stderr).toContain('the worktree of packages has no node_modules, because its lock file differs (.)');
    expect(other.stderr).toContain('test -d node_modules || npm ci');
  });

  const psqlCommand = () => `${(server as TestServer).installation.bindir}/psql -q -v ON_ERROR_STOP=1`;

  test('on a server of the user, from a hook of git', async () => {
    await project.edit('schema.sql', INDEX, '');
    const target = url(await (server as TestServer).createDatabase());
    const hook = { GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index', CI: 'true' };
    const checked = await project.regress(
      ['check', '--against', 'main', '--target', target, '--reporter', 'json'],
      hook,
    );
    expect(checked.status, checked.stderr).toBe(1);
    expect(findingsOf(checked)[0]).toMatchObject({ query: 'orders-of-customer', status: 'fail' });
    expect(await psql('postgres', `SELECT datname FROM pg_database WHERE datname ~ '^regress_run_'`)).toBe('');
  });

  test('in a folder below the top of a repository', async () => {
    const whole = await emptyProject();
    await mkdir(whole.path('services'));
    await cp(project.folder, whole.path('services/shop'), {
      recursive: true,
      filter: (path) => !path.endsWith('/.git'),
    });
    const shop = await makeRepository(whole);
    await whole.edit('services/shop/schema.sql', INDEX, '');
    const checked = await runRegress(['check', '--against', '--reporter', 'json'], {
      cwd: whole.path('services/shop/suites'),
    });
    expect(checked.status, checked.stderr).toBe(1);
    expect(findingsOf(checked).map(({ query }) => query)).toEqual(['orders-of-customer', 'order-by-id']);
    expect(await shop.git('worktree', 'list')).not.toContain('regress-against');
    await rm(whole.folder, { recursive: true });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('after %s in the middle of the revision nothing is left', async (signal, status) => {
    await repository.branch('slow');
    await project.edit(
      'regress.yaml',
      '    - sql: schema.sql',
      `    - sql: schema.sql\n    - run: pwd > ${project.path('reached')}; exec sleep 300 >/dev/null 2>&1`,
    );
    await repository.commit('slow');
    await rm(project.path('reached'), { force: true });
    const started = execa('node', [commandLine(), 'check', '--against', 'slow'], {
      cwd: project.folder,
      env: { TMPDIR: temporary },
      reject: false,
      stdin: 'ignore',
    });
    await until('prepare has begun', async () => (await project.read('reached').catch(() => '')).includes('\n'));
    expect(await project.read('reached')).toContain('regress-against-');
    started.kill(signal);
    expect((await started).exitCode).toBe(status);
    expect(await leftovers()).toEqual([]);
    expect(await repository.git('worktree', 'list', '--porcelain')).not.toContain('regress-against');
    await repository.git('clean', '-fdq');
  });

  test('what a killed run left is removed by the next', async () => {
    await repository.branch('slow-too', 'slow');
    await rm(project.path('reached'), { force: true });
    const started = execa('node', [commandLine(), 'check', '--against', 'slow'], {
      cwd: project.folder,
      env: { TMPDIR: temporary },
      reject: false,
      stdin: 'ignore',
    });
    await until('prepare has begun', async () => (await project.read('reached').catch(() => '')).includes('\n'));
    started.kill('SIGKILL');
    await started;
    expect(await leftovers()).toHaveLength(1);
    await repository.git('clean', '-fdq');
    await repository.branch('feature');
    expect((await against('main')).status).toBe(0);
    expect(await leftovers()).toEqual([]);
  });
});
