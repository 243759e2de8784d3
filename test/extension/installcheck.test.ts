import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { testInstallations } from '../support/installations.ts';
import { startWithExtension } from '../support/relocated.ts';

const installations = await testInstallations();

it.runIf(installations.length > 0).each(installations)(
  'builds without a warning and passes make installcheck on PostgreSQL $major',
  async (installation) => {
    const server = await startWithExtension(installation, 'installcheck');
    onTestFinished(server.remove);
    const check = await server.make('installcheck');
    const differences = await readFile(join(server.sources, 'regression.diffs'), 'utf8').catch(() => '');
    expect(check.failed, `${check.all}\n${differences}`).toBe(false);
    expect(check.all).toMatch(/All \d+ tests passed/);
  },
);
