import { RegressError } from '../model/errors.ts';
import { git, saidByGit } from './git.ts';
import { isShallow, type Repository } from './repository.ts';

/** A commit, and how it was named. */
export interface Revision {
  /** The name the user gave, or the main branch that was found. */
  readonly ref: string;
  /** Full hash. */
  readonly commit: string;
  /** True: the merge base of HEAD and `ref`; false: `ref` itself. */
  readonly mergeBase: boolean;
  /** Whether this is the commit that is checked out. */
  readonly isHead: boolean;
}

/** Names a project's main branch may have, the likeliest first. */
const MAIN_BRANCHES = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

const FETCH_ALL = 'git fetch --unshallow; with actions/checkout: fetch-depth: 0';

/**
 * The commit a user means: `REF` itself, `REF...` for its merge base with HEAD as in git, or null for the merge base with
 * the main branch. Throws RegressError `usage` if it cannot be found.
 */
export async function findRevision(repository: Repository, ref: string | null): Promise<Revision> {
  const revision = await meant(repository, ref);
  return { ...revision, isHead: revision.commit === (await commitOf(repository, 'HEAD')) };
}

async function meant(repository: Repository, ref: string | null): Promise<Omit<Revision, 'isHead'>> {
  if (ref === null) {
    const main = await mainBranch(repository);
    return { ref: main, commit: await mergeBase(repository, main), mergeBase: true };
  }
  if (!ref.endsWith('...')) return { ref, commit: await namedCommit(repository, ref), mergeBase: false };
  const branch = ref.slice(0, -'...'.length);
  await namedCommit(repository, branch);
  return { ref: branch, commit: await mergeBase(repository, branch), mergeBase: true };
}

async function commitOf({ top }: Repository, ref: string): Promise<string | null> {
  const found = await git(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  return found.ok ? found.stdout : null;
}

async function mainBranch(repository: Repository): Promise<string> {
  for (const branch of MAIN_BRANCHES) {
    if ((await commitOf(repository, branch)) === null) continue;
    const { ok, stdout } = await git(repository.top, ['rev-parse', '--abbrev-ref', branch]);
    return ok && stdout !== '' ? stdout : branch;
  }
  const shallow = await isShallow(repository);
  throw new RegressError('usage', 'could not find the main branch', {
    detail: `Looked for ${MAIN_BRANCHES.join(', ')}${shallow ? '; the clone is shallow' : ''}.`,
    hint: shallow ? FETCH_ALL : 'Fetch it (git fetch origin), or name a revision: npx regress-pg check --against REF',
  });
}

async function namedCommit(repository: Repository, ref: string): Promise<string> {
  const commit = ref === '' ? null : await commitOf(repository, ref);
  if (commit !== null) return commit;
  const shallow = await isShallow(repository);
  throw new RegressError('usage', `unknown revision "${ref}"`, {
    detail: shallow
      ? 'The clone is shallow: it has only the newest commits.'
      : 'git has no commit, branch or tag of that name. To select queries, put their names before --against.',
    hint: shallow ? FETCH_ALL : `git fetch origin, then: git rev-parse --verify ${ref || 'REF'}`,
  });
}

async function mergeBase(repository: Repository, branch: string): Promise<string> {
  const found = await git(repository.top, ['merge-base', 'HEAD', branch]);
  if (found.ok) return found.stdout;
  const shallow = await isShallow(repository);
  const isBare = found.stderr.trim() === '';
  throw new RegressError('usage', `HEAD and ${branch} have no merge base`, {
    detail: shallow
      ? 'The clone is shallow: the commit where the branch began was not fetched.'
      : isBare
        ? 'Their histories have no commit in common.'
        : saidByGit(found),
    hint: shallow ? FETCH_ALL : 'Name the revision to compare with: npx regress-pg check --against REF',
  });
}
