import { testInstallations } from './installations.ts';

/** Majors the project is tested with; those that are not here are named once, before the first test. */
const WANTED_MAJORS = [15, 17, 18, 19];

/** Says which servers the tests run on; throws in CI where there is none. */
export async function setup(): Promise<void> {
  const installations = await testInstallations();
  for (const { version, bindir } of installations) console.log(`PostgreSQL ${version} in ${bindir}`);
  const missing = WANTED_MAJORS.filter((major) => !installations.some((one) => one.major === major));
  if (missing.length > 0) {
    console.warn(
      `SKIPPED: tests on PostgreSQL ${missing.join(', ')} (REGRESS_TEST_PG_CONFIGS names no such pg_config)`,
    );
  }
}
