import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const REPOSITORY = join(import.meta.dirname, '../..');

/**
 * Installs this package into a folder as npm would, but without asking a registry: exactly the files that are published,
 * and links to the packages of this repository. What is installed there already stays.
 */
export async function installPackage(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true });
  await unpack(modules);
  await linkEach(join(REPOSITORY, 'node_modules'), modules);
  await mkdir(join(modules, '.bin'), { recursive: true });
  const { bin } = JSON.parse(await readFile(join(modules, 'regress-pg/package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  for (const [name, file] of Object.entries(bin)) {
    const command = join(modules, '.bin', name);
    if (!existsSync(command)) await symlink(join('../regress-pg', file), command);
  }
  await chmod(join(modules, 'regress-pg/dist/main.js'), 0o755);
}

async function unpack(modules: string): Promise<void> {
  const aside = await mkdtemp(join(modules, '.packing-'));
  await execa('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', aside], { cwd: REPOSITORY });
  const [archive] = await readdir(aside);
  await execa('tar', ['-xzf', join(aside, archive as string), '-C', aside, '--no-same-owner']);
  await rename(join(aside, 'package'), join(modules, 'regress-pg'));
  await rm(aside, { recursive: true });
}

async function linkEach(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name.startsWith('.')) continue;
    const [source, target] = [join(from, name), join(to, name)];
    if (name.startsWith('@')) {
      await mkdir(target, { recursive: true });
      await linkEach(source, target);
    } else if (!existsSync(target)) await symlink(source, target);
  }
}
