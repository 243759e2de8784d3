import { dirname, resolve } from 'node:path';
import { projectFoldersOf, readStream, readText, unreadable } from '../../files/index.ts';
import { isStandardStream } from './standard-stream.ts';

/** Enough for tens of thousands of plans; larger suites are checked in shards. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Reads a file of results that the user named, which may be a pipe. Throws RegressError `results`. */
export async function readResults(file: string): Promise<string> {
  const path = resolve(file);
  try {
    return isStandardStream(path)
      ? await readStream(path, MAX_BYTES)
      : await readText(path, { within: projectFoldersOf(dirname(path)), limit: MAX_BYTES });
  } catch (cause) {
    const hint = `npx regress-pg check --reporter json=${file}`;
    throw unreadable('results', { what: `the results ${file}`, file }, cause, hint);
  }
}
