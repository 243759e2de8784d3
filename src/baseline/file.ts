import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Baseline } from '../model/baseline.ts';
import { RegressError } from '../model/errors.ts';
import { fileError } from '../model/file-error.ts';
import { baselineStem, type Suite } from '../model/suite.ts';
import { formatBaseline } from './format.ts';
import { parseBaseline } from './parse.ts';

const BASELINE_NAME = /^(.+)\.pg(\d+)\.baseline$/;

/** Path of the baseline of a suite on a server major: `orders.pg17.baseline` beside orders.yaml. */
export function baselinePath(suite: Suite, major: number): string {
  return `${baselineStem(suite.path)}.pg${major}.baseline`;
}

/** The baseline of a suite on a major, null when there is none. Throws RegressError `config` for an unreadable one. */
export async function readBaseline(suite: Suite, major: number): Promise<Baseline | null> {
  const path = baselinePath(suite, major);
  const file = relative(process.cwd(), path);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new RegressError('config', `could not read ${file}`, { detail: `${(cause as Error).message}.`, cause });
  }
  return parseBaseline(source, { file, suite: suite.file, major });
}

/** Writes a baseline as a whole or not at all; one without blocks is removed. Throws RegressError `config`. */
export async function writeBaseline(suite: Suite, baseline: Baseline): Promise<void> {
  const path = baselinePath(suite, baseline.major);
  try {
    if (baseline.blocks.length === 0) await rm(path, { force: true });
    else await replaceFile(path, formatBaseline(baseline));
  } catch (cause) {
    const file = relative(process.cwd(), path);
    throw fileError(file, cause, 'config');
  }
}

async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Server majors a suite has baselines for, ascending; for hints only, since another major never serves. */
export async function baselineMajors(suite: Suite): Promise<number[]> {
  const stem = basename(baselineStem(suite.path));
  const names = await readdir(dirname(suite.path));
  return names
    .map((name) => BASELINE_NAME.exec(name))
    .flatMap((match) => (match?.[1] === stem ? [Number(match[2])] : []))
    .sort((a, b) => a - b);
}

/** Paths of baselines below a folder, sorted, whose suite is none of these: all suites, not a selection of queries. */
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
