import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { processesNaming } from '../../src/target/server/processes.ts';
import { commandLine, type Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { until } from '../support/until.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();

/** Long enough that nothing ends by itself while a test looks; it holds no pipe of the process that is killed. */
const LONG = 'sleep 320.25 & exec sleep 320.25 >/dev/null 2>&1';

describe.skipIf(server === null)('a check that is stopped in the middle', () => {
  const { url, psql, createDatabase } = server as TestServer;
  let project: Project;

  beforeAll(async () => {
    ({ project } = await makeShopWithSnapshot(server as TestServer));
    await project.edit(
      'regress.yaml',
      '    - sql: schema.sql',
      `    - sql: schema.sql\n    - run: echo "$DATABASE_URL" > reached; ${LONG}`,
    );
  });

  /** Starts a check, waits until it is in the middle of `prepare`, and sends it a signal. */
  const interrupt = async (signal: NodeJS.Signals, args: string[], times = 1) => {
    await execa('rm', ['-f', project.path('reached')]);
    const started = execa('node', [commandLine(), 'check', ...args], {
      cwd: project.folder,
      env: { CI: '', REGRESS_TARGET_URL: '' },
      reject: false,
      stdin: 'ignore',
    });
    await until('prepare has begun', async () => (await project.read('reached').catch(() => '')).includes('host='));
    const socketFolder = new URL((await project.read('reached')).trim()).searchParams.get('host') as string;
    expect(existsSync(socketFolder)).toBe(true);
    for (let time = 0; time < times; time += 1) started.kill(signal);
    return { result: await started, socketFolder };
  };

  const runDatabases = () => psql('postgres', `SELECT datname FROM pg_database WHERE datname ~ '^regress_run_'`);

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends with %i and leaves no server', async (signal, status) => {
    const { result, socketFolder } = await interrupt(signal, []);
    expect(result.exitCode).toBe(status);
    expect(result.stderr).toContain(`regress: stopped by ${signal}`);
    expect(result.stderr).not.toContain('regress: error');
    expect(existsSync(socketFolder)).toBe(false);
    expect(await processesNaming(socketFolder)).toEqual([]);
    expect(await processesNaming('320.25')).toEqual([]);
  });

  test('Ctrl-C on a terminal does the same', async ({ skip }) => {
    const terminal = await execa('script', ['-qec', 'true', '/dev/null'], { reject: false, stdin: 'ignore' });
    skip(terminal.failed, "SKIPPED: this machine has no pseudo-terminals, or no util-linux's script");
    await execa('rm', ['-f', project.path('reached')]);
    const started = execa('script', ['-qec', `node ${commandLine()} check`, '/dev/null'], {
      cwd: project.folder,
      env: { CI: '', REGRESS_TARGET_URL: '', TERM: 'xterm' },
      reject: false,
      stdin: 'pipe',
    });
    await until('prepare has begun', async () => (await project.read('reached').catch(() => '')).includes('host='));
    const socketFolder = new URL((await project.read('reached')).trim()).searchParams.get('host') as string;
    started.stdin.write('\x03');
    const { exitCode, stdout } = await started;
    expect(stdout).toContain('regress: stopped by SIGINT');
    expect(exitCode).toBe(130);
    expect(existsSync(socketFolder)).toBe(false);
  });

  test('SIGKILL leaves no server either', async () => {
    const { socketFolder } = await interrupt('SIGKILL', []);
    await until(
      'no server',
      async () => !existsSync(socketFolder) && (await processesNaming(socketFolder)).length === 0,
    );
    // Nor the commands of prepare, and what these left in the background.
    await until('no command', async () => (await processesNaming('320.25')).length === 0);
  });

  test('on a server of the user the database of the run is dropped', async () => {
    const target = url(await createDatabase());
    // As a shell and npm may both pass one Ctrl-C on.
    const { result } = await interrupt('SIGINT', ['--target', target], 2);
    expect(result.exitCode).toBe(130);
    expect(await runDatabases()).toBe('');
  });

  test('after SIGKILL the next run finds the target usable and drops what is left', async () => {
    const target = url(await createDatabase());
    await interrupt('SIGKILL', ['--target', target]);
    expect(await runDatabases()).toMatch(/^regress_run_/);
    await project.edit('regress.yaml', LONG, 'true');
    const next = await project.regress(['check', '--target', target]);
    await project.edit('regress.yaml', 'true', LONG);
    expect(next.status, next.stderr).toBe(0);
    expect(await runDatabases()).toBe('');
  });

  test('SIGKILL in the middle of a restore leaves the target as it was', async () => {
    const database = await createDatabase();
    await psql(database, await project.read('schema.sql'));
    expect((await project.regress(['restore', '--target', url(database)])).status).toBe(0);
    const state = `SELECT count(*), sum(relpages), (SELECT count(*) FROM regress_planner.index) FROM pg_class`;
    const before = await psql(database, state);
    // A lock on a side table holds the second restore in its middle.
    const locker = psql(
      database,
      'BEGIN; LOCK TABLE regress_planner.index IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(300); COMMIT',
    ).catch(() => undefined);
    const locked = `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database}' AND query ~ '^SELECT pg_sleep'`;
    await until('the lock is held', async () => (await psql('postgres', locked)) === '1');
    const started = execa('node', [commandLine(), 'restore', '--target', url(database)], {
      cwd: project.folder,
      reject: false,
    });
    await until(
      'the restore waits for the lock',
      async () => (await psql(database, `SELECT count(*) FROM pg_locks WHERE NOT granted`)) !== '0',
    );
    started.kill('SIGKILL');
    await started;
    // From elsewhere: in that database a query over a table waits for the lock, as its sizes come from there.
    await psql(
      'postgres',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND query ~ '^SELECT pg_sleep'`,
    );
    await locker;
    expect(await psql(database, state)).toBe(before);
    const again = await project.regress(['restore', '--target', url(database)]);
    expect(again.status, again.stderr).toBe(0);
  });
});
