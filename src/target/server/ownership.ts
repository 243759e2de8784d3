import type { Stats } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { execa } from 'execa';
import { isInside, programPath, projectAround, settle } from '../../files/index.ts';
import { RegressError } from '../../model/errors.ts';

/**
 * Libraries of the cache are loaded into servers, and so must come from us: whoever could put one there could run anything as
 * the server's user.
 */

/** Bits of a mode that let others write. */
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
 * Throws RegressError `environment` for a folder of the cache that belongs to another than this user, root or the server's
 * user. Where others may write to it, they no longer may.
 */
export async function requireOurs(folder: string, server: number | null = null): Promise<void> {
  const found = await stat(folder);
  if (!isOwner(found.uid, server)) {
    throw foreign(folder, `It belongs to the user ${found.uid}, and what is in it would be loaded into a server.`);
  }
  if (isOurs(found, server)) return;
  await chmod(folder, found.mode & 0o7777 & ~OTHERS_WRITE).catch((cause: unknown) => {
    throw foreign(folder, 'Others may write to it, and what is in it would be loaded into a server.', cause);
  });
}

/**
 * Throws RegressError `environment` for a cache in the project that the repository brings: CI systems keep caches there, but
 * what is committed is no cache.
 */
export async function refuseCommitted(folder: string): Promise<void> {
  const project = projectAround(process.cwd());
  if (project === null) return;
  const place = await settle(folder, project).catch((cause: Error) => {
    throw foreign(folder, `${cause.message}.`, cause);
  });
  if (!isInside(place, project) || !(await isCommitted(place))) return;
  throw foreign(folder, 'Files in it are committed to the repository, and would be loaded into a server.');
}

async function isCommitted(folder: string): Promise<boolean> {
  // In CI the checkout may be another user's; nothing but names is read, and nothing of its configuration is run.
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
