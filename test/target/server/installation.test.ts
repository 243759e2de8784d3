import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RegressError } from '../../../src/model/errors.ts';
import { chooseHeaders, chooseInstallation, findInstallations, type Installation } from '../../../src/target/index.ts';
import { serverAccount } from '../../../src/target/server/account.ts';
import { testInstallations } from '../../support/installations.ts';
import { temporaryFolder } from '../../support/temp.ts';

/** An installation that only looks like one; `parts` are those that are there. */
async function fakeInstallation(folder: string, version: string, parts: readonly ('server' | 'headers')[]) {
  const bindir = join(folder, 'bin');
  const include = join(folder, 'include');
  await mkdir(bindir, { recursive: true });
  await mkdir(include);
  const script = `#!/bin/sh\necho 'PostgreSQL ${version}'\necho ${bindir}\necho ${include}\necho ${include}/pgxs.mk\n`;
  await writeFile(join(bindir, 'pg_config'), script, { mode: 0o755 });
  const files = {
    server: [join(bindir, 'postgres'), join(bindir, 'initdb')],
    headers: [join(include, 'postgres.h'), join(include, 'pgxs.mk')],
  };
  for (const file of parts.flatMap((part) => files[part])) await writeFile(file, '');
  return { pgConfig: join(bindir, 'pg_config'), bindir };
}

describe('findInstallations', () => {
  test('a named pg_config is the only one, before PG_CONFIG and PATH', async () => {
    const folder = await temporaryFolder();
    const named = await fakeInstallation(join(folder, 'named'), '17.2', ['server', 'headers']);
    const environment = await fakeInstallation(join(folder, 'env'), '16.1 (Debian 16.1-1)', ['server']);
    vi.stubEnv('PG_CONFIG', environment.pgConfig);
    expect(await findInstallations({ pgConfig: named.pgConfig })).toEqual([
      { ...named, version: '17.2', major: 17, hasServer: true, hasServerHeaders: true },
    ]);
    expect(await findInstallations()).toEqual([
      { ...environment, version: '16.1 (Debian 16.1-1)', major: 16, hasServer: true, hasServerHeaders: false },
    ]);
  });

  test('those of PATH come in its order, each folder of programs once', async () => {
    const folder = await temporaryFolder();
    const first = await fakeInstallation(join(folder, 'first'), '18beta1', ['server', 'headers']);
    const second = await fakeInstallation(join(folder, 'second'), '19rc1', []);
    await mkdir(join(folder, 'wrapper'));
    await symlink(second.pgConfig, join(folder, 'wrapper/pg_config'));
    vi.stubEnv('PG_CONFIG', '');
    vi.stubEnv('PATH', [first.bindir, join(folder, 'wrapper'), second.bindir, process.env.PATH].join(':'));
    const found = await findInstallations();
    expect(found.slice(0, 2)).toEqual([
      { ...first, version: '18beta1', major: 18, hasServer: true, hasServerHeaders: true },
      {
        ...second,
        pgConfig: join(folder, 'wrapper/pg_config'),
        version: '19rc1',
        major: 19,
        hasServer: false,
        hasServerHeaders: false,
      },
    ]);
    const bindirs = found.map(({ bindir }) => bindir);
    expect(bindirs).toEqual([...new Set(bindirs)]);
  });

  test('what a repository or its packages bring is not run', async () => {
    const project = await temporaryFolder();
    await writeFile(join(project, 'regress.yaml'), '');
    await mkdir(join(project, 'services/api'), { recursive: true });
    const standing = vi.spyOn(process, 'cwd').mockReturnValue(join(project, 'services/api'));
    onTestFinished(() => standing.mockRestore());
    const elsewhere = await temporaryFolder();
    const evil = [
      join(project, 'node_modules/.bin'),
      join(project, 'bin'),
      join(elsewhere, 'node_modules/.bin'),
      join(elsewhere, 'linked'),
    ];
    for (const folder of evil.slice(0, 3)) {
      await mkdir(folder, { recursive: true });
      for (const program of ['pg_config', 'id', 'make', 'sh'])
        await writeFile(join(folder, program), `#!/bin/sh\ntouch ${elsewhere}/ran\n`, { mode: 0o755 });
    }
    await symlink(join(project, 'bin'), join(elsewhere, 'linked'));
    const good = await fakeInstallation(join(elsewhere, 'good'), '18.1', ['server', 'headers']);
    vi.stubEnv('PG_CONFIG', '');
    vi.stubEnv('PATH', [...evil, '.', '', good.bindir, '/usr/bin', '/bin'].join(':'));
    expect((await findInstallations())[0]).toMatchObject(good);
    await serverAccount();
    vi.stubEnv('PATH', evil.join(':'));
    await findInstallations();
    expect(existsSync(join(elsewhere, 'ran'))).toBe(false);
  });

  test('a named pg_config that is not there is an error', async () => {
    await expect(findInstallations({ pgConfig: '/nonexistent/pg_config' })).rejects.toMatchObject({
      code: 'environment',
      message: 'could not run pg_config at /nonexistent/pg_config',
    });
  });
});

const [real] = await testInstallations();

test.skipIf(real === undefined)('the PostgreSQL of this machine is found and can be used', async () => {
  expect(real).toMatchObject({ hasServer: true, hasServerHeaders: true });
  expect(real?.version).toMatch(/^\d+/);
});

function installation(major: number, hasServer = true, hasServerHeaders = true): Installation {
  return {
    pgConfig: `/${major}/pg_config`,
    bindir: `/${major}`,
    version: `${major}.1`,
    major,
    hasServer,
    hasServerHeaders,
  };
}

describe('chooseInstallation', () => {
  test.for<[string, Installation[], number | undefined, number]>([
    ['the first without a wish', [installation(15), installation(17)], undefined, 15],
    ['the wanted major', [installation(15), installation(17)], 17, 17],
    ['the first when the wanted major is missing', [installation(15), installation(17)], 16, 15],
    ['none without headers', [installation(17, true, false), installation(15)], 17, 15],
    ['none without a server', [installation(17, false, true), installation(15)], 17, 15],
  ])('%s', ([, installations, major, expected]) => {
    expect(chooseInstallation(installations, major === undefined ? {} : { major }).major).toBe(expected);
  });

  function refusal(installations: Installation[]): RegressError {
    try {
      chooseInstallation(installations);
    } catch (error) {
      if (error instanceof RegressError) return error;
    }
    throw new Error('nothing was refused');
  }

  test('with nothing found it says what to install on every system', () => {
    const { code, message, hint } = refusal([]);
    expect([code, message]).toEqual(['environment', 'no PostgreSQL server is installed on this machine']);
    expect(hint).toContain('sudo apt-get install postgresql postgresql-server-dev-all');
    expect(hint).toContain('sudo dnf install postgresql-server postgresql-server-devel');
    expect(hint).toContain('brew install postgresql@18');
  });

  test('a major that is not here is named by its packages', () => {
    expect(() => chooseHeaders([installation(15)], { major: 17 })).toThrow(
      expect.objectContaining({
        message: 'PostgreSQL 17 is not on this machine',
        hint: expect.stringMatching(
          /apt-get install postgresql-17 postgresql-server-dev-17 .*apt\.postgresql\.org\.sh.*brew install postgresql@17/s,
        ),
      }),
    );
  });

  test("a client's pg_config is named as such", () => {
    expect(refusal([installation(15, false, false)]).detail).toContain(
      '/15/pg_config belongs to a client without a server.',
    );
  });

  test('missing headers are named by their package', () => {
    const { message, hint } = refusal([installation(15, true, false)]);
    expect(message).toBe('PostgreSQL 15 has no server headers');
    expect(hint).toContain('sudo apt-get install postgresql-server-dev-15 gcc make');
  });

  test('a version that is too old is refused', () => {
    expect(refusal([installation(13)]).message).toBe('PostgreSQL 13.1 is not supported');
  });
});
