import { createHash } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { clientEnvironment } from '../../src/postgres/index.ts';
import { extensionFolder, type Installation, startServer } from '../../src/target/index.ts';

/** Programs find the other folders from where they lie themselves, so these are copied; the rest can be linked to. */
const PROGRAMS = ['postgres', 'initdb', 'pg_ctl'];

/** An installation elsewhere that an extension can be installed into: `make DESTDIR=…` puts it there. */
interface Relocated {
  readonly destdir: string;
  readonly installation: Installation;
  remove(): Promise<void>;
}

/** A server of a relocated installation, with the extension installed. */
export interface ServerWithExtension {
  url(database: string): string;
  /** Runs make in a copy of the extension's sources, with the server in the environment. */
  make(...goals: string[]): Promise<{ readonly failed: boolean; readonly all: string }>;
  /** Where make puts it. */
  readonly destdir: string;
  /** The copy of the extension's sources. */
  readonly sources: string;
  remove(): Promise<void>;
}

const LOCALE = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null } as const;

/** Starts such a server; `purpose` keeps the folders of two tests apart. Throws where make prints a warning or fails. */
export async function startWithExtension(installation: Installation, purpose: string): Promise<ServerWithExtension> {
  const relocated = await relocate(installation, purpose);
  const server = await startServer(relocated.installation, LOCALE);
  const sources = join(relocated.destdir, 'extension');
  await cp(extensionFolder(), sources, { recursive: true, filter: (path) => !/\.(o|so|bc)$/.test(path) });
  const make = async (...goals: string[]) => {
    const { failed, all } = await execa(
      'make',
      ['-s', `PG_CONFIG=${installation.pgConfig}`, 'COPT=-Wall -Wextra -Werror', ...goals],
      {
        cwd: sources,
        env: { ...clientEnvironment(server.url('postgres')), MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '' },
        all: true,
        reject: false,
      },
    );
    return { failed, all };
  };
  const installed = await make('install', `DESTDIR=${relocated.destdir}`);
  if (installed.failed) throw new Error(installed.all);
  return {
    url: server.url,
    make,
    destdir: relocated.destdir,
    sources,
    remove: async () => {
      await server.stop();
      await relocated.remove();
    },
  };
}

/**
 * A stand-in for an installation, in whose folders the test need not be allowed to write, and which the test leaves as
 * it was. Its place is the same at each run of a clone, because a server's template is kept by the place of its programs.
 */
async function relocate(installation: Installation, purpose: string): Promise<Relocated> {
  const clone = createHash('sha256')
    .update(import.meta.url)
    .digest('hex')
    .slice(0, 8);
  const destdir = join('/tmp', `regress-${purpose}-${userInfo().uid}-${clone}-${installation.major}`);
  const remove = () => rm(destdir, { recursive: true, force: true });
  await remove();
  const { bindir } = installation;
  const [libdir, sharedir] = await Promise.all(['--pkglibdir', '--sharedir'].map((which) => ask(installation, which)));
  await mkdir(join(destdir, bindir), { recursive: true });
  await chmod(destdir, 0o755);
  for (const program of PROGRAMS) await copyFile(join(bindir, program), join(destdir, bindir, program));
  await link(libdir as string, destdir, []);
  await link(sharedir as string, destdir, ['extension']);
  await link(join(sharedir as string, 'extension'), destdir, []);
  return { destdir, installation: { ...installation, bindir: join(destdir, bindir) }, remove };
}

async function ask(installation: Installation, which: string): Promise<string> {
  return (await execa(installation.pgConfig, [which])).stdout;
}

/** Makes a folder of links to what is in another, but not to what the extension installs. */
async function link(folder: string, destdir: string, except: readonly string[]): Promise<void> {
  await mkdir(join(destdir, folder), { recursive: true });
  for (const entry of await readdir(folder)) {
    if (except.includes(entry) || entry.startsWith('regress_planner')) continue;
    await symlink(join(folder, entry), join(destdir, folder, entry));
  }
}
