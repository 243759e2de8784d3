import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git.ts';
import type { Repository } from './repository.ts';

/** The most commits of one path that are looked at, the newest first. */
const MAX_COMMITS = 500;

/** Hashes of the commits, reachable from HEAD, that changed or deleted a path; the newest first. */
export async function commitsOf({ top }: Repository, path: string): Promise<string[]> {
  const { ok, stdout } = await git(top, [
    ...['log', '--format=%H', '--full-history', `--max-count=${MAX_COMMITS}`, 'HEAD', '--', `:(top,literal)${path}`],
  ]);
  return ok && stdout !== '' ? stdout.split('\n') : [];
}

/** The text of a file at a commit; null if the commit does not have it. */
export async function fileAt({ top }: Repository, commit: string, path: string): Promise<string | null> {
  const { ok, stdout } = await git(top, ['show', `${commit}:${path}`], {}, { keepEnd: true });
  return ok ? stdout : null;
}

/** Writes a folder's files at a commit into an empty folder. Returns false if git lacks them. Leaves the user's index alone. */
export async function layOutFolder({ top }: Repository, commit: string, path: string, to: string): Promise<boolean> {
  const env = { GIT_INDEX_FILE: join(to, '.index') };
  const files = join(to, 'files');
  await mkdir(files, { recursive: true });
  const read = await git(top, ['read-tree', `${commit}:${path}`], env);
  if (!read.ok) return false;
  return (await git(top, ['checkout-index', '--all', '--quiet', `--prefix=${files}/`], env)).ok;
}
