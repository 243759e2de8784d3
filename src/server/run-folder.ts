import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, checkReachable } from './account.ts';
import { makeCacheFolder } from './cache.ts';
import { isAlive, processesNaming, signal } from './processes.ts';
import { SUPERVISOR_NAME } from './supervisor.ts';

/** The folders of one throwaway server; they live as long as it does. */
export interface RunFolder {
  /** Holds the data directory and the log. */
  readonly path: string;
  readonly data: string;
  /** Holds the unix socket; short, because a socket's whole path has room for about 100 bytes. */
  readonly sockets: string;
}

/** The part of the cache that belongs to the server's user: `template/` and `run/`. */
export async function serverHome(account: Account | null): Promise<string> {
  const home = await makeCacheFolder(account === null ? 'server' : `server-${account.name}`);
  for (const folder of [home, join(home, 'template'), join(home, 'run')]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (account !== null) await chown(folder, account.uid, account.gid);
  }
  await checkReachable(account, home, {
    right: 'w',
    hint: 'Set REGRESS_CACHE_DIR to a folder outside of /root, for example REGRESS_CACHE_DIR=/var/cache/regress',
  });
  return home;
}

/** Makes the folder of a run; its name says which process of which machine it belongs to. */
export async function makeRunFolder(home: string, account: Account | null): Promise<RunFolder> {
  const folder = runFolder(home, `${machine()}_${process.pid}_${randomBytes(6).toString('hex')}`);
  await mkdir(folder.path, { mode: 0o700 });
  if (account !== null) await chown(folder.path, account.uid, account.gid);
  return folder;
}

function runFolder(home: string, name: string): RunFolder {
  const path = join(home, 'run', name);
  return { path, data: join(path, 'data'), sockets: `/tmp/regress-${name.split('_').at(-1)}` };
}

function machine(): string {
  return hostname().replaceAll(/[^\w.-]|_/g, '-');
}

/** Removes what runs left behind that were killed together with their supervisor. */
export async function removeLeftovers(home: string): Promise<void> {
  for (const name of await readdir(join(home, 'run'))) {
    const folder = runFolder(home, name);
    if (await isAbandoned(folder, name)) await removeRun(folder);
  }
}

const POLL_MS = 20;
const STOP_POLLS = 500;

/** Ends what still runs in a folder and removes it. Only for a run that has no supervisor any more. */
export async function removeRun(folder: RunFolder): Promise<void> {
  const left = (await processesNaming(folder.path)).map(({ pid }) => pid);
  for (const pid of left) signal(pid, 'SIGQUIT');
  for (let poll = 0; poll < STOP_POLLS && left.some(isAlive); poll++) await sleep(POLL_MS);
  await rm(folder.path, { recursive: true, force: true });
  await rm(folder.sockets, { recursive: true, force: true });
}

const FOREIGN_AFTER_MS = 86_400_000;

/** True when neither the run's regress nor its supervisor is there any more. */
async function isAbandoned(folder: RunFolder, name: string): Promise<boolean> {
  const [host, pid] = name.split('_');
  if (host !== machine()) {
    // Another machine's processes cannot be seen from here, so only age tells.
    const { mtimeMs } = await stat(folder.path).catch(() => ({ mtimeMs: Date.now() }));
    return Date.now() - mtimeMs > FOREIGN_AFTER_MS;
  }
  if (isAlive(Number(pid))) return false;
  return !(await processesNaming(folder.path)).some(({ argv }) => argv.includes(SUPERVISOR_NAME));
}
