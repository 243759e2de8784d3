import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { type Bounds, boundsOf, isInside } from '../files/index.ts';
import type { RegressError } from '../model/errors.ts';
import type { ProjectFile } from './schema.ts';

/**
 * regress.yaml is data that any author of a branch can write: it names files of the project alone, and no program of it. On
 * the command line users name what they like.
 */

type Fail = (path: readonly PropertyKey[], message: string, hint: string) => RegressError;

/** Throws at the first path of a project's configuration that leads out of the bounds, and for a pgConfig that is inside. */
export function checkPlaces(file: ProjectFile, folder: string, fail: Fail): void {
  const bounds = boundsOf(folder);
  const check = (path: readonly PropertyKey[], written: string | undefined, hint: string) => {
    if (written !== undefined && !leadsInto(bounds, folder, written)) throw fail(path, OUTSIDE, hint);
  };
  check(['snapshot'], file.snapshot, 'Leave it out here, and name it on the command line: --snapshot DIR');
  check(['suites'], file.suites, 'Put the suites into the project.');
  for (const [index, step] of (file.target?.prepare ?? []).entries()) {
    if ('sql' in step)
      check(['target', 'prepare', index, 'sql'], step.sql, 'Prepare with a command: run: psql -f FILE');
  }
  if (file.target?.pgConfig !== undefined) checkPgConfig(file.target.pgConfig, bounds, fail);
}

/** The message of a path that leads out of the project. */
export const OUTSIDE = 'the path leads out of the project';

/** Whether a path that regress.yaml in a folder names is within the bounds, as far as its name tells. */
export function leadsInto(bounds: Bounds, folder: string, written: string): boolean {
  return isInside(resolve(real(folder), written), bounds) || isInside(resolve(folder, written), bounds);
}

const BY_HAND = 'Name the program on the command line, --pg-config FILE, or in the environment, PG_CONFIG.';

function checkPgConfig(pgConfig: string, bounds: Bounds, fail: Fail): void {
  const refuse = (message: string) => fail(['target', 'pgConfig'], message, BY_HAND);
  if (!isAbsolute(pgConfig)) throw refuse('pgConfig is to be an absolute path, outside of the project');
  const inside = [resolve(pgConfig), resolve(real(dirname(pgConfig)), basename(pgConfig)), real(pgConfig)];
  if (inside.some((path) => isInside(path, bounds))) throw refuse('a program of the project is not run as pg_config');
  if (!/^pg_config\b/.test(basename(pgConfig))) throw refuse('a program that is not called pg_config is not run');
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
