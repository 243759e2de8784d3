import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { clientEnvironment } from '../../src/postgres/index.ts';
import { extensionFolder, type Installation, startServer } from '../../src/server/index.ts';
import { testInstallations } from '../support/installations.ts';
import { temporaryFolder } from '../support/temp.ts';
import { relocate } from './relocated.ts';

const installations = await testInstallations();
const cleanups: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

const LOCALE = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null } as const;

async function startRelocated(
  installation: Installation,
): Promise<{ destdir: string; environment: Record<string, string | undefined> }> {
  const relocated = await relocate(installation);
  cleanups.push(relocated.remove);
  const server = await startServer(relocated.installation, { ...LOCALE, progress: SILENT });
  cleanups.push(server.stop);
  return { destdir: relocated.destdir, environment: clientEnvironment(server.url('postgres')) };
}

it.runIf(installations.length > 0).each(installations)(
  'builds without a warning and passes make installcheck on PostgreSQL $major',
  async (installation) => {
    const { destdir, environment } = await startRelocated(installation);
    const folder = join(await temporaryFolder(), 'extension');
    await cp(extensionFolder(), folder, { recursive: true, filter: (path) => !/\.(o|so|bc)$/.test(path) });
    const make = (...goals: string[]) =>
      execa('make', ['-s', `PG_CONFIG=${installation.pgConfig}`, 'COPT=-Wall -Wextra -Werror', ...goals], {
        cwd: folder,
        env: { ...environment, MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '' },
        all: true,
        reject: false,
      });

    const build = await make('install', `DESTDIR=${destdir}`);
    expect(build.failed, build.all).toBe(false);
    const check = await make('installcheck');
    const differences = await readFile(join(folder, 'regression.diffs'), 'utf8').catch(() => '');
    expect(check.failed, `${check.all}\n${differences}`).toBe(false);
    expect(check.all).toMatch(/All \d+ tests passed/);
  },
  180_000,
);
