import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type ProjectFolders, projectFoldersOf, regularFile, settle, unreadable } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';

const SUITE_NAME = /\.(?:ya?ml|sql)$/;

/**
 * Paths of the suites below a folder, sorted, without hidden ones. Follows links within the project. Throws
 * RegressError `suite` for a link that leads out of the project, for a suite that is not a regular file, and for too
 * many files; and the system's error if the folder itself cannot be read.
 */
export async function suitePaths(folder: string): Promise<string[]> {
  const listing: Listing = { within: projectFoldersOf(folder), seen: 0, links: 0 };
  const paths = await pathsBelow(folder, [], listing);
  return paths.sort((a, b) => (a < b ? -1 : 1));
}

interface Listing {
  readonly within: ProjectFolders;
  /** Number of files and folders so far. */
  seen: number;
  /** Number of links to folders so far. */
  links: number;
}

const MAX_ENTRIES = 100_000;
/** Folders that link to one another can be walked almost endlessly. */
const MAX_LINKS = 1000;

async function pathsBelow(folder: string, above: readonly string[], listing: Listing): Promise<string[]> {
  const here = await settle(folder, listing.within).catch((cause: unknown) => {
    throw unreadableSuite(folder, cause);
  });
  // Following a link to a folder above would never end.
  if (above.includes(here)) return [];
  const found: string[] = [];
  for (const entry of await readdir(here, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    listing.seen += 1;
    if (listing.seen > MAX_ENTRIES) throw tooMany(`${MAX_ENTRIES} files`, folder);
    const path = join(folder, entry.name);
    const isBelow = await isFolder(path, entry);
    if (isBelow && entry.isSymbolicLink()) listing.links += 1;
    if (listing.links > MAX_LINKS) throw tooMany(`${MAX_LINKS} links to folders`, folder);
    if (isBelow) found.push(...(await pathsBelow(path, [...above, here], listing)));
    else if (SUITE_NAME.test(entry.name)) found.push(await suiteFile(path, listing.within));
  }
  return found;
}

interface Entry {
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

async function isFolder(path: string, entry: Entry): Promise<boolean> {
  // A broken link counts as a file; reading it reports the error.
  const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
  return kind?.isDirectory() ?? false;
}

/** Checks each path before any suite is read, so that mistakes are reported at once. */
async function suiteFile(path: string, within: ProjectFolders): Promise<string> {
  await regularFile(path, within).catch((cause: unknown) => {
    throw unreadableSuite(path, cause);
  });
  return path;
}

function unreadableSuite(path: string, cause: unknown): unknown {
  const file = relative(process.cwd(), path) || path;
  return unreadable('suite', { what: file, file }, cause);
}

function tooMany(what: string, folder: string): RegressError {
  return new RegressError('suite', `there are more than ${what} among the suites`, {
    detail: `Counting stopped in ${relative(process.cwd(), folder) || folder}.`,
    hint: 'Name a folder that holds only suites in regress.yaml: suites: db/suites',
  });
}
