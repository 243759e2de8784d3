import { RegressError } from '../model/errors.ts';
import { git, saidByGit } from './git.ts';

/** The repository a folder is in. */
export interface Repository {
  /** Absolute path of its top. */
  readonly top: string;
  /** The folder's path from there, with `/` at its end, or empty. */
  readonly prefix: string;
}

/** The repository of a folder. Throws RegressError `usage` where it is in none. */
export async function repositoryOf(folder: string): Promise<Repository> {
  const found = await git(folder, ['rev-parse', '--show-toplevel', '--show-prefix']);
  const [top, prefix] = found.stdout.split('\n');
  if (found.ok && top) return { top, prefix: prefix ?? '' };
  const isNone = found.stderr.includes('not a git repository');
  const message = isNone ? `not a git repository: ${folder}` : `git cannot read the repository of ${folder}`;
  throw new RegressError('usage', message, {
    detail: isNone ? 'Other revisions of the project are read from git.' : saidByGit(found),
    hint: isNone
      ? 'Run regress in a clone of the project, or compare with committed baselines: regress check'
      : `git -C ${folder} status`,
  });
}

/** Whether commits are missing because only the newest were fetched. */
export async function isShallow({ top }: Repository): Promise<boolean> {
  return (await git(top, ['rev-parse', '--is-shallow-repository'])).stdout === 'true';
}

/** URLs the repository is fetched from and pushed to; none where it is no repository. Throws RegressError `environment` where there is no git. */
export async function remoteUrls({ top }: Repository): Promise<string[]> {
  const { stdout } = await git(top, ['config', '--get-regexp', '^remote\\..*\\.(push)?url$']);
  return stdout.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
}
