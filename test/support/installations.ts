import { chooseInstallation, findInstallations, type Installation } from '../../src/target/index.ts';

/**
 * The installations tests may use, the machine's main one first: it, then those of REGRESS_TEST_PG_CONFIGS
 * (colon-separated paths of pg_config). One per major.
 */
export async function testInstallations(): Promise<Installation[]> {
  const main = await mainInstallation();
  const named = (process.env.REGRESS_TEST_PG_CONFIGS ?? '').split(':').filter((path) => path !== '');
  const further = await Promise.all(named.map(async (pgConfig) => (await findInstallations({ pgConfig }))[0]));
  const all = [main, ...further].filter((installation) => installation !== undefined && installation !== null);
  return all.filter((one, index) => all.findIndex((other) => other.major === one.major) === index);
}

/** Without PostgreSQL tests are skipped on a developer's machine and fail in CI. */
async function mainInstallation(): Promise<Installation | null> {
  try {
    return chooseInstallation(await findInstallations());
  } catch (error) {
    if (process.env.CI) throw error;
    return null;
  }
}
