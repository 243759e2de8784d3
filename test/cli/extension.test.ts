import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { testInstallations } from '../support/installations.ts';
import { emptyProject, exampleProject } from '../support/project.ts';
import { testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';

const [main] = await testInstallations();
const pgConfig = main?.pgConfig ?? '';
const major = String(main?.major);

describe.skipIf(main === undefined)('regress extension', () => {
  test('build prints the path of a library that the server loads', async () => {
    const project = await emptyProject();
    const built = await project.regress(['extension', 'build', '--pg-config', pgConfig]);
    expect(built.status, built.stderr).toBe(0);
    const server = await testServer();
    expect(await server?.psql('postgres', `LOAD '${built.stdout}'; SHOW regress_planner.version`)).toBe('0.1');
    const byMajor = await project.regress(['extension', 'build', '--postgres', major]);
    expect(byMajor.stdout).toBe(built.stdout);
  });

  test('install puts library, script and control file where PostgreSQL looks for them, below --destdir', async () => {
    const root = await temporaryFolder();
    const project = await emptyProject();
    const installed = await project.regress([
      ...['extension', 'install', '--pg-config', pgConfig, '--destdir', root, '--quiet'],
    ]);
    expect(installed).toMatchObject({ status: 0, stderr: '' });
    const { stdout } = await execa(pgConfig, ['--pkglibdir', '--sharedir']);
    const [pkglibdir = '', sharedir = ''] = stdout.split('\n');
    expect(installed.stdout.split('\n')).toEqual([join(root, pkglibdir), join(root, sharedir, 'extension')]);
    await access(join(root, pkglibdir, 'regress_planner.so'));
    expect((await readdir(join(root, sharedir, 'extension'))).sort()).toEqual([
      'regress_planner--0.1.sql',
      'regress_planner.control',
    ]);
  });

  test('install says who may write there', async () => {
    const project = await emptyProject();
    await project.write('file', '');
    const refused = await project.regress([
      ...['extension', 'install', '--pg-config', pgConfig, '--destdir', project.path('file')],
    ]);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain(`could not install the extension for PostgreSQL ${main?.version}`);
  });

  test('a major that is not here is named with those that are', async () => {
    const project = await emptyProject();
    const refused = await project.regress(['extension', 'build', '--postgres', '99']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('PostgreSQL 99 is not on this machine');
    expect(refused.stderr).toContain(main?.version.split(' ')[0]);
  });
});

describe('regress extension dockerfile', () => {
  test("is of the major that is named, else of the snapshot's", async () => {
    const example = await exampleProject();
    const named = await example.regress(['extension', 'dockerfile', '--postgres', '17']);
    expect(named.stdout).toContain('\nARG POSTGRES=17\n\nFROM postgres:${POSTGRES} AS build\n');
    const ofSnapshot = await example.regress(['extension', 'dockerfile']);
    expect(ofSnapshot.stdout).toContain('\nARG POSTGRES=15\n');
  });

  test('without either it asks for one', async () => {
    const project = await emptyProject();
    const refused = await project.regress(['extension', 'dockerfile']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('npx regress-pg extension dockerfile --postgres 17');
  });

  test('--help has an example', async () => {
    const project = await emptyProject();
    const help = await project.regress(['extension', 'dockerfile', '--help']);
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('docker build -t ci-postgres:17');
  });
});
