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
    const isThere = await isUsable(template, account);
    const error = isThere ? null : await makeTemplate(template, home, account, installation, locale);
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

/** Bits of a mode that PostgreSQL wants cleared on its data directory. */
const FORBIDDEN_MODE = 0o027;

/**
 * Whether there is a template that the server's user can copy and start. What a CI system restored under another owner, with
 * other modes or in part is removed, to be made anew. Throws RegressError `environment` where that cannot be.
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
    throw new RegressError('environment', `a server's template in the cache is somebody else's: ${template}`, {
      detail: `${(cause as Error).message}.`,
      hint: 'Remove it, or set REGRESS_CACHE_DIR to a folder of your own.',
      cause,
    });
  }
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
        // A sixteenth of the usual size: less to copy at every start.
        '--wal-segsize=1',
        ...initdbLocaleOptions(locale, installation.major),
      ],
      { ...asServer(account), reject: false, all: true, timeout: PROGRAM_LIMITS.initdb },
    );
    if (result.timedOut) return result.shortMessage ?? '';
    if (result.failed) return lastLines(result.all || (result.shortMessage ?? ''));
    await writingTo(home, async () => {
      // First: who finds a template without it takes it for a damaged one.
      await writeFile(listingFile(template), listing(folder.data));
      await moveUnlessThere(folder.data, template);
    });
    return null;
  } finally {
    await remove();
  }
}

/** Where the listing of a template stands: not among the templates. */
function listingFile(template: string): string {
  return join(template, '../..', `${basename(template)}.listing`);
}

async function readListing(template: string): Promise<string | null> {
  return readFile(listingFile(template), 'utf8').catch(() => null);
}

/** A digest of names and sizes: of what is copied whole, a missing or cut file is what happens. */
function listing(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const found = lstatSync(join(folder, name));
    hash.update(`${name}\0${found.isFile() ? found.size : '-'}\0`);
  }
  return hash.digest('hex');
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
