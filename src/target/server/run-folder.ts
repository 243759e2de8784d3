import { randomBytes } from 'node:crypto';
import { chown, lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegressError } from '../../model/errors.ts';
import { type Account, checkReachable, isReachable } from './account.ts';
import { makeCacheFolder, writingTo } from './cache.ts';
import { requireOurs } from './ownership.ts';
import { isAlive, processesNaming, signal } from './processes.ts';
import { SUPERVISOR_NAME } from './supervisor.ts';

/** The folders of one throwaway server; they exist as long as it does. */
export interface RunFolder {
  /** Contains the data directory and the log. */
  readonly path: string;
  readonly data: string;
  /** Contains the unix socket. Short, because a socket's whole path is limited to about 100 bytes. */
  readonly sockets: string;
}

/**
 * The part of the cache that belongs to the server's user: `template/` and `run/`. It may be mounted read-only once it
 * is complete.
 */
export async function serverHome(account: Account | null): Promise<string> {
  const home = await makeCacheFolder(account === null ? 'server' : `server-${account.name}`, account?.uid);
  for (const folder of [home, join(home, 'template'), homeRuns(home)]) {
    await writingTo(home, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // A cache that is mounted read-only has the right owner already.
      if (account !== null && (await stat(folder)).uid !== account.uid) await chown(folder, account.uid, account.gid);
    });
    await requireOurs(folder, account?.uid ?? null);
  }
  await checkReachable(account, home, {
    right: 'x',
    hint: 'Set REGRESS_CACHE_DIR to a folder outside of /root, for example REGRESS_CACHE_DIR=/var/cache/regress',
  });
  return home;
}

/** The folder for runs that only create something for the cache. */
export function homeRuns(home: string): string {
  return join(home, 'run');
}

/**
 * The folder in which servers run. It belongs to their user and is in REGRESS_RUN_DIR, which may be a tmpfs; else in
 * the cache; or, if that is not writable, in the folder for temporary files. Throws RegressError `environment` if it
 * cannot be created or belongs to another user.
 */
export async function serverRuns(home: string, account: Account | null): Promise<string> {
  const named = process.env.REGRESS_RUN_DIR;
  if (!named && (await isReachable(account, homeRuns(home), 'w'))) return homeRuns(home);
  const uid = account?.uid ?? process.getuid?.();
  const folder = join(named ? resolve(named) : tmpdir(), `regress-run-${uid}`);
  try {
    const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
    if (isNew && account !== null) await chown(folder, account.uid, account.gid);
  } catch (error) {
    throw unusable(folder, `${(error as Error).message}.`, error);
  }
  // In a folder such as /dev/shm, anybody could have created it first.
  const made = await lstat(folder);
  if (!made.isDirectory() || (uid !== undefined && made.uid !== uid))
    throw unusable(folder, 'It belongs to another user.');
  await checkReachable(account, folder, { right: 'w', hint: RUN_DIR_HINT });
  return folder;
}

const RUN_DIR_HINT = 'Set REGRESS_RUN_DIR to a folder that every user can write to, such as /dev/shm, or unset it.';

function unusable(folder: string, detail: string, cause?: unknown): RegressError {
  const message = `servers cannot run in ${folder}`;
  return new RegressError('environment', message, { detail, hint: RUN_DIR_HINT, cause });
}

/** Creates the folder of a run; its name says which process of which machine it belongs to. */
export async function makeRunFolder(runs: string, account: Account | null): Promise<RunFolder> {
  const folder = runFolder(runs, `${machine()}_${process.pid}_${randomBytes(6).toString('hex')}`);
  await writingTo(runs, async () => {
    await mkdir(folder.path, { mode: 0o700 });
    if (account !== null) await chown(folder.path, account.uid, account.gid);
  });
  return folder;
}

function runFolder(runs: string, name: string): RunFolder {
  const path = join(runs, name);
  return { path, data: join(path, 'data'), sockets: `/tmp/regress-${name.split('_').at(-1)}` };
}

function machine(): string {
  return hostname().replaceAll(/[^\w.-]|_/g, '-');
}

/** Removes what runs left behind that were killed together with their supervisor. */
export async function removeLeftovers(runs: string): Promise<void> {
  for (const name of await readdir(runs)) {
    const folder = runFolder(runs, name);
    if (await isAbandoned(folder, name)) await removeRun(folder);
  }
}

const POLL_MS = 20;
const STOP_POLLS = 500;

/** Ends processes that still run in a folder, and removes it. Only for a run without a supervisor. */
export async function removeRun(folder: RunFolder): Promise<void> {
  const left = (await processesNaming(folder.path)).map(({ pid }) => pid);
  for (const pid of left) signal(pid, 'SIGQUIT');
  for (let poll = 0; poll < STOP_POLLS && left.some(isAlive); poll++) await sleep(POLL_MS);
  await rm(folder.path, { recursive: true, force: true });
  await rm(folder.sockets, { recursive: true, force: true });
}

const FOREIGN_AFTER_MS = 86_400_000;

/** True if both the run's regress and its supervisor are gone. */
async function isAbandoned(folder: RunFolder, name: string): Promise<boolean> {
  const [host, pid] = name.split('_');
  if (host !== machine()) {
    // Processes of another machine are not visible here, so only age counts.
    const { mtimeMs } = await stat(folder.path).catch(() => ({ mtimeMs: Date.now() }));
    return Date.now() - mtimeMs > FOREIGN_AFTER_MS;
  }
  if (isAlive(Number(pid))) return false;
  return !(await processesNaming(folder.path)).some(({ argv }) => argv.includes(SUPERVISOR_NAME));
}
