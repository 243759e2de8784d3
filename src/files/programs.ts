import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, sep } from 'node:path';
import { isInside, type ProjectFolders, projectAround } from './project-folders.ts';

/**
 * PATH for programs that regress runs itself, such as pg_config, make and git. It leaves out folders of the current project
 * and node_modules/.bin, which npm puts first: a branch decides what is in them. Commands from users run with the full PATH.
 */
export function programPath(): string {
  const project = projectAround(process.cwd()) ?? [];
  const folders = (process.env.PATH || USUAL)
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && isForeign(folder, project));
  // An empty PATH would mean the current folder.
  return folders.length === 0 ? USUAL : folders.join(delimiter);
}

const USUAL = '/usr/bin:/bin';

function isForeign(folder: string, project: ProjectFolders): boolean {
  return !folder.split(sep).includes('node_modules') && !isInside(real(folder), project);
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
