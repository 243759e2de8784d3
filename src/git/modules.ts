import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];
const MODULES = 'node_modules';

/** Folders, relative to the top: those whose packages were linked, and those that were not because lock files differ. */
export interface LinkedModules {
  readonly linked: readonly string[];
  readonly lacking: readonly string[];
}

/**
 * Links the project's node_modules, which are not in git, into a worktree: for the folder `prefix` (relative to the top)
 * and those above it. Links only where the lock files are equal, because then the packages are equal too.
 */
export async function linkModules(top: string, prefix: string, worktree: string): Promise<LinkedModules> {
  const linked: string[] = [];
  const lacking: string[] = [];
  for (const path of foldersDownTo(prefix)) {
    const [from, to] = [join(top, path), join(worktree, path)];
    if (!existsSync(join(from, MODULES)) || !existsSync(to) || existsSync(join(to, MODULES))) continue;
    if (!(await haveSameLocks(from, to))) lacking.push(path || '.');
    else {
      await symlink(join(from, MODULES), join(to, MODULES), 'dir');
      linked.push(path || '.');
    }
  }
  return { linked, lacking };
}

/** `packages/api/` gives ``, `packages` and `packages/api`. */
function foldersDownTo(prefix: string): string[] {
  const parts = prefix.split('/').filter((part) => part !== '');
  return ['', ...parts.map((_, at) => parts.slice(0, at + 1).join('/'))];
}

async function haveSameLocks(a: string, b: string): Promise<boolean> {
  for (const name of LOCK_FILES) {
    const [first, second] = await Promise.all([a, b].map((folder) => readFile(join(folder, name)).catch(() => null)));
    if (first === null || second === null ? first !== second : !first?.equals(second as Buffer)) return false;
  }
  return true;
}
