import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { extensionFolder } from '../../src/target/index.ts';
import { testInstallations } from '../support/installations.ts';

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
