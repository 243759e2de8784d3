import { access, chmod, chown, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { buildExtension, extensionFolder, type Installation } from '../../../src/target/index.ts';
import { testInstallations } from '../../support/installations.ts';
import { testServer } from '../../support/servers.ts';
import { temporaryFolder } from '../../support/temp.ts';

const installations = await testInstallations();
const main = installations[0];

test('the sources are where extensionFolder says', async () => {
  await access(join(extensionFolder(), 'regress_planner.control'));
});

describe('buildExtension', () => {
  test.for(installations)('PostgreSQL $major loads the library it builds', async (installation) => {
    const server = await testServer(installation.major);
    const library = await server?.library();
    expect(await server?.psql('postgres', `LOAD '${library}'; SHOW regress_planner.version`)).toBe('0.1');
  });

  test.skipIf(main === undefined)('builds once, also when asked twice at a time, and leaves nothing else', async () => {
    if (main === undefined) return;
    const cache = await temporaryFolder();
    vi.stubEnv('REGRESS_CACHE_DIR', cache);
    const [library, again] = await Promise.all([buildExtension(main), buildExtension(main)]);
    expect(again).toBe(library);
    const built = await stat(library);
    expect(await buildExtension(main)).toBe(library);
    expect((await stat(library)).mtimeMs).toBe(built.mtimeMs);
    expect(await readdir(join(cache, 'extension'))).toHaveLength(1);
    // The server's user has to read it, whatever the umask of who built it.
    expect(built.mode & 0o555).toBe(0o555);
  });

  test.skipIf(main === undefined)(
    'builds anew what is damaged or not ours, once, and loads nothing of it',
    async () => {
      if (main === undefined) return;
      vi.stubEnv('REGRESS_CACHE_DIR', await temporaryFolder());
      const quick = await withPgxs(main, QUICK);
      const library = await buildExtension(quick);
      const whole = await readFile(library);
      const damages: readonly (() => Promise<unknown>)[] = [
        () => truncate(library, 0),
        () => truncate(library, 3),
        () => rm(`${library}.sha256`),
        () => writeFile(library, 'planted'),
        () => chmod(library, 0o777),
        () => chmod(dirname(library), 0o777),
        ...(process.getuid?.() === 0
          ? [() => chown(library, 65534, 65534), () => chown(dirname(library), 65534, 65534)]
          : []),
      ];
      for (const damage of damages) {
        await damage();
        const said: string[] = [];
        await buildExtension(quick, (message) => said.push(message));
        expect(said).toHaveLength(1);
        await buildExtension(quick, (message) => said.push(message));
        expect(said).toHaveLength(1);
        expect((await readFile(library)).length).toBe(whole.length);
      }
    },
  );

  test.skipIf(main === undefined || process.getuid?.() !== 0)('a cache of another user is refused', async () => {
    if (main === undefined) return;
    const cache = await temporaryFolder();
    vi.stubEnv('REGRESS_CACHE_DIR', cache);
    for (const folder of [cache, join(cache, 'extension')]) {
      await mkdir(folder, { recursive: true });
      await chown(folder, 65534, 65534);
      await expect(buildExtension(main)).rejects.toMatchObject({
        code: 'environment',
        message: `the cache folder ${folder} is not used`,
        detail: expect.stringContaining('the user 65534'),
      });
      await chown(folder, 0, 0);
    }
  });

  test.skipIf(main === undefined)(
    'a cache that is committed is refused, and others may not write to ours',
    async () => {
      if (main === undefined) return;
      const project = await temporaryFolder();
      const cache = join(project, '.cache');
      vi.stubEnv('REGRESS_CACHE_DIR', cache);
      const standing = vi.spyOn(process, 'cwd').mockReturnValue(project);
      onTestFinished(() => standing.mockRestore());
      await execa('git', ['init', '-q'], { cwd: project });
      await mkdir(join(cache, 'extension'), { recursive: true });
      await chmod(cache, 0o777);
      const quick = await withPgxs(main, QUICK);
      const library = await buildExtension(quick);
      expect((await stat(cache)).mode & 0o022).toBe(0);
      await execa('git', ['add', library], { cwd: project });
      await expect(buildExtension(quick)).rejects.toMatchObject({
        message: `the cache folder ${cache} is not used`,
        detail: expect.stringContaining('committed'),
      });
    },
  );

  test.skipIf(main === undefined)('writes neither into the installation nor beside the sources', async () => {
    if (main === undefined) return;
    vi.stubEnv('REGRESS_CACHE_DIR', await temporaryFolder());
    const { stdout } = await execa(main.pgConfig, ['--pkglibdir', '--sharedir']);
    const [pkglibdir = '', sharedir = ''] = stdout.split('\n');
    const folders = [pkglibdir, join(sharedir, 'extension'), extensionFolder(), join(extensionFolder(), 'src')];
    const times = () => Promise.all(folders.map(async (folder) => (await stat(folder)).mtimeMs));
    const before = await times();
    await buildExtension(main);
    expect(await times()).toEqual(before);
  });

  /** Builds something in no time. */
  const QUICK = 'all:\n\t@echo a library > regress_planner.so\n';

  /** The installation with another PGXS. */
  async function withPgxs(installation: Installation, pgxs: string): Promise<Installation> {
    const folder = await temporaryFolder();
    const pgConfig = join(folder, 'pg_config');
    await writeFile(join(folder, 'pgxs.mk'), pgxs);
    const script = `#!/bin/sh\n[ "$1" = --pgxs ] && exec echo ${folder}/pgxs.mk\nexec ${installation.pgConfig} "$@"\n`;
    await writeFile(pgConfig, script, { mode: 0o755 });
    return { ...installation, pgConfig };
  }

  test.skipIf(main === undefined)('gives the last lines of a failed build', async () => {
    if (main === undefined) return;
    vi.stubEnv('REGRESS_CACHE_DIR', await temporaryFolder());
    const broken = await withPgxs(
      main,
      'all:\n\t@echo first line\n\t@for i in $$(seq 30); do echo line $$i; done; false\n',
    );
    await expect(buildExtension(broken)).rejects.toMatchObject({
      code: 'environment',
      message: `could not build the extension for PostgreSQL ${main.version}`,
      detail: expect.stringMatching(/^line 12\nline 13\n(line \d+\n)+make: /),
    });
  });

  test.skipIf(main === undefined)('says which program is missing', async () => {
    if (main === undefined) return;
    vi.stubEnv('REGRESS_CACHE_DIR', await temporaryFolder());
    const compiler = await withPgxs(main, 'all:\n\tno-such-gcc -c x.c\n');
    await expect(buildExtension(compiler)).rejects.toMatchObject({
      code: 'environment',
      message: 'could not build the extension: no-such-gcc is not installed',
      hint: expect.stringContaining('sudo apt-get install gcc make'),
    });
    const bare = { ...main, pgConfig: join(main.bindir, 'pg_config') };
    vi.stubEnv('PATH', '/nonexistent');
    await expect(buildExtension(bare)).rejects.toMatchObject({
      message: 'could not build the extension: make is not installed',
    });
  });
});
