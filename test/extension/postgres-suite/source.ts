import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeCacheFolder } from '../../../src/target/server/cache.ts';

/**
 * The folder of PostgreSQL's regression suite, `src/test/regress` of its sources, which are not part of this project:
 * from REGRESS_TEST_POSTGRES_SOURCE (colon-separated folders of sources, one per major), else by apt-get from Debian,
 * kept in the cache. Null, said aloud, where they cannot be had.
 */
export async function suiteOf(major: number): Promise<string | null> {
  const named = (process.env.REGRESS_TEST_POSTGRES_SOURCE ?? '').split(':').filter((path) => path !== '');
  for (const folder of named) {
    if ((await majorOf(folder)) === major) return join(folder, 'src/test/regress');
  }
  if (named.length > 0) return skipped(major, `REGRESS_TEST_POSTGRES_SOURCE names ${named.join(', ')}`);
  return fromDebian(major).catch((error: Error) => skipped(major, error.message));
}

function skipped(major: number, why: string): null {
  console.warn(`SKIPPED: PostgreSQL's regression suite of ${major}, whose sources are not here: ${why}`);
  return null;
}

async function majorOf(folder: string): Promise<number> {
  const configure = await readFile(join(folder, 'configure'), 'utf8');
  return Number(/^PACKAGE_VERSION='(\d+)/m.exec(configure)?.[1]);
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SUITES = ['debian bookworm', 'debian trixie', 'debian sid', 'debian experimental']
  .concat(['debian-security bookworm-security', 'debian-security trixie-security'])
  .map((suite) => `deb-src [signed-by=${KEYRING}] http://deb.debian.org/${suite} main\n`);

/** Fetched with lists of packages of its own, so that the machine's stay as they are. */
async function fromDebian(major: number): Promise<string> {
  const cache = await makeCacheFolder('postgres-suites');
  const place = join(cache, String(major));
  if (await exists(place)) return place;
  const aside = await mkdtemp(join(cache, 'unpacking-'));
  try {
    for (const folder of ['state/lists/partial', 'archives/partial', 'sources']) {
      await mkdir(join(aside, folder), { recursive: true });
    }
    await writeFile(join(aside, 'sources.list'), SUITES.join(''));
    const options = [
      `Dir::State=${aside}/state`,
      'Dir::State::status=/var/lib/dpkg/status',
      `Dir::Cache=${aside}`,
      `Dir::Etc::SourceList=${aside}/sources.list`,
      'Dir::Etc::SourceParts=-',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    const cwd = join(aside, 'sources');
    await execa('apt-get', [...options, '-qq', 'update']);
    await download(major, options, cwd);
    const archive = (await readdir(cwd)).find((name) => name.includes('.orig.tar.')) ?? '';
    await execa('tar', [
      '-xf',
      join(cwd, archive),
      '-C',
      aside,
      '--no-same-owner',
      '--wildcards',
      '*/src/test/regress',
    ]);
    const unpacked = (await readdir(aside)).find((name) => /^postgresql-\d/.test(name)) ?? '';
    await rename(join(aside, unpacked, 'src/test/regress'), place);
    return place;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** The newest version whose files are there: a security update's may be in the lists and not on a mirror. */
async function download(major: number, options: readonly string[], cwd: string): Promise<void> {
  const name = `postgresql-${major}`;
  const { stdout } = await execa('apt-cache', [...options, 'showsrc', name]);
  const versions = [...stdout.matchAll(/^Version: (.*)$/gm)].map(([, version]) => version).reverse();
  let reason = `Debian has no ${name}`;
  for (const version of versions) {
    const source = `${name}=${version}`;
    const result = await execa('apt-get', [...options, '-qq', 'source', '--download-only', source], {
      cwd,
      reject: false,
    });
    if (!result.failed) return;
    reason = `${source} cannot be fetched: ${result.stderr.trim().split('\n').at(-1)}`;
  }
  throw new Error(reason);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
