import { createHash } from 'node:crypto';
import { access, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { localeCandidates, type ServerLocale } from '../environment/index.ts';
import { RegressError } from '../model/errors.ts';
import { type Account, asServer, localePlaces } from './account.ts';
import type { Installation } from './installation.ts';
import { initdbLocaleOptions } from './locale.ts';
import { homeRuns, makeRunFolder, removeRun } from './run-folder.ts';

/**
 * A data directory as initdb leaves it, kept in the cache and made when missing. A locale this machine does not have
 * is replaced by the next best one; that plans can then differ is for the conditions of exactness to say.
 */
export async function serverTemplate(
  home: string,
  account: Account | null,
  installation: Installation,
  asked: ServerLocale,
): Promise<string> {
  const candidates = localeCandidates(asked, installation.major);
  let reason = '';
  for (const locale of candidates) {
    const template = join(home, 'template', `${installation.major}-${templateKey(installation, locale)}`);
    const error = (await exists(template)) ? null : await makeTemplate(template, home, account, installation, locale);
    if (error === null) return template;
    reason ||= error;
  }
  throw new RegressError('environment', `initdb of PostgreSQL ${installation.version} failed`, { detail: reason });
}

function templateKey(installation: Installation, locale: ServerLocale): string {
  const options = initdbLocaleOptions(locale, installation.major);
  // A server does not start in a locale that another place has.
  const identity = [installation.bindir, installation.version, ...options, ...Object.values(localePlaces())];
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
  const folder = await makeRunFolder(homeRuns(home), account);
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
