import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { FileError } from './file-error.ts';

/** The folders of a project, without symbolic links: what its repository names is to be in one of them. */
export type Bounds = readonly string[];

/**
 * The bounds of whatever lies in a folder: the top of its git repository, else the outermost folder above with a regress.yaml,
 * else the folder itself. A worktree may use what its repository has, such as node_modules. Links on the way to the folder's
 * name are not followed, so that a link of the repository does not become bounds of its own.
 */
export function boundsOf(folder: string): Bounds {
  return projectAround(folder) ?? [real(resolve(folder))];
}

/** The same, but null where there is neither a git repository nor a regress.yaml. */
export function projectAround(folder: string): Bounds | null {
  const above = foldersAbove(resolve(folder));
  const top = above.find((each) => existsSync(join(each, '.git')));
  if (top !== undefined) return [top, ...mainTreeOf(top)].map(real);
  const project = above.filter((each) => existsSync(join(each, 'regress.yaml'))).at(-1);
  return project === undefined ? null : [real(project)];
}

/** A folder and all above, but not the root, which would hold everything. */
function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [folder, ...foldersAbove(parent)];
}

/** The tree beside the repository that a worktree is of (gitrepository-layout: a file .git names the folder in worktrees/). */
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

/** Whether a path, without links, is one of these folders or lies below one. */
export function isInside(path: string, within: Bounds): boolean {
  return within.some((folder) => {
    const way = relative(folder, path);
    return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
  });
}

/**
 * The path without symbolic links. Throws FileError where a link that lies within the bounds leads out of them: a repository
 * brings such links as it brings files. What a user names elsewhere, and links of the machine, lead where they lead.
 */
export async function settle(path: string, within: Bounds): Promise<string> {
  const found = await realpath(path).catch(() => null);
  if (found !== null && isInside(found, within)) return found;
  const { end, link } = await walk(path, within);
  if (link !== null && !isInside(end, within))
    throw new FileError(`${shown(link)} is a link that leads out of the project, to ${end}`);
  return found ?? end;
}

/** As many as Linux follows (include/linux/namei.h). */
const MAX_LINKS = 40;

/** Where a path ends, though nothing may be there, and the first link within the bounds on its way. */
async function walk(path: string, within: Bounds): Promise<{ readonly end: string; readonly link: string | null }> {
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
    if (links > MAX_LINKS) throw new FileError(`${shown(path)} is a link that leads to no end`);
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
  const way = relative(process.cwd(), path);
  return way === '' || way.startsWith('..') ? path : way;
}
