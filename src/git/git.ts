import { execa } from 'execa';
import { programPath } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import { PROGRAM_LIMITS } from '../model/program-limits.ts';

/** What git sets for its hooks: a repository that is not the one of the folder. */
const OF_A_HOOK = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
];

/** What git printed, and whether it could do it. */
export interface GitOutcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs git in a folder, in English and asking nothing; `keepEnd` keeps the newline at the end of what it prints. Throws RegressError `environment` where there is no git; what git
 * itself refuses is an outcome.
 */
export async function git(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { keepEnd }: { readonly keepEnd: boolean } = { keepEnd: false },
): Promise<GitOutcome> {
  const unset = Object.fromEntries(OF_A_HOOK.map((name) => [name, undefined]));
  const result = await execa('git', args, {
    cwd: folder,
    env: { ...unset, PATH: programPath(), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...env },
    reject: false,
    timeout: PROGRAM_LIMITS.git,
    stdin: 'ignore',
    stripFinalNewline: !keepEnd,
    // Names of files and refs need not be UTF-8's business; a snapshot's manifest may be long.
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.code === 'ENOENT') {
    throw new RegressError('environment', 'git is not installed', {
      detail: 'Other revisions of the project are read with it.',
      hint: 'apt-get install git',
    });
  }
  const stderr = result.timedOut ? (result.shortMessage ?? '') : result.stderr;
  return { ok: !result.failed, stdout: result.stdout, stderr };
}

/** What git said, as a DETAIL. */
export function saidByGit({ stderr }: GitOutcome): string {
  const text = stderr.trim().replace(/^fatal: /, '');
  return text === '' ? 'git did not say why.' : `git says: ${text}`;
}
