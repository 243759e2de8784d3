import { readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { extensionFolder } from '../../src/target/index.ts';
import { testInstallations } from '../support/installations.ts';
import { temporaryFolder } from '../support/temp.ts';

const installations = await testInstallations();

/** `make check-sanitizers` and its like take an hour; this keeps what they run from falling behind the library. */
it.runIf(installations.length > 0).each(installations.slice(0, 1))(
  'plans with side data that are wrong at random, and is interrupted, on PostgreSQL $major',
  async ({ pgConfig }) => {
    const env = { PG_CONFIG: pgConfig, PLANS: '80', INSTALLCHECK: 'no', MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '' };
    const { failed, all } = await execa(join(extensionFolder(), 'check/run.sh'), ['plain'], {
      env,
      all: true,
      reject: false,
    });
    expect(failed, all).toBe(false);
    expect(all).toContain('plain: nothing found');
    expect(all).toMatch(/plain: 80 plans, \d{3,} lines/);
  },
);

describe.skipIf(installations.length === 0)('make localcheck', () => {
  const localcheck = (env: NodeJS.ProcessEnv) =>
    execa('make', ['-s', 'localcheck', `PG_CONFIG=${installations[0]?.pgConfig}`, 'REGRESS=setup tree_height'], {
      cwd: extensionFolder(),
      env: { MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '', ...env },
      all: true,
      reject: false,
    });

  it('passes the tests on a server of its own, and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    const { failed, all } = await localcheck({ TMPDIR: folder });
    expect(failed, all).toBe(false);
    expect(all).toMatch(/All 2 tests passed/);
    expect(await readdir(folder)).toEqual([]);
  }, 300_000);

  it.runIf(userInfo().uid === 0).each(['root', 'no_such_user'])('refuses to start a server as %s', async (user) => {
    const { exitCode, all } = await localcheck({ CHECK_USER: user });
    expect(exitCode).not.toBe(0);
    expect(all).toContain('localcheck: PostgreSQL does not run as root; CHECK_USER has to name another user');
  });
});
