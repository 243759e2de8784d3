import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { shortDigest } from '../baseline/index.ts';
import type { Config } from '../config/index.ts';
import type { CheckedSuites } from '../model/result.ts';
import type { Suite } from '../model/suite.ts';

/** What tells the suites of a check from others. `selected` are the queries that were asked for, of all shards. */
export function checkedSuites(config: Config, selected: readonly Suite[]): CheckedSuites {
  const content = selected.map(({ file, thresholds, queries }) => ({ file, thresholds, queries }));
  const top = repositoryAbove(config.suites) ?? config.folder;
  const path = relative(top, config.suites).split(sep).join('/');
  return { path: path === '' ? '.' : path, digest: shortDigest([config.thresholds, content]) };
}

/** The top of the git repository that a folder is in, or null. */
function repositoryAbove(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? null : repositoryAbove(parent);
}
