import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { RegressError } from '../model/errors.ts';
import { writing } from '../model/file-error.ts';
import { git, saidByGit } from './git.ts';
import type { Repository } from './repository.ts';

/** The files of a commit, checked out into a temporary folder. */
export interface Worktree {
  /** Absolute path of its top. */
  readonly top: string;
  /** Removes the folder and git's record of it. */
  remove(): Promise<void>;
}

const PREFIX = 'regress-against-';
const NAME = /^regress-against-(\d+)-/;

/**
 * Checks a commit out into the system's folder for temporary files, without running the hooks of the repository. Also
 * removes worktrees that killed runs left behind. Throws RegressError `environment` if git fails.
 */
export async function addWorktree(repository: Repository, commit: string): Promise<Worktree> {
  await removeLeftovers(repository);
  const folder = await writing('a worktree', 'environment', async () =>
    mkdtemp(join(await realpath(tmpdir()), `${PREFIX}${process.pid}-`)),
  );
  // Named after the project, so that messages of the project's tools look familiar.
  const top = join(folder, basename(repository.top) || 'project');
  const remove = () => removeWorktree(repository, folder, top);
  const added = await git(repository.top, [
    ...['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false'],
    ...['worktree', 'add', '--detach', '--force', top, commit],
  ]);
  if (added.ok) return { top, remove };
  await remove();
  throw new RegressError('environment', `could not check out commit ${commit.slice(0, 12)} in a worktree`, {
    detail: saidByGit(added),
    hint: `git worktree add --detach ${join(tmpdir(), 'try')} ${commit.slice(0, 12)}`,
  });
}

/** Removes the files first: git then only drops its record and does not check the worktree. */
async function removeWorktree({ top: repository }: Repository, folder: string, top: string): Promise<void> {
  // An interrupted command may still be writing there.
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
