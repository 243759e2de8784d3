import { createHash, randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { programPath } from '../../files/index.ts';
import { RegressError } from '../../model/errors.ts';
import { PROGRAM_LIMITS } from '../../model/program-limits.ts';
import { makeCacheFolder, writingTo } from './cache.ts';
import type { Installation } from './installation.ts';
import { isOurs } from './ownership.ts';

const LIBRARY = 'regress_planner.so';

/** Names that PGXS may give the library: on macOS the suffix is .dylib from 16 on. */
const BUILT_NAMES = [LIBRARY, 'regress_planner.dylib'];

/** The sources of the library; leaves out object files and test results of a build in place. */
const SOURCES = ['Makefile', 'regress_planner.control', 'sql', 'src'];
const SOURCE_NAME = /(^Makefile|\.(c|h|sql|control))$/;

/** The folder of the extension's sources. Works from `src/` and from `dist/`. */
export function extensionFolder(): string {
  return fileURLToPath(new URL('../../../extension', import.meta.url));
}

/**
 * The absolute path of the extension's library for an installation. Builds it with PGXS into the cache, unless an
 * intact library that we built from the same sources is there; calls `say` before building. Writes nothing into the
 * installation. Throws RegressError `environment`.
 */
export async function buildExtension(
  installation: Installation,
  say: (message: string) => void = () => undefined,
): Promise<string> {
  const cache = await makeCacheFolder('extension');
  const library = join(cache, `${installation.major}-${await buildKey(installation)}`, LIBRARY);
  if (!(await isWhole(library))) {
    say(`building the extension for PostgreSQL ${installation.version}; this happens once`);
    await buildInto(cache, library, installation);
  }
  return library;
}

/** The file with the digest of a library. */
function digestFile(library: string): string {
  return `${library}.sha256`;
}

/** Whether there is a library that we built and that is intact. */
async function isWhole(library: string): Promise<boolean> {
  try {
    const [folder, file] = await Promise.all([lstat(dirname(library)), lstat(library)]);
    if (!folder.isDirectory() || !file.isFile() || !isOurs(folder) || !isOurs(file)) return false;
    return (await readFile(digestFile(library), 'utf8')) === (await digestOf(library));
  } catch {
    return false;
  }
}

async function digestOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/**
 * A key that changes with the sources and with all that pg_config says of the installation, such as its compile flags.
 */
async function buildKey(installation: Installation): Promise<string> {
  const hash = createHash('sha256').update(
    (await execa(installation.pgConfig, { env: { PATH: programPath() }, timeout: PROGRAM_LIMITS.short })).stdout,
  );
  const folder = extensionFolder();
  for (const file of await sourceFiles(folder)) {
    hash.update(`\0${relative(folder, file)}\0`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await Promise.all(
    SOURCES.map(async (name) => {
      const path = join(folder, name);
      if (!(await stat(path)).isDirectory()) return [path];
      return (await readdir(path)).filter((entry) => SOURCE_NAME.test(entry)).map((entry) => join(path, entry));
    }),
  );
  return entries.flat().sort();
}

/** Builds in another folder and moves the library into place at the end, so that concurrent builds do not collide. */
async function buildInto(cache: string, library: string, installation: Installation): Promise<void> {
  await removeOldBuilds(cache);
  await withSources(cache, async (build) => {
    await make(build, installation);
    const built = join(build, (await readdir(build)).find((name) => BUILT_NAMES.includes(name)) ?? LIBRARY);
    const whole = join(build, 'whole', LIBRARY);
    await writingTo(cache, async () => {
      await mkdir(dirname(whole));
      await chmod(dirname(whole), 0o755);
      await chmod(built, 0o755);
      await writeFile(digestFile(whole), await digestOf(built));
      await rename(built, whole);
      // Another run may have built the same library meanwhile. Replace it if it is damaged or not ours.
      if (await isWhole(library)) return;
      await rm(dirname(library), { recursive: true, force: true });
      await rename(dirname(whole), dirname(library));
    });
  });
}

/** Runs work in a temporary copy of the sources. */
async function withSources(cache: string, work: (build: string) => Promise<void>): Promise<void> {
  const build = join(cache, `build-${randomBytes(6).toString('hex')}`);
  const folder = extensionFolder();
  try {
    const files = await sourceFiles(folder);
    await writingTo(cache, async () => {
      for (const file of files) await cp(file, join(build, relative(folder, file)));
    });
    await work(build);
  } finally {
    await rm(build, { recursive: true, force: true });
  }
}

/**
 * Builds the extension and installs it into the installation's own folders, or into the same folders below `destdir`,
 * an absolute path. Returns the folders of the library and of the control file. Throws RegressError `environment`.
 */
export async function installExtension(installation: Installation, destdir = ''): Promise<readonly string[]> {
  const cache = await makeCacheFolder('extension');
  await removeOldBuilds(cache);
  await withSources(cache, async (build) => {
    await make(build, installation);
    await make(build, installation, ['install', `DESTDIR=${destdir}`]);
  });
  const { stdout } = await execa(installation.pgConfig, ['--pkglibdir', '--sharedir'], {
    env: { PATH: programPath() },
    timeout: PROGRAM_LIMITS.short,
  });
  const [pkglibdir = '', sharedir = ''] = stdout.split('\n');
  return [join(destdir, pkglibdir), join(destdir, sharedir, 'extension')];
}

async function make(build: string, installation: Installation, targets: readonly string[] = []): Promise<void> {
  await mkdir(build, { recursive: true });
  const result = await execa('make', ['-s', `PG_CONFIG=${installation.pgConfig}`, 'with_llvm=no', ...targets], {
    cwd: build,
    // If make runs regress, its options must not apply to this make.
    env: { PATH: programPath(), LC_ALL: 'C', MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '' },
    all: true,
    reject: false,
    timeout: PROGRAM_LIMITS.make,
  });
  if (!result.failed) return;
  if (targets.length > 0) throw installError(installation, result.all ?? '');
  const missing = result.code === 'ENOENT' ? 'make' : missingProgram(result.all ?? '');
  throw missing === null ? buildError(installation, result.all ?? '') : missingProgramError(missing, installation);
}

const MISSING_PROGRAM =
  /^(?:make(?:\[\d+\])?|\S*sh): (?:(?:line )?\d+: )?([\w.+-]+): (?:No such file or directory|(?:command )?not found)$/m;

/** The program that a shell or make could not find, such as `gcc`; null if there is none. */
function missingProgram(output: string): string | null {
  return MISSING_PROGRAM.exec(output)?.[1] ?? null;
}

function missingProgramError(program: string, installation: Installation): RegressError {
  return new RegressError('environment', `could not build the extension: ${program} is not installed`, {
    detail: `The extension is compiled for PostgreSQL ${installation.major} with PGXS, which needs make and a C compiler.`,
    hint: [
      'Install them:',
      '  Debian, Ubuntu: sudo apt-get install gcc make',
      '  Fedora:         sudo dnf install gcc make redhat-rpm-config',
      '  macOS:          xcode-select --install',
    ].join('\n'),
  });
}

const SHOWN_LINES = 20;

function installError(installation: Installation, output: string): RegressError {
  return new RegressError('environment', `could not install the extension for PostgreSQL ${installation.version}`, {
    detail: output.trim().split('\n').slice(-SHOWN_LINES).join('\n'),
    hint: /Permission denied/i.test(output)
      ? `The folders belong to another user: sudo npx regress-pg extension install --pg-config ${installation.pgConfig}`
      : `make -C ${extensionFolder()} install PG_CONFIG=${installation.pgConfig}`,
  });
}

function buildError(installation: Installation, output: string): RegressError {
  return new RegressError('environment', `could not build the extension for PostgreSQL ${installation.version}`, {
    detail: output.trim().split('\n').slice(-SHOWN_LINES).join('\n'),
    hint: `make -C ${extensionFolder()} PG_CONFIG=${installation.pgConfig}`,
  });
}

const ABANDONED_AFTER_MS = 3_600_000;

/** Removes the build folders of runs that were killed. */
async function removeOldBuilds(cache: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    if (!entry.startsWith('build-')) continue;
    const path = join(cache, entry);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
