import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { FileError } from './file-error.ts';

/** The folders of a project, with symbolic links resolved. Paths that the repository names must be in one of them. */
export type ProjectFolders = readonly string[];

/**
 * The bounds for files in a folder: the top of its git repository, else the outermost folder above it with a regress.yaml,
 * else the folder itself. In a worktree the main working tree is included, for its node_modules. Links in the path of the
 * folder are not followed while looking for the top; otherwise a link in the repository could set its own bounds.
 */
export function projectFoldersOf(folder: string): ProjectFolders {
  return projectAround(folder) ?? [real(resolve(folder))];
}

/** Like projectFoldersOf, but null if there is neither a git repository nor a regress.yaml. */
export function projectAround(folder: string): ProjectFolders | null {
  const above = foldersAbove(resolve(folder));
  const top = above.find((each) => existsSync(join(each, '.git')));
  if (top !== undefined) return [top, ...mainTreeOf(top)].map(real);
  const project = above.filter((each) => existsSync(join(each, 'regress.yaml'))).at(-1);
  return project === undefined ? null : [real(project)];
}

/** A folder and all folders above it except the root, which contains everything. */
function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [folder, ...foldersAbove(parent)];
}

/** The main working tree of a worktree. In a worktree, .git is a file that names a folder in worktrees/ (gitrepository-layout). */
function mainTreeOf(top: string): string[] {
  try {
    const [, folder] = /^gitdir: (.+)[/\\]\.git[/\\]worktrees[/\\][^/\\]+\s*$/.exec(
      readFileSync(join(top, '.git'), 'utf8'),
    ) ?? [undefined, undefined];
    return folder === undefined ? [] : [folder];
  } catch {
    return [];
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Whether a path, with links already resolved, is one of these folders or is below one. */
export function isInside(path: string, within: ProjectFolders): boolean {
  return within.some((folder) => {
    const rest = relative(folder, path);
    return rest === '' || (rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest));
  });
}

/**
 * The path with symbolic links resolved. Throws FileError for a link inside the bounds that leads out of them: such a link
 * can come with the repository. Links outside the bounds, and paths that a user names elsewhere, are followed.
 */
export async function settle(path: string, within: ProjectFolders): Promise<string> {
  const found = await realpath(path).catch(() => null);
  if (found !== null && isInside(found, within)) return found;
  const { end, link } = await walk(path, within);
  if (link !== null && !isInside(end, within))
    throw new FileError(`${shown(link)} is a link that leads out of the project, to ${end}`);
  return found ?? end;
}

/** Linux follows the same number of links (include/linux/namei.h). */
const MAX_LINKS = 40;

/** The end of a path with links resolved, even if nothing exists there, and the first link inside the bounds on the way. */
async function walk(
  path: string,
  within: ProjectFolders,
): Promise<{ readonly end: string; readonly link: string | null }> {
  const { root } = parse(resolve(path));
  let here = root;
  let link: string | null = null;
  let links = 0;
  const left = steps(resolve(path));
  for (let step = left.shift(); step !== undefined; step = left.shift()) {
    const next = join(here, step);
    const target = await readlink(next).catch(() => null);
    if (target === null) {
      here = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw new FileError(`${shown(path)} goes through more than ${MAX_LINKS} links`);
    if (isInside(here, within)) link ??= next;
    left.unshift(...steps(target));
    if (isAbsolute(target)) here = root;
  }
  return { end: here, link };
}

function steps(path: string): string[] {
  return path.split(sep).filter((step) => step !== '' && step !== '.');
}

function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
