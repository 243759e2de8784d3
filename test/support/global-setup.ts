import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Installation } from '../../src/target/index.ts';
import { installationsOf } from './named-installations.ts';
import { npmInstallation, SOURCE_ONLY_MAJORS } from './npm-server.ts';
import { writeQuickCommandLine } from './quick-command-line.ts';

/** Majors the project is tested with; those that are not here are named once, before the first test. */
const WANTED_MAJORS = [15, 17, 18, 19];

/**
 * Says which servers the tests run on, throws in CI where there is none, and makes a folder for what lasts longer than a
 * test; the result removes it.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Each project of vitest's asks for it.
  if (process.env.REGRESS_TEST_FOLDER !== undefined) return;
  const { REGRESS_TEST_PG_CONFIGS, REGRESS_TEST_MATRIX_PG_CONFIGS } = process.env;
  const installations = await installationsOf([REGRESS_TEST_PG_CONFIGS, REGRESS_TEST_MATRIX_PG_CONFIGS]);
  for (const { version, bindir } of installations) console.log(`PostgreSQL ${version} in ${bindir}`);
  const skipped = [...missingMajors(installations), ...(process.env.CI ? await missingSources(installations) : [])];
  for (const line of skipped) console.warn(line);
  const folder = await mkdtemp(join(await quickFolder(), 'regress-tests-'));
  // Servers of other users run in it.
  await chmod(folder, 0o755);
  process.env.REGRESS_TEST_FOLDER = folder;
  process.env.REGRESS_RUN_DIR ??= folder;
  process.env.REGRESS_TEST_COMMAND_LINE ??= await writeQuickCommandLine(join(folder, 'command-line'));
  return async () => {
    // Once more where it is seen.
    for (const line of skipped) console.warn(line);
    await rm(folder, { recursive: true, force: true });
  };
}

const MEMORY_FOLDER = '/dev/shm';
const ROOMY_BYTES = 8 * 1024 ** 3;

/**
 * A folder in memory where there is plenty: tests start hundreds of servers, and a file system like ext4 gets slow when
 * as many files are made as have just been removed.
 */
async function quickFolder(): Promise<string> {
  const found = await statfs(MEMORY_FOLDER).catch(() => null);
  return found !== null && found.bavail * found.bsize >= ROOMY_BYTES ? MEMORY_FOLDER : tmpdir();
}

function missingMajors(installations: readonly Installation[]): string[] {
  const missing = WANTED_MAJORS.filter((major) => !installations.some((one) => one.major === major));
  if (missing.length === 0) return [];
  return [`SKIPPED: tests on PostgreSQL ${missing.join(', ')} (REGRESS_TEST_PG_CONFIGS names no such pg_config)`];
}

/** Fetches the servers of npm before the first test; elsewhere than in CI the tests that want one do. */
async function missingSources(installations: readonly Installation[]): Promise<string[]> {
  const lines: string[] = [];
  for (const major of SOURCE_ONLY_MAJORS.filter((one) => !installations.some((other) => other.major === one))) {
    await npmInstallation(major).catch((error: Error) => {
      lines.push(`SKIPPED: tests that read from PostgreSQL ${major}: ${error.message.split('\n')[0]}`);
    });
  }
  return lines;
}
