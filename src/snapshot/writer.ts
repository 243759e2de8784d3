import { cp, lstat, mkdir, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { onExit } from '../cleanup/index.ts';
import { projectFoldersOf, readText, settle } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import { writing } from '../model/file-error.ts';
import { CATALOGS_FOLDER, MANIFEST_FILE, MAX_MANIFEST, PLANS_FILE, RELATIONS_FOLDER } from './paths.ts';

/** Writes a snapshot beside its final place, and moves it there as a whole. */
export interface SnapshotWriter {
  /** Writes one file by its path in the snapshot. */
  write(path: string, content: string): Promise<void>;
  /** Removes a file that was written. */
  remove(path: string): Promise<void>;
  /** Moves the snapshot to its place, and replaces an earlier one there. */
  commit(): Promise<void>;
  /** Removes everything that was written; does nothing after commit. */
  discard(): Promise<void>;
}

/** A snapshot is as confidential as a sample of the data, so only its owner may read it until the owner changes that. */
const [OWN_FOLDER, OWN_FILE] = [0o700, 0o600];

/**
 * Opens a writer for the directory. Throws RegressError `snapshot` if something other than a snapshot or an empty
 * directory is there, and if the system does not allow writing there.
 */
export async function openWriter(directory: string): Promise<SnapshotWriter> {
  const target = await resolveTarget(directory);
  const parent = dirname(target);
  const name = basename(target);
  await refuseForeign(target, directory);
  const partial = join(parent, `.${name}.partial-${process.pid}`);
  const old = join(parent, `.${name}.old-${process.pid}`);
  const writingIt = (work: () => Promise<void>) => writing(`the snapshot ${directory}`, 'snapshot', work);
  let committing: Promise<void> = Promise.resolve();
  let isOver = false;
  // Runs however the process ends, but not before a snapshot that is being moved has arrived.
  const discard = onExit(async () => {
    isOver = true;
    await committing.catch(() => undefined);
    await rm(partial, { recursive: true, force: true });
  });
  await writingIt(async () => {
    await mkdir(parent, { recursive: true });
    await sweep(parent, name);
    await mkdir(partial, { mode: OWN_FOLDER });
  });
  return {
    write: (path, content) =>
      writingIt(async () => {
        if (isOver) return;
        await mkdir(dirname(join(partial, path)), { recursive: true, mode: OWN_FOLDER });
        await writeFile(join(partial, path), content, { flush: true, mode: OWN_FILE });
      }),
    remove: (path) => writingIt(() => rm(join(partial, path), { force: isOver })),
    commit: async () => {
      if (isOver) return;
      committing = writingIt(async () => {
        const replaces = await exists(target);
        if (replaces) {
          await keepForeign(target, partial);
          await rename(target, old);
        }
        await rename(partial, target);
        if (replaces) await rm(old, { recursive: true, force: true });
      });
      await committing;
    },
    discard,
  };
}

/** Follows a symbolic link, so that the link stays. */
async function resolveTarget(directory: string): Promise<string> {
  const place = resolve(directory);
  await settle(place, projectFoldersOf(dirname(place))).catch((cause: Error) => {
    throw new RegressError('snapshot', `cannot write a snapshot to ${directory}`, {
      detail: `${cause.message}.`,
      hint: 'Name the folder itself: npx regress-pg snapshot --out DIR',
      cause,
    });
  });
  return (await exists(place)) ? realpath(place) : place;
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

async function refuseForeign(target: string, directory: string): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new RegressError('snapshot', `cannot write a snapshot to ${directory}`, {
      detail: error.code === 'ENOTDIR' ? 'It is a file, and a snapshot is a directory.' : `${error.message}.`,
      cause: error,
    });
  });
  if (entries.length === 0 || (await isSnapshot(target))) return;
  throw new RegressError('snapshot', `${directory} is not a snapshot, so it is not overwritten`, {
    detail: `It holds ${entries.slice(0, 3).join(', ')}${entries.length > 3 ? ' and more' : ''}.`,
    hint: 'Name another directory: npx regress-pg snapshot --out DIR',
  });
}

async function isSnapshot(target: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(
      await readText(join(target, MANIFEST_FILE), { within: projectFoldersOf(target), limit: MAX_MANIFEST }),
    );
    return typeof manifest === 'object' && manifest !== null && 'formatVersion' in manifest;
  } catch {
    return false;
  }
}

/** Keeps the user's own files in a snapshot's directory, such as a README, when the snapshot is replaced. */
async function keepForeign(target: string, partial: string): Promise<void> {
  for (const entry of await readdir(target)) {
    if ([MANIFEST_FILE, PLANS_FILE, RELATIONS_FOLDER, CATALOGS_FOLDER].includes(entry)) continue;
    await cp(join(target, entry), join(partial, entry), { recursive: true });
  }
}

/** Removes files of killed runs, and puts back a snapshot that such a run had moved aside but not yet replaced. */
async function sweep(parent: string, name: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    const left = /^\.(.+)\.(partial|old)-(\d+)$/.exec(entry);
    if (left?.[1] !== name || isRunning(Number(left[3]))) continue;
    if (left[2] === 'old' && !(await exists(join(parent, name)))) await rename(join(parent, entry), join(parent, name));
    else await rm(join(parent, entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
