import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { shortDigest } from '../../baseline/index.ts';
import type { Config } from '../../config/index.ts';
import type { CheckedSuites } from '../../model/result.ts';
import type { Suite } from '../../model/suite.ts';

/** Identifies the suites of a check. `selected` holds the selected queries of all shards. */
export function checkedSuites(config: Config, selected: readonly Suite[]): CheckedSuites {
  const content = selected.map(({ file, thresholds, queries }) => ({ file, thresholds, queries }));
  const path = repositoryPathOf(config.suites, config.folder);
  return { path, digest: shortDigest([config.thresholds, content]) };
}

/** Path of a folder relative to the top of its git repository, else to `otherwise`; with `/`, and `.` for the top itself. */
export function repositoryPathOf(folder: string, otherwise = folder): string {
  return slashed(relative(repositoryAbove(folder) ?? otherwise, folder));
}

/** Prefix that makes paths of suites, which begin with the name of their folder, relative to `folder`; `.` for none. */
export function suitePrefix(folder: string, suites: string): string {
  return slashed(relative(folder, dirname(suites)));
}

function slashed(path: string): string {
  return path === '' ? '.' : path.split(sep).join('/');
}

/** The top of the git repository that a folder is in, or null. */
function repositoryAbove(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? null : repositoryAbove(parent);
}
