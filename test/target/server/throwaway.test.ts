import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ServerLocale } from '../../../src/environment/index.ts';
import { connect } from '../../../src/postgres/index.ts';
import { type Installation, startServer } from '../../../src/target/index.ts';
import { processesNaming } from '../../../src/target/server/processes.ts';
import { testInstallations } from '../../support/installations.ts';
import { commandLine } from '../../support/project.ts';
import { temporaryFolder } from '../../support/temp.ts';

const installations = await testInstallations();
const main = installations[0];

const C_LOCALE: ServerLocale = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null };

// As for a user who says nothing of it.
beforeEach(() => {
  vi.stubEnv('REGRESS_RUN_DIR', '');
});

/** Starts a server in a cache of its own and asks it one thing. */
async function ask(installation: Installation, sql: string, locale: ServerLocale = C_LOCALE) {
  vi.stubEnv('REGRESS_CACHE_DIR', await temporaryFolder());
  const server = await startServer(installation, locale);
  const connection = await connect(server.url('postgres'), 'target');
  const rows = await connection.query<{ answer: string }>(sql);
  await connection.close();
  return { server, answers: rows.map(({ answer }) => answer) };
}

const SETTINGS_SQL = `SELECT name || '=' || setting AS answer FROM pg_catalog.pg_settings
  WHERE name IN ('autovacuum', 'fsync', 'listen_addresses') ORDER BY name`;

test.for(installations)('PostgreSQL $major listens on a socket only and does no upkeep', async (installation) => {
  const { server, answers } = await ask(installation, SETTINGS_SQL);
  await server.stop();
  expect(answers).toEqual(['autovacuum=off', 'fsync=off', 'listen_addresses=']);
});

const DATA_SQL = "SELECT pg_catalog.current_setting('data_directory') AS answer";

test.skipIf(main === undefined)('stop ends the server and removes all of it, also when called twice', async () => {
  if (main === undefined) return;
  const { server, answers } = await ask(main, DATA_SQL);
  const [data = ''] = answers;
  expect(existsSync(data)).toBe(true);
  await server.stop();
  expect(existsSync(data)).toBe(false);
  expect(await processesNaming(data)).toEqual([]);
  await server.stop();
});

test.skipIf(main === undefined || process.getuid?.() !== 0)(
  'as root the server is of an unprivileged user',
  async () => {
    if (main === undefined) return;
    const { server, answers } = await ask(main, DATA_SQL);
    const [data = ''] = answers;
    const [postmaster] = (await processesNaming(data)).filter(({ argv }) => argv[0]?.endsWith('/postgres'));
    const owners = [await stat(data), await stat(`/proc/${postmaster?.pid}`)].map(({ uid }) => uid);
    await server.stop();
    expect(owners[0]).toBeGreaterThan(0);
    expect(owners[1]).toBe(owners[0]);
  },
);

const TEMPLATE0_SQL = `SELECT pg_catalog.pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || datctype AS answer
  FROM pg_catalog.pg_database WHERE datname = 'template0'`;

test.for(installations)(
  'the databases of PostgreSQL $major have the encoding and locale asked for',
  async (installation) => {
    const locale = { ...C_LOCALE, encoding: 'LATIN1' };
    const { server, answers } = await ask(installation, TEMPLATE0_SQL, locale);
    await server.stop();
    expect(answers).toEqual(['LATIN1 C C']);
  },
);

test.skipIf(main === undefined)('a locale that is not installed is replaced', async () => {
  if (main === undefined) return;
  const locale = { ...C_LOCALE, lc_collate: 'xx_YY.UTF-8', lc_ctype: 'xx_YY.UTF-8' };
  const { server, answers } = await ask(main, TEMPLATE0_SQL, locale);
  await server.stop();
  expect(answers[0]).toMatch(/^UTF8 C(\.UTF-8)? C(\.UTF-8)?$/);
});

/** As caches of CI systems come back. */
const RESTORED: readonly (readonly [string, (template: string) => Promise<unknown>])[] = [
  ['with every right', (template) => chmod(template, 0o777)],
  ["as root's", (template) => execa('chown', ['-R', '0:0', template])],
  ["under a number that is another user's now", (template) => execa('chown', ['-R', '12345:12345', template])],
];

test.skipIf(main === undefined).for(RESTORED)(
  'a template that was restored %s is made anew',
  async ([how, restore], { skip }) => {
    if (main === undefined) return;
    skip(how !== 'with every right' && process.getuid?.() !== 0, 'only root may give files away');
    const { server } = await ask(main, DATA_SQL);
    await server.stop();
    const cache = process.env.REGRESS_CACHE_DIR ?? '';
    const [home = ''] = (await readdir(cache)).filter((name) => name.startsWith('server'));
    const [name = ''] = await readdir(join(cache, home, 'template'));
    const template = join(cache, home, 'template', name);
    const { uid } = await stat(template);
    await restore(template);
    const again = await startServer(main, C_LOCALE);
    await again.stop();
    expect(await stat(template)).toMatchObject({ uid });
    expect((await stat(template)).mode & 0o777).toBe(0o700);
  },
);

/** As disks that were full and caches that were packed in part leave them. */
const DAMAGED: readonly (readonly [string, (template: string) => Promise<unknown>])[] = [
  ['without pg_control', (template) => rm(join(template, 'global/pg_control'))],
  ['with a file cut', (template) => truncate(join(template, 'base/1/pg_filenode.map'), 100)],
  ['with a folder gone', (template) => rm(join(template, 'base/1'), { recursive: true })],
  [
    'that is a link',
    async (template) => {
      await rm(template, { recursive: true });
      await symlink('/var/empty', template);
    },
  ],
];

test.skipIf(main === undefined)('a template that is damaged is made anew, once', async () => {
  if (main === undefined) return;
  const { server } = await ask(main, DATA_SQL);
  await server.stop();
  const cache = process.env.REGRESS_CACHE_DIR ?? '';
  const [home = ''] = (await readdir(cache)).filter((name) => name.startsWith('server'));
  const [name = ''] = await readdir(join(cache, home, 'template'));
  const template = join(cache, home, 'template', name);
  const whole = join(template, 'global/pg_control');
  for (const [, damage] of DAMAGED) {
    await damage(template);
    await (await startServer(main, C_LOCALE)).stop();
  }
  const { mtimeMs } = await stat(whole);
  await (await startServer(main, C_LOCALE)).stop();
  expect((await stat(whole)).mtimeMs).toBe(mtimeMs);
});

test.skipIf(main === undefined)('initdb runs once for a version and locale', async () => {
  if (main === undefined) return;
  const cache = await temporaryFolder();
  vi.stubEnv('REGRESS_CACHE_DIR', cache);
  const templates = async () => {
    const [home = ''] = (await readdir(cache)).filter((name) => name.startsWith('server'));
    const folder = join(cache, home, 'template');
    const names = await readdir(folder);
    return Promise.all(names.map(async (name) => `${name} ${(await stat(join(folder, name, 'PG_VERSION'))).mtimeMs}`));
  };
  await (await startServer(main, C_LOCALE)).stop();
  const first = await templates();
  expect(first).toHaveLength(1);
  await Promise.all([1, 2].map(async () => (await startServer(main, C_LOCALE)).stop()));
  expect(await templates()).toEqual(first);
  await (await startServer(main, { ...C_LOCALE, encoding: 'LATIN1' })).stop();
  expect(await templates()).toHaveLength(2);
});

test.skipIf(main === undefined)('a server that cannot start gives the reason in its own words', async () => {
  if (main === undefined) return;
  const { server, answers } = await ask(main, DATA_SQL);
  await server.stop();
  const home = join(answers[0] ?? '', '../../..');
  await expect(startServer(main, C_LOCALE, ['no_such_setting=on'])).rejects.toMatchObject({
    code: 'environment',
    message: expect.stringContaining('did not start'),
    detail: expect.stringContaining('unrecognized configuration parameter "no_such_setting"'),
  });
  expect(await readdir(join(home, 'run'))).toEqual([]);
});

test.skipIf(main === undefined)('a cache that cannot be written is named', async ({ skip }) => {
  skip(process.getuid?.() === 0 && !existsSync('/usr/bin/setpriv'), 'root may write everywhere');
  const cache = await temporaryFolder();
  await chmod(cache, 0o755);
  for (const folder of ['server', 'server/template', 'server/run', 'extension']) await mkdir(join(cache, folder));
  for (const folder of ['server/run', 'extension']) await chmod(join(cache, folder), 0o555);
  const asNobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  const [command = '', ...args] = [...asNobody, process.execPath, commandLine(), 'extension', 'build'];
  const built = await execa(command, args, { env: { REGRESS_CACHE_DIR: cache }, cwd: '/', reject: false });
  expect(built.stderr).toContain(`could not write to the cache folder ${join(cache, 'extension')}\n`);
  expect(built.exitCode).toBe(2);
});

test.skipIf(main === undefined || process.getuid?.() !== 0)(
  'a cache that the server cannot reach is refused',
  async () => {
    if (main === undefined) return;
    const folder = await temporaryFolder();
    await chmod(folder, 0o700);
    vi.stubEnv('REGRESS_CACHE_DIR', join(folder, 'cache'));
    await expect(startServer(main, C_LOCALE)).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringMatching(/^the server's user \w+ cannot reach \/tmp\//),
      hint: expect.stringContaining('REGRESS_CACHE_DIR'),
    });
  },
);

test.skipIf(main === undefined)('runs where REGRESS_RUN_DIR says, and leaves nothing there', async () => {
  if (main === undefined) return;
  const [cache, runs] = [await temporaryFolder(), await temporaryFolder()];
  await chmod(runs, 0o777);
  vi.stubEnv('REGRESS_RUN_DIR', runs);
  const { server, answers } = await ask(main, DATA_SQL);
  expect(answers[0]).toMatch(new RegExp(`^${runs}/regress-run-\\d+/`));
  const [folder = ''] = await readdir(runs);
  expect((await stat(join(runs, folder))).mode & 0o777).toBe(0o700);
  await server.stop();
  expect(await readdir(join(runs, folder))).toEqual([]);
  expect(await readdir(cache)).toEqual([]);
});

test.skipIf(main === undefined)('does not run in a folder that is no folder, or not its own', async () => {
  if (main === undefined) return;
  const runs = await temporaryFolder();
  await chmod(runs, 0o777);
  vi.stubEnv('REGRESS_RUN_DIR', runs);
  const { server } = await ask(main, DATA_SQL);
  await server.stop();
  const [name = ''] = await readdir(runs);
  const refusal = { code: 'environment', message: `servers cannot run in ${join(runs, name)}` };
  await rm(join(runs, name), { recursive: true });
  await symlink(await temporaryFolder(), join(runs, name));
  await expect(startServer(main, C_LOCALE)).rejects.toMatchObject({
    ...refusal,
    detail: 'It belongs to another user.',
  });
  await rm(join(runs, name));
  await writeFile(join(runs, name), '');
  await expect(startServer(main, C_LOCALE)).rejects.toMatchObject(refusal);
});
