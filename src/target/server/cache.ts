import { chmod, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { RegressError } from '../../model/errors.ts';
import { isSystemError } from '../../model/file-error.ts';
import { refuseCommitted, requireOurs } from './ownership.ts';

/**
 * The folder for built libraries and server templates: REGRESS_CACHE_DIR; else, for root, a folder that the server's
 * unprivileged user can reach; else the user's own cache.
 */
function cacheFolder(): string {
  const named = process.env.REGRESS_CACHE_DIR;
  if (named) return resolve(named);
  if (process.getuid?.() === 0) return '/var/cache/regress';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'regress');
}

/**
 * Creates a folder of the cache that everybody can enter, whatever the umask, and returns its path. Throws RegressError
 * `environment` if it cannot be created, or if anybody but us and the user `server` could have put files there.
 */
export async function makeCacheFolder(name: string, server: number | null = null): Promise<string> {
  let folder = cacheFolder();
  try {
    const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
    if (isNew) await chmod(folder, 0o755);
    else await refuseCommitted(folder);
    await requireOurs(folder);
    folder = join(folder, name);
    const made = await mkdir(folder, { recursive: true });
    if (made !== undefined) await chmod(folder, 0o755);
    await requireOurs(folder, server);
    return folder;
  } catch (error) {
    if (error instanceof RegressError) throw error;
    throw notWritable(`could not create the cache folder ${folder}`, error);
  }
}

/**
 * Runs work that writes to a folder of the cache. Throws RegressError `environment` if the folder is not writable, such
 * as another user's or one that is mounted read-only.
 */
export async function writingTo<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? notWritable(`could not write to the cache folder ${folder}`, error) : error;
  }
}

function notWritable(message: string, error: unknown): RegressError {
  return new RegressError('environment', message, {
    detail: error instanceof Error ? `${error.message}.` : undefined,
    hint: 'Set REGRESS_CACHE_DIR to a folder you can write.',
    cause: error,
  });
}
