import { execa } from 'execa';
import type { Project } from './project.ts';

/** The git repository of a project. */
export interface TestRepository {
  git(...args: string[]): Promise<string>;
  /** Commits all there is; its hash. */
  commit(message: string): Promise<string>;
  /** A branch that starts at another revision, checked out. */
  branch(name: string, from?: string): Promise<void>;
}

/** Makes a project a repository whose branch is main, with everything committed. */
export async function makeRepository(project: Project): Promise<TestRepository> {
  const git = async (...args: string[]) =>
    (await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: project.folder }))
      .stdout;
  const commit = async (message: string) => {
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  await git('init', '--quiet', '--initial-branch=main');
  await commit('first');
  return {
    git,
    commit,
    branch: async (name, from = 'main') => {
      await git('checkout', '--quiet', '--force', '-B', name, from);
    },
  };
}
