import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { projectFoldersOf, readText, unreadable, writeWhole } from '../files/index.ts';
import type { Baseline } from '../model/baseline.ts';
import { fileError } from '../model/file-error.ts';
import { baselineStem, type Suite } from '../model/suite.ts';
import { formatBaseline } from './format.ts';
import { parseBaseline } from './parse.ts';

/** Room for about ten thousand plans. */
const MAX_BYTES = 32 * 1024 * 1024;

const BASELINE_NAME = /^(.+)\.pg(\d+)\.baseline$/;

/** Path of a suite's baseline for a server major: `orders.pg17.baseline` beside orders.yaml. */
export function baselinePath(suite: Suite, major: number): string {
  return `${baselineStem(suite.path)}.pg${major}.baseline`;
}

/** Reads a suite's baseline for a major; null if there is none. Throws RegressError `config` if it is unreadable. */
export async function readBaseline(suite: Suite, major: number): Promise<Baseline | null> {
  const path = baselinePath(suite, major);
  const file = relative(process.cwd(), path);
  let source: string;
  try {
    source = await readText(path, { within: projectFoldersOf(dirname(path)), limit: MAX_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable('config', { what: file, file }, cause);
  }
  return parseBaseline(source, { file, suite: suite.file, major });
}

/** Writes a baseline completely or not at all, and removes one without blocks. Throws RegressError `config`. */
export async function writeBaseline(suite: Suite, baseline: Baseline): Promise<void> {
  const path = baselinePath(suite, baseline.major);
  try {
    if (baseline.blocks.length === 0) await rm(path, { force: true });
    else await writeWhole(path, formatBaseline(baseline), projectFoldersOf(dirname(path)));
  } catch (cause) {
    const file = relative(process.cwd(), path);
    throw fileError(file, cause, 'config');
  }
}

/** Server majors that a suite has baselines for, ascending. For hints only: plans are never compared with another major's. */
export async function baselineMajors(suite: Suite): Promise<number[]> {
  const stem = basename(baselineStem(suite.path));
  const names = await readdir(dirname(suite.path));
  return names
    .map((name) => BASELINE_NAME.exec(name))
    .flatMap((match) => (match?.[1] === stem ? [Number(match[2])] : []))
    .sort((a, b) => a - b);
}

/** Sorted paths of the baselines below a folder that belong to none of these suites. `suites` must be all of them. */
export async function orphanedBaselines(folder: string, suites: readonly Suite[]): Promise<string[]> {
  const stems = suites.map(({ path }) => baselineStem(path));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      const [, stem] = BASELINE_NAME.exec(name) ?? [];
      return stem === undefined || stems.includes(join(parentPath, stem)) ? [] : [join(parentPath, name)];
    })
    .sort();
}
