import { execa } from 'execa';
import { programPath } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import { PROGRAM_LIMITS } from '../model/program-limits.ts';

/** Variables that git sets for hooks. They would name the hook's repository instead of the folder's. */
const HOOK_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
];

/** The output of git, and whether it succeeded. */
export interface GitOutcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs git in a folder, in English and without prompts. `keepEnd` keeps the final newline of its output. Throws
 * RegressError `environment` if git is not installed; a failure of git is returned as an outcome.
 */
export async function git(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { keepEnd }: { readonly keepEnd: boolean } = { keepEnd: false },
): Promise<GitOutcome> {
  const unset = Object.fromEntries(HOOK_VARIABLES.map((name) => [name, undefined]));
  const result = await execa('git', args, {
    cwd: folder,
    env: { ...unset, PATH: programPath(), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...env },
    reject: false,
    timeout: PROGRAM_LIMITS.git,
    stdin: 'ignore',
    stripFinalNewline: !keepEnd,
    // A snapshot's manifest may be long.
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.code === 'ENOENT') {
    throw new RegressError('environment', 'git is not installed', {
      detail: 'regress uses git to read other revisions of the project.',
      hint: 'apt-get install git',
    });
  }
  const stderr = result.timedOut ? (result.shortMessage ?? '') : result.stderr;
  return { ok: !result.failed, stdout: result.stdout, stderr };
}

/** The error text of git, as a DETAIL. */
export function saidByGit({ stderr }: GitOutcome): string {
  const text = stderr.trim().replace(/^fatal: /, '');
  return text === '' ? 'git gave no reason.' : `git says: ${text}`;
}
