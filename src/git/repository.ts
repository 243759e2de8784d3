import { RegressError } from '../model/errors.ts';
import { git, saidByGit } from './git.ts';

/** The repository a folder is in. */
export interface Repository {
  /** Absolute path of its top. */
  readonly top: string;
  /** Path of the folder relative to the top, ending in `/`; empty for the top itself. */
  readonly prefix: string;
}

/** The repository of a folder. Throws RegressError `usage` if the folder is in none. */
export async function repositoryOf(folder: string): Promise<Repository> {
  const found = await git(folder, ['rev-parse', '--show-toplevel', '--show-prefix']);
  const [top, prefix] = found.stdout.split('\n');
  if (found.ok && top) return { top, prefix: prefix ?? '' };
  const isNone = found.stderr.includes('not a git repository');
  const message = isNone ? `not a git repository: ${folder}` : `git cannot read the repository of ${folder}`;
  throw new RegressError('usage', message, {
    detail: isNone ? 'regress reads other revisions of the project from git.' : saidByGit(found),
    hint: isNone
      ? 'Run this in a clone of the project, or compare with committed baselines: npx regress-pg check'
      : `git -C ${folder} status`,
  });
}

/** Whether the clone has only the newest commits. */
export async function isShallow({ top }: Repository): Promise<boolean> {
  return (await git(top, ['rev-parse', '--is-shallow-repository'])).stdout === 'true';
}

/** URLs that the repository is fetched from and pushed to. Throws RegressError `environment` if git is not installed. */
export async function remoteUrls({ top }: Repository): Promise<string[]> {
  const { stdout } = await git(top, ['config', '--get-regexp', '^remote\\..*\\.(push)?url$']);
  return stdout.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
}
