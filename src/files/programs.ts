import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, sep } from 'node:path';
import { type Bounds, isInside, projectAround } from './bounds.ts';

/**
 * PATH for programs that regress runs of its own accord, such as pg_config, make and git: without folders of the project one
 * stands in, and without node_modules/.bin, which npm puts first and which holds whatever the packages of a branch bring.
 * Commands that users wrote run with PATH as it is.
 */
export function programPath(): string {
  const project = projectAround(process.cwd()) ?? [];
  const folders = (process.env.PATH || USUAL)
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && isForeign(folder, project));
  // An empty PATH would be the folder one stands in.
  return folders.length === 0 ? USUAL : folders.join(delimiter);
}

const USUAL = '/usr/bin:/bin';

function isForeign(folder: string, project: Bounds): boolean {
  return !folder.split(sep).includes('node_modules') && !isInside(real(folder), project);
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
