import { createHash } from 'node:crypto';
import { access, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { RegressError } from '../model/errors.ts';
import type { Progress } from '../model/progress.ts';
import { type Account, asServer } from './account.ts';
import type { Installation } from './installation.ts';
import { describeLocale, initdbLocaleOptions, isSameLocale, localeCandidates, type ServerLocale } from './locale.ts';
import { makeRunFolder, removeRun } from './run-folder.ts';

/**
 * A data directory as initdb leaves it, kept in the cache and made when missing. A locale this machine does not have
 * is replaced, with a warning, because plans can then differ from production's.
 */
export async function serverTemplate(
  home: string,
  account: Account | null,
  installation: Installation,
  asked: ServerLocale,
  progress: Progress,
): Promise<string> {
  const candidates = localeCandidates(asked, installation.major);
  let reason = '';
  for (const locale of candidates) {
    const template = join(home, 'template', `${installation.major}-${templateKey(installation, locale)}`);
    const error = (await exists(template)) ? null : await makeTemplate(template, home, account, installation, locale);
    if (error === null) {
      if (!isSameLocale(locale, asked)) warnOfLocale(asked, locale, reason, progress);
      return template;
    }
    reason ||= error;
  }
  throw new RegressError('environment', `initdb of PostgreSQL ${installation.version} failed`, { detail: reason });
}

function templateKey(installation: Installation, locale: ServerLocale): string {
  const identity = [installation.bindir, installation.version, ...initdbLocaleOptions(locale, installation.major)];
  return createHash('sha256').update(identity.join('\0')).digest('hex').slice(0, 16);
}

/** Runs initdb aside and moves the result to its place; returns what initdb said when it failed. */
async function makeTemplate(
  template: string,
  home: string,
  account: Account | null,
  installation: Installation,
  locale: ServerLocale,
): Promise<string | null> {
  const folder = await makeRunFolder(home, account);
  try {
    const result = await execa(
      join(installation.bindir, 'initdb'),
      [
        `--pgdata=${folder.data}`,
        '--username=postgres',
        '--auth=trust',
        '--no-sync',
        '--no-instructions',
        // A sixteenth of the usual size: less to copy at every start.
        '--wal-segsize=1',
        ...initdbLocaleOptions(locale, installation.major),
      ],
      { ...asServer(account), reject: false, all: true },
    );
    if (result.failed) return lastLines(result.all || (result.shortMessage ?? ''));
    await moveUnlessThere(folder.data, template);
    return null;
  } finally {
    await removeRun(folder);
  }
}

/** Another run may have made the same template meanwhile; either will do. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await exists(to))) throw error;
  }
}

function warnOfLocale(asked: ServerLocale, used: ServerLocale, reason: string, progress: Progress): void {
  const why = /error: (.*)/.exec(reason)?.[1];
  progress.warn(
    `locale ${describeLocale(asked)} is not available here${why === undefined ? '' : ` (${why})`}; ` +
      `the throwaway server uses ${describeLocale(used)}, so plans that depend on the order of text can differ from production's`,
  );
}

const SHOWN_LINES = 10;

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-SHOWN_LINES).join('\n');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
