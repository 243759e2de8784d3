import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testInstallations } from './installations.ts';

/** Majors the project is tested with; those that are not here are named once, before the first test. */
const WANTED_MAJORS = [15, 17, 18, 19];

/**
 * Says which servers the tests run on, throws in CI where there is none, and makes a folder for what lasts longer than a
 * test; the result removes it.
 */
export async function setup(): Promise<() => Promise<void>> {
  const installations = await testInstallations();
  for (const { version, bindir } of installations) console.log(`PostgreSQL ${version} in ${bindir}`);
  const missing = WANTED_MAJORS.filter((major) => !installations.some((one) => one.major === major));
  if (missing.length > 0) {
    console.warn(
      `SKIPPED: tests on PostgreSQL ${missing.join(', ')} (REGRESS_TEST_PG_CONFIGS names no such pg_config)`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'regress-tests-'));
  process.env.REGRESS_TEST_FOLDER = folder;
  return () => rm(folder, { recursive: true, force: true });
}
