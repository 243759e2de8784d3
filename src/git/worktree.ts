import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { RegressError } from '../model/errors.ts';
import { writing } from '../model/file-error.ts';
import { git, saidByGit } from './git.ts';
import type { Repository } from './repository.ts';

/** The files of a commit, laid out in a folder of their own. */
export interface Worktree {
  /** Absolute path of its top. */
  readonly top: string;
  /** Removes it, and what git knows of it. */
  remove(): Promise<void>;
}

const PREFIX = 'regress-against-';
const NAME = /^regress-against-(\d+)-/;

/**
 * Lays the files of a commit out in a folder below the system's one for temporary files, without running the hooks of the
 * repository, and removes what runs that were killed left behind. Throws RegressError `environment`.
 */
export async function addWorktree(repository: Repository, commit: string): Promise<Worktree> {
  await removeLeftovers(repository);
  const folder = await writing('a worktree', 'environment', async () =>
    mkdtemp(join(await realpath(tmpdir()), `${PREFIX}${process.pid}-`)),
  );
  // Named after the project, so that messages of its tools read as at home.
  const top = join(folder, basename(repository.top) || 'project');
  const remove = () => removeWorktree(repository, folder, top);
  const added = await git(repository.top, [
    ...['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false'],
    ...['worktree', 'add', '--detach', '--force', top, commit],
  ]);
  if (added.ok) return { top, remove };
  await remove();
  throw new RegressError('environment', `could not lay out commit ${commit.slice(0, 12)} in a worktree`, {
    detail: saidByGit(added),
    hint: `git worktree add --detach ${join(tmpdir(), 'try')} ${commit.slice(0, 12)}`,
  });
}

/** Files first: git then only forgets, and need not find the worktree in order. */
async function removeWorktree({ top: repository }: Repository, folder: string, top: string): Promise<void> {
  // A command that was interrupted may still be writing.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  await git(repository, ['worktree', 'remove', '--force', top]);
}

async function removeLeftovers(repository: Repository): Promise<void> {
  const { stdout } = await git(repository.top, ['worktree', 'list', '--porcelain']);
  const paths = stdout.split('\n').flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : []));
  for (const path of paths) {
    const folder = join(path, '..');
    const pid = Number(NAME.exec(basename(folder))?.[1]);
    if (pid > 0 && !isAlive(pid)) await removeWorktree(repository, folder, path);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
