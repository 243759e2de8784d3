import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { isInside, type ProjectFolders, projectFoldersOf } from '../files/index.ts';
import type { RegressError } from '../model/errors.ts';
import type { ProjectFile } from './schema.ts';

/**
 * Any author of a branch can write regress.yaml. It may therefore name only files inside the project, and no program of
 * the project. The command line is not restricted.
 */

type Fail = (path: readonly PropertyKey[], message: string, hint: string) => RegressError;

/** Throws for the first path of a project's configuration that leads out of the bounds, and for a pgConfig inside them. */
export function checkPlaces(file: ProjectFile, folder: string, fail: Fail): void {
  const bounds = projectFoldersOf(folder);
  const check = (path: readonly PropertyKey[], written: string | undefined, hint: string) => {
    if (written !== undefined && !leadsInto(bounds, folder, written)) throw fail(path, OUTSIDE, hint);
  };
  check(['snapshot'], file.snapshot, 'Remove the key, and name the snapshot on the command line: --snapshot DIR');
  check(['suites'], file.suites, 'Move the suites into the project.');
  for (const [index, step] of (file.target?.prepare ?? []).entries()) {
    if ('sql' in step) check(['target', 'prepare', index, 'sql'], step.sql, 'Use a command instead: run: psql -f FILE');
  }
  if (file.target?.pgConfig !== undefined) checkPgConfig(file.target.pgConfig, bounds, fail);
}

/** Message for a path that leads out of the project. */
export const OUTSIDE = 'the path leads out of the project';

/** Whether a path in the regress.yaml of a folder is inside the bounds. Looks only at the name; links in it are checked on reading. */
export function leadsInto(bounds: ProjectFolders, folder: string, written: string): boolean {
  return isInside(resolve(real(folder), written), bounds) || isInside(resolve(folder, written), bounds);
}

const BY_HAND =
  'Name the program with --pg-config FILE on the command line, or with the environment variable PG_CONFIG.';

function checkPgConfig(pgConfig: string, bounds: ProjectFolders, fail: Fail): void {
  const refuse = (message: string) => fail(['target', 'pgConfig'], message, BY_HAND);
  if (!isAbsolute(pgConfig)) throw refuse('pgConfig must be an absolute path outside the project');
  const inside = [resolve(pgConfig), resolve(real(dirname(pgConfig)), basename(pgConfig)), real(pgConfig)];
  if (inside.some((path) => isInside(path, bounds))) throw refuse('pgConfig must not be a program inside the project');
  if (!/^pg_config\b/.test(basename(pgConfig))) throw refuse('pgConfig must name a program called pg_config');
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
