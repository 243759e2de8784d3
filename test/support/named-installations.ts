import { chooseInstallation, findInstallations, type Installation } from '../../src/target/index.ts';

/** The machine's main installation, then those of some lists of paths of pg_config. */
export async function installationsOf(lists: readonly (string | undefined)[]): Promise<Installation[]> {
  const main = await mainInstallation();
  const named = lists.flatMap((list) => (list ?? '').split(':')).filter((path) => path !== '');
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
