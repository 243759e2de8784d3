import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { after, type FaultyFront, faultyFront } from '../support/faulty-front.ts';
import type { Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();

/** Whatever breaks on the way, the status is 2, and no mistake of ours is to blame. */
const TYPED = { status: 2, stderr: expect.stringMatching(/^regress: error: (?!unexpected)/m) };

describe.skipIf(server === null)('what breaks on the way', () => {
  const { url, psql, createDatabase } = server as TestServer;
  let project: Project;
  let production: string;
  let front: FaultyFront;

  beforeAll(async () => {
    ({ project, production } = await makeShopWithSnapshot(server as TestServer));
    front = await faultyFront(url('postgres'));
    return () => front.close();
  });

  const runDatabases = () => psql('postgres', `SELECT datname FROM pg_database WHERE datname ~ '^regress_run_'`);

  test.each([2, 30])('a snapshot whose connection is cut after %i answers', async (count) => {
    front.harm(after(count, () => 'cut'));
    const before = await project.read('snapshots/production/manifest.json');
    const result = await project.regress(['snapshot', '--source', front.url(production)]);
    expect(result).toMatchObject(TYPED);
    expect(result.stderr).toContain('regress: error: lost the connection to the source postgresql://');
    expect(await project.read('snapshots/production/manifest.json')).toBe(before);
    expect(await readdir(project.path('snapshots'))).toEqual(['production']);
  });

  test('a restore whose connection is cut in the middle', async () => {
    const database = await createDatabase();
    await psql(database, await project.read('schema.sql'));
    front.harm(after(20, () => 'cut'));
    const result = await project.regress(['restore', '--target', front.url(database)]);
    expect(result).toMatchObject(TYPED);
    expect(result.stderr).toContain('lost the connection to the target');
  });

  test.each([4, 25])('a check whose connections are cut after %i answers leaves no database', async (count) => {
    front.harm(after(count, () => 'cut'));
    const result = await project.regress(['check', '--target', front.url(await createDatabase())]);
    expect(result).toMatchObject(TYPED);
    expect(await runDatabases()).toBe('');
  });

  test('a stalled connection ends a check within its limit', async () => {
    front.harm(after(25, () => 'keep'));
    const env = { REGRESS_CLIENT_TIMEOUT: '1' };
    const result = await project.regress(['check', '--target', front.url(await createDatabase())], env);
    expect(result).toMatchObject(TYPED);
    expect(result.stderr).toMatch(/did not answer within 1 s|could not connect/);
  });

  test.each([
    ['an exception', `throw new Error('boom')`],
    ['a promise nobody waits for', `Promise.reject(new Error('boom'))`],
  ])('%s somewhere ends with 2, and cleans up', async (_, thrown) => {
    const target = url(await createDatabase());
    // Thrown once the run's database is there, by a process that has none of our code on its stack.
    const bomb = `import { existsSync } from 'node:fs';
      const timer = setInterval(() => { if (existsSync('reached')) { clearInterval(timer); ${thrown}; } }, 20);
      timer.unref();`;
    await rm(project.path('reached'), { force: true });
    await project.edit('regress.yaml', '- sql: schema.sql', '- sql: schema.sql\n    - run: touch reached; sleep 20');
    const preload = `--import=data:text/javascript,${encodeURIComponent(bomb)}`;
    const result = await project.regress(['check', '--target', target], { NODE_OPTIONS: preload });
    await project.edit('regress.yaml', '\n    - run: touch reached; sleep 20', '');
    expect(result.status, result.stderr).toBe(2);
    expect(result.stderr).toContain('boom');
    expect(result.stderr).toMatch(/regress \d\S*, Node\.js v\d\S*, linux \S+, PostgreSQL \d/);
    expect(await runDatabases()).toBe('');
  });

  test.each(['check', 'update', 'capture'])('%s --no-prepare-run refuses a command at its place', async (command) => {
    await project.edit('regress.yaml', '- sql: schema.sql', '- sql: schema.sql\n    - run: touch reached');
    await rm(project.path('reached'), { force: true });
    const rest = { check: [], update: ['--all'], capture: ['true'] }[command] ?? [];
    const result = await project.regress([command, '--no-prepare-run', ...rest]);
    await project.edit('regress.yaml', '\n    - run: touch reached', '');
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(
      /^regress: error: regress\.yaml:\d+:\d+: commands are not allowed with --no-prepare-run/,
    );
    expect(existsSync(project.path('reached'))).toBe(false);
  });
});
