import type { Stats } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { execa } from 'execa';
import { isInside, programPath, projectAround, settle } from '../../files/index.ts';
import { RegressError } from '../../model/errors.ts';

/**
 * Servers load libraries from the cache, so these must come from us: anybody who could put one there could run code as
 * the server's user.
 */

/** Permission bits that let others write. */
const OTHERS_WRITE = 0o022;

/** Whether only this user, root or the server's user could have written it. */
export function isOurs({ uid, mode }: Pick<Stats, 'uid' | 'mode'>, server: number | null = null): boolean {
  return isOwner(uid, server) && (mode & OTHERS_WRITE) === 0;
}

function isOwner(uid: number, server: number | null): boolean {
  const own = process.getuid?.() ?? uid;
  return uid === own || uid === 0 || uid === server;
}

/**
 * Throws RegressError `environment` for a folder of the cache that does not belong to this user, root or the server's
 * user. Removes others' permission to write to it.
 */
export async function requireOurs(folder: string, server: number | null = null): Promise<void> {
  const found = await stat(folder);
  if (!isOwner(found.uid, server)) {
    throw foreign(folder, `It belongs to the user ${found.uid}, and servers would load libraries from it.`);
  }
  if (isOurs(found, server)) return;
  await chmod(folder, found.mode & 0o7777 & ~OTHERS_WRITE).catch((cause: unknown) => {
    throw foreign(folder, 'Other users may write to it, and servers would load libraries from it.', cause);
  });
}

/**
 * Throws RegressError `environment` for a cache that is committed to the project's repository. CI systems keep caches
 * inside the project, but committed files may come from anybody.
 */
export async function refuseCommitted(folder: string): Promise<void> {
  const project = projectAround(process.cwd());
  if (project === null) return;
  const place = await settle(folder, project).catch((cause: Error) => {
    throw foreign(folder, `${cause.message}.`, cause);
  });
  if (!isInside(place, project) || !(await isCommitted(place))) return;
  throw foreign(folder, 'Files in it are committed to the repository, and servers would load libraries from it.');
}

async function isCommitted(folder: string): Promise<boolean> {
  // In CI, the checkout may belong to another user. Git only lists names here and runs nothing from the repository's
  // configuration.
  const options = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false'];
  const { stdout } = await execa('git', [...options, 'ls-files', '--', '.'], {
    cwd: folder,
    env: { PATH: programPath(), GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined },
    reject: false,
    stdin: 'ignore',
  });
  return (stdout ?? '') !== '';
}

function foreign(folder: string, detail: string, cause?: unknown): RegressError {
  return new RegressError('environment', `the cache folder ${folder} is not used`, {
    detail,
    hint: 'Remove it, or set REGRESS_CACHE_DIR to a folder of your own.',
    cause,
  });
}
