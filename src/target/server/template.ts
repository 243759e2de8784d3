import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { access, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { onExit } from '../../cleanup/index.ts';
import { localeCandidates, type ServerLocale } from '../../environment/index.ts';
import { RegressError } from '../../model/errors.ts';
import { PROGRAM_LIMITS } from '../../model/program-limits.ts';
import { type Account, asServer, localePlaces } from './account.ts';
import { writingTo } from './cache.ts';
import type { Installation } from './installation.ts';
import { initdbLocaleOptions } from './locale.ts';
import { homeRuns, makeRunFolder, removeRun } from './run-folder.ts';

/**
 * A data directory as initdb creates it, from the cache; created if missing. Replaces a locale that this machine does
 * not have with the next best; the conditions for identical plans report that.
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
    const isThere = await isUsable(template, account);
    const error = isThere ? null : await makeTemplate(template, home, account, installation, locale);
    if (error === null) return template;
    reason ||= error;
  }
  throw new RegressError('environment', `initdb of PostgreSQL ${installation.version} failed`, { detail: reason });
}

function templateKey(installation: Installation, locale: ServerLocale): string {
  const options = initdbLocaleOptions(locale, installation.major);
  // A server does not start in a locale from another folder, so the folders are part of the key.
  const identity = [installation.bindir, installation.version, ...options, ...Object.values(localePlaces())];
  return createHash('sha256').update(identity.join('\0')).digest('hex').slice(0, 16);
}

/** Permission bits that must be clear on PostgreSQL's data directory. */
const FORBIDDEN_MODE = 0o027;

/**
 * Whether there is a template that the server's user can copy and start. Removes one that a CI system restored
 * incompletely, or with another owner or mode, so that it is created again. Throws RegressError `environment` if it
 * cannot be removed.
 */
async function isUsable(template: string, account: Account | null): Promise<boolean> {
  const found = await lstat(template).catch(() => null);
  if (found === null) return false;
  const uid = account?.uid ?? process.getuid?.() ?? found.uid;
  const isOurs = found.isDirectory() && found.uid === uid && (found.mode & FORBIDDEN_MODE) === 0;
  if (isOurs && (await readListing(template)) === listing(template)) return true;
  try {
    await rm(template, { recursive: true, force: true });
    return false;
  } catch (cause) {
    throw new RegressError('environment', `a server's template in the cache belongs to another user: ${template}`, {
      detail: `${(cause as Error).message}.`,
      hint: 'Remove it, or set REGRESS_CACHE_DIR to a folder of your own.',
      cause,
    });
  }
}

/** Runs initdb in another folder and moves the result into place. Returns initdb's output if it failed. */
async function makeTemplate(
  template: string,
  home: string,
  account: Account | null,
  installation: Installation,
  locale: ServerLocale,
): Promise<string | null> {
  const folder = await makeRunFolder(homeRuns(home), account);
  const remove = onExit(() => removeRun(folder));
  try {
    const result = await execa(
      join(installation.bindir, 'initdb'),
      [
        `--pgdata=${folder.data}`,
        '--username=postgres',
        '--auth=trust',
        '--no-sync',
        '--no-instructions',
        // A sixteenth of the default size: less to copy at every start.
        '--wal-segsize=1',
        ...initdbLocaleOptions(locale, installation.major),
      ],
      { ...asServer(account), reject: false, all: true, timeout: PROGRAM_LIMITS.initdb },
    );
    if (result.timedOut) return result.shortMessage ?? '';
    if (result.failed) return lastLines(result.all || (result.shortMessage ?? ''));
    await writingTo(home, async () => {
      // First, because a template without a listing counts as damaged.
      await writeFile(listingFile(template), listing(folder.data));
      await moveUnlessThere(folder.data, template);
    });
    return null;
  } finally {
    await remove();
  }
}

/** The file with the listing of a template, outside the folder of templates. */
function listingFile(template: string): string {
  return join(template, '../..', `${basename(template)}.listing`);
}

async function readListing(template: string): Promise<string | null> {
  return readFile(listingFile(template), 'utf8').catch(() => null);
}

/**
 * A digest of names and sizes. Enough to notice missing or truncated files, which are what incomplete copies produce.
 */
function listing(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const found = lstatSync(join(folder, name));
    hash.update(`${name}\0${found.isFile() ? found.size : '-'}\0`);
  }
  return hash.digest('hex');
}

/** Another run may have created the same template meanwhile; either one will do. */
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
