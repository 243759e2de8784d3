import { access, chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { dockerfileFor, extensionFolder } from '../../src/target/index.ts';
import { instructionsOf } from '../support/dockerfile.ts';
import { testInstallations } from '../support/installations.ts';
import { testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';

const text = await readFile(join(extensionFolder(), 'Dockerfile'), 'utf8');
const instructions = instructionsOf(text);
const installations = await testInstallations();

test('the last stage is the image of the major, and what was installed', () => {
  const stages = instructions.filter(({ name }) => name === 'FROM').map(({ text }) => text);
  expect(stages).toEqual(['postgres:${POSTGRES} AS build', 'postgres:${POSTGRES}']);
  expect(instructions.at(-1)).toEqual({ name: 'COPY', text: '--from=build /installed/ /' });
});

test('the major is written in, and nothing else changes', async () => {
  const printed = await dockerfileFor(18);
  expect(printed).toContain('\nARG POSTGRES=18\n');
  expect(printed.replace('ARG POSTGRES=18', 'ARG POSTGRES=17')).toBe(text);
});

/** Folders of the image, which are folders of the test here. */
const FOLDERS = ['/build', '/installed', '/var/lib/apt/lists'];

/** Instead of apt-get: the real one says what it would install, where it is to; the lists of packages are those here. */
const APT_GET = `#!/bin/sh
[ "$1" = update ] && exit 0
[ -n "$APT_GET" ] || exit 0
exec "$APT_GET" --simulate "$@"
`;

describe.each(installations)('its build stage, for PostgreSQL $major', ({ major, bindir, pgConfig }) => {
  test('runs, and what it installs is loaded by the server', async () => {
    const root = await temporaryFolder();
    const here = (path: string) => join(root, path);
    for (const folder of [...FOLDERS, '/bin']) await mkdir(here(folder), { recursive: true });
    await writeFile(here('/bin/apt-get'), APT_GET);
    await chmod(here('/bin/apt-get'), 0o755);
    // Packages of other majors are not in the distribution's repository.
    const isDistribution = pgConfig.startsWith('/usr/') || bindir.startsWith('/usr/lib/postgresql/');
    const apt = isDistribution
      ? await access('/usr/bin/apt-get')
          .then(() => '/usr/bin/apt-get')
          .catch(() => '')
      : '';
    const env = { PG_MAJOR: String(major), PATH: `${here('/bin')}:${bindir}:${process.env.PATH}`, APT_GET: apt };

    const stage = instructions.slice(
      0,
      instructions.findLastIndex(({ name }) => name === 'FROM'),
    );
    for (const { name, text } of stage.slice(2)) {
      if (name === 'RUN') {
        const command = FOLDERS.reduce((command, folder) => command.replaceAll(folder, here(folder)), text);
        expect(
          command.replaceAll(root, '').match(/(?<=[\s=])\/[\w/]*\w/g) ?? [],
          'knows every folder it writes',
        ).toEqual(FOLDERS.filter((folder) => text.includes(folder)));
        const ran = await execa('sh', ['-ec', command], { cwd: here('/build'), env, all: true, reject: false });
        expect(ran.exitCode, ran.all).toBe(0);
      } else if (name === 'COPY') await copy(text, here('/build'));
      else expect({ name, text }).toEqual({ name: 'WORKDIR', text: '/build' });
    }

    const { stdout } = await execa(pgConfig, ['--pkglibdir', '--sharedir']);
    const [pkglibdir = '', sharedir = ''] = stdout.split('\n');
    const installed = here('/installed');
    await access(join(installed, sharedir, 'extension/regress_planner.control'));
    await access(join(installed, sharedir, 'extension/regress_planner--0.1.sql'));
    const library = join(installed, pkglibdir, 'regress_planner.so');
    const server = await testServer(major);
    expect(await server?.psql('postgres', `LOAD '${library}'; SHOW regress_planner.version`)).toBe('0.1');
  });
});

/** `COPY PATTERN… FOLDER`, from the extension's folder. */
async function copy(text: string, folder: string): Promise<void> {
  const words = text.split(' ');
  const target = join(folder, words.at(-1) ?? '');
  await mkdir(target, { recursive: true });
  for (const pattern of words.slice(0, -1)) {
    const [start = '', end = ''] = basename(pattern).split('*');
    const names = (await readdir(join(extensionFolder(), dirname(pattern)))).filter((name) =>
      pattern.includes('*') ? name.startsWith(start) && name.endsWith(end) : name === start,
    );
    expect(names, pattern).not.toEqual([]);
    for (const name of names) await cp(join(extensionFolder(), dirname(pattern), name), join(target, name));
  }
}
