import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { processesNaming } from '../../src/target/server/processes.ts';

/** Where a run may leave something. */
export interface Places {
  /** Stands in the environment of everything the runs start. */
  readonly mark: string;
  /** REGRESS_RUN_DIR and TMPDIR of the runs. */
  readonly runs: string;
  readonly temporary: string;
  /** The project, and what belongs there. */
  readonly project: string;
  belongs(path: string): boolean;
  /** Databases of runs that the server has. */
  runDatabases(): Promise<string[]>;
}

/** What a run left behind, each as `kind: name`. */
export type Leftover =
  `${'process' | 'run folder' | 'socket folder' | 'file' | 'worktree' | 'run database'}: ${string}`;

/** What is left of the runs so far; processes and folders get some seconds to go. */
export async function leftovers(places: Places, sockets: ReadonlySet<string>, patienceMs = 5000): Promise<Leftover[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const left = await look(places, sockets);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(200);
  }
}

/** Ends and removes what is left but databases, so that what comes next is not blamed for it. */
export async function clear(places: Places): Promise<void> {
  for (const pid of await markedProcesses(places)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  for (const owner of await readdir(places.runs)) {
    for (const run of await readdir(join(places.runs, owner))) {
      await rm(join(places.runs, owner, run), { recursive: true, force: true, maxRetries: 5 });
      await rm(`/tmp/regress-${run.split('_').at(-1)}`, { recursive: true, force: true });
    }
  }
  for (const name of await readdir(places.temporary))
    await rm(join(places.temporary, name), { recursive: true, force: true });
}

async function look(places: Places, sockets: ReadonlySet<string>): Promise<Leftover[]> {
  const [processes, runs, temporary, files, worktrees, databases, folders] = await Promise.all([
    markedProcesses(places).then((pids) => Promise.all(pids.map(wordsOf))),
    runFolders(places.runs),
    readdir(places.temporary),
    foreignFiles(places),
    furtherWorktrees(places.project),
    places.runDatabases(),
    lostSockets(sockets),
  ]);
  return [
    ...processes.filter((one) => one !== null).map((one): Leftover => `process: ${one}`),
    ...runs.map((one): Leftover => `run folder: ${one}`),
    ...folders.map((one): Leftover => `socket folder: ${one}`),
    ...[...temporary, ...files].map((one): Leftover => `file: ${one}`),
    ...worktrees.map((one): Leftover => `worktree: ${one}`),
    ...databases.map((one): Leftover => `run database: ${one}`),
  ];
}

/** Processes of the runs: of their environment, or about their folders. */
async function markedProcesses({ mark, runs }: Places): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found: number[] = [];
  for (const pid of pids) {
    const [environment, command] = await Promise.all(
      ['environ', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (environment?.includes(mark) || command?.includes(`${runs}/`)) {
      found.push(Number(pid));
    }
  }
  return found;
}

/** What a process is, in a word or two; null for one that has just ended. */
async function wordsOf(pid: number): Promise<string | null> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const words = command.split('\0').filter((word) => !word.includes('\n'));
  return command === '' ? null : words.join(' ').trim().slice(0, 120);
}

async function runFolders(runs: string): Promise<string[]> {
  const owners = await readdir(runs);
  return (await Promise.all(owners.map((owner) => readdir(join(runs, owner)).catch(() => [])))).flat();
}

/** Files of the project that do not belong to it. */
async function foreignFiles({ project, belongs }: Places): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(project, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (path === '.git') continue;
      if (!belongs(path)) found.push(path);
      else if (entry.isDirectory()) await walk(path);
    }
  };
  await walk('');
  return found;
}

async function furtherWorktrees(project: string): Promise<string[]> {
  if (!existsSync(join(project, '.git/worktrees'))) return [];
  const { stdout } = await execa('git', ['worktree', 'list'], { cwd: project });
  return stdout.split('\n').slice(1);
}

const SOCKET_FOLDER = /^regress-[0-9a-f]{12}$/;

/** The folders of servers' sockets that are there. */
export async function socketFolders(): Promise<Set<string>> {
  return new Set((await readdir('/tmp')).filter((name) => SOCKET_FOLDER.test(name)));
}

/** Of those that came since, the ones no process speaks of any more, with some time for one that is just being made. */
async function lostSockets(known: ReadonlySet<string>): Promise<string[]> {
  const since = [...(await socketFolders())].filter((name) => !known.has(name));
  const lost: string[] = [];
  for (const name of since) {
    const path = `/tmp/${name}`;
    const made = await lstat(path).catch(() => null);
    if (made === null || Date.now() - made.ctimeMs < 500) continue;
    if ((await processesNaming(path)).length === 0 && existsSync(path)) lost.push(name);
  }
  return lost;
}
