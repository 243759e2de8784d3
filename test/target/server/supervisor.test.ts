import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startServer } from '../../../src/target/index.ts';
import { processesNaming } from '../../../src/target/server/processes.ts';
import { SUPERVISOR_NAME, supervise } from '../../../src/target/server/supervisor.ts';
import { testInstallations } from '../../support/installations.ts';
import { temporaryFolder } from '../../support/temp.ts';

const HOLDER = fileURLToPath(new URL('holder.mjs', import.meta.url));

const installation = (await testInstallations())[0];

/** Runs the holder in a process group of its own, with a cache of its own. */
async function holder(...args: string[]) {
  const cache = await temporaryFolder();
  const subprocess = execa('node', [HOLDER, ...args], {
    env: { REGRESS_CACHE_DIR: cache, REGRESS_RUN_DIR: '' },
    detached: true,
    reject: false,
  });
  onTestFinished(() => {
    subprocess.kill('SIGKILL');
  });
  return { cache, subprocess };
}

/** The URL the holder prints once its server is ready, and the server's processes and folders. */
async function running(held: Awaited<ReturnType<typeof holder>>) {
  const line = await new Promise<string>((resolve, reject) => {
    held.subprocess.stdout.once('data', (data) => resolve(String(data).trim()));
    held.subprocess.then((result) => reject(new Error(result.stderr)));
  });
  const sockets = new URL(line.replace('@/', '@localhost/')).searchParams.get('host') ?? '';
  expect(existsSync(join(sockets, '.s.PGSQL.5432'))).toBe(true);
  expect(await processesNaming(held.cache)).not.toEqual([]);
  return { sockets };
}

/** Field 5 of /proc/PID/stat, counted after the name in parentheses; from ps where there is no /proc. */
async function processGroup(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat !== null) return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[3]);
  return Number((await execa('ps', ['-o', 'pgid=', '-p', String(pid)])).stdout);
}

async function runFolders(cache: string): Promise<string[]> {
  const homes = (await readdir(cache)).filter((name) => name.startsWith('server'));
  return (await Promise.all(homes.map((home) => readdir(join(cache, home, 'run'))))).flat();
}

async function expectNothingLeft(cache: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await processesNaming(cache)).toEqual([]);
      expect(await runFolders(cache)).toEqual([]);
    },
    { timeout: 30_000, interval: 50 },
  );
}

test.skipIf(installation === undefined).for(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'nothing is left of the server when its holder gets %s',
  async (name) => {
    const held = await holder();
    const { sockets } = await running(held);
    held.subprocess.kill(name);
    expect((await held.subprocess).signal).toBe(name);
    await expectNothingLeft(held.cache);
    expect(existsSync(sockets)).toBe(false);
  },
);

test.skipIf(installation === undefined)('Ctrl-C on the terminal reaches the holder and not the server', async () => {
  const held = await holder();
  await running(held);
  const group = held.subprocess.pid ?? 0;
  const members = await processesNaming(held.cache);
  expect(await Promise.all(members.map(({ pid }) => processGroup(pid)))).not.toContain(group);
  process.kill(-group, 'SIGINT');
  await held.subprocess;
  await expectNothingLeft(held.cache);
});

test.skipIf(installation === undefined).for([
  ['throw', 1],
  ['exit', 3],
  ['forget', 0],
] as const)('nothing is left of the server when its holder ends by %s', async ([way, status]) => {
  const held = await holder(way);
  expect((await held.subprocess).exitCode).toBe(status);
  await expectNothingLeft(held.cache);
});

test.skipIf(installation === undefined)('the next start removes what a killed supervisor left behind', async () => {
  if (installation === undefined) return;
  const held = await holder();
  const { sockets } = await running(held);
  // A holder that runs would notice, close the pipe and so end the server by the supervisor's second process.
  held.subprocess.kill('SIGSTOP');
  const supervisors = (await processesNaming(held.cache)).filter(({ argv }) => argv.includes(SUPERVISOR_NAME));
  for (const { pid } of supervisors) process.kill(pid, 'SIGKILL');
  held.subprocess.kill('SIGKILL');
  await held.subprocess;
  expect(existsSync(sockets)).toBe(true);
  expect(await processesNaming(held.cache)).not.toEqual([]);

  vi.stubEnv('REGRESS_CACHE_DIR', held.cache);
  vi.stubEnv('REGRESS_RUN_DIR', '');
  const locale = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null };
  const server = await startServer(installation, locale);
  expect(existsSync(sockets)).toBe(false);
  expect(await runFolders(held.cache)).toHaveLength(1);
  await server.stop();
  await expectNothingLeft(held.cache);
});

/** Hears SIGQUIT only after a second, as a server does that is just starting. */
const LATE = `setTimeout(() => process.on('SIGQUIT', () => process.exit()), 1000); setTimeout(() => {}, 60_000)`;

test('a server that is ended while it starts, and does not hear yet, ends all the same', async () => {
  const path = await temporaryFolder();
  const sockets = join(path, 'sockets');
  const server = supervise([process.execPath, '-e', LATE, path], { path, sockets }, null);
  await vi.waitFor(() => expect(existsSync(sockets)).toBe(true), { timeout: 120_000 });
  await server.end();
  expect(server.ended()).not.toBeNull();
  expect(existsSync(path)).toBe(false);
});
