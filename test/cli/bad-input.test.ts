import { readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { serverVersion } from '../../src/postgres/index.ts';
import { type Outcome, type Project, runRegress } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();

test.each([
  [['chekc'], /Did you mean check\?/],
  [['check', '--reporter', 'loud'], /reporters are console, json, junit, github, markdown, sarif, tap and html/],
  [['check', '--reporter', 'json='], /Name a file after json=/],
  [['check', '--reporter', 'json', '--reporter', 'console'], /Only console and github can share stdout/],
  [['check', '--config', 'nowhere.yaml'], /could not read nowhere\.yaml/],
  [['snapshot'], /no source is given/],
  [['snapshot', '--source', 'mysql://x/y'], /not a PostgreSQL URL/],
  [['restore', '--snapshot', 'x'], /no target is given/],
  [['update', 'x', '--all'], /cannot be used together/],
  [['init', '--schema', 'x.sql', '--dump-schema'], /--dump-schema' cannot be used with option '--schema/],
  [['init', '--dump-schema'], /--dump-schema needs a source/],
  [['init', '--owner'], /HINT: {2}npx regress-pg init --grants --owner/],
])('regress %j ends with 2 and says why', async (args, message) => {
  const outcome = await runRegress(args, { cwd: '/tmp' });
  expect(outcome).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(message) });
});

test('help and version are answers', async () => {
  expect(await runRegress(['--help'], { cwd: '/tmp' })).toMatchObject({ status: 0, stderr: '' });
  expect((await runRegress(['--version'], { cwd: '/tmp' })).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  expect((await runRegress(['check', '--help'], { cwd: '/tmp' })).stdout).toContain('Example:');
});

test('a server older than 14 is refused', async () => {
  const old = { query: async () => [{ version: '13.22', num: '130022' }] } as unknown as Parameters<
    typeof serverVersion
  >[0];
  await expect(serverVersion(old)).rejects.toMatchObject({ message: 'server version 13.22 is not supported' });
});

describe.skipIf(server === null)('with a server', () => {
  let project: Project;
  let production: string;

  beforeAll(async () => {
    ({ project, production } = await makeShopWithSnapshot(server as TestServer));
  });

  const fails = (outcome: Outcome, ...messages: (string | RegExp)[]) => {
    expect(outcome.status, outcome.stdout + outcome.stderr).toBe(2);
    for (const message of messages) expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toContain('at file:');
  };

  test('an unreachable server', async () => {
    const url = 'postgresql://me:s3cret@127.0.0.1:1/db';
    const outcome = await project.regress(['snapshot', '--source', url]);
    fails(outcome, 'could not connect to the source postgresql://me@127.0.0.1:1/db', 'ECONNREFUSED', 'HINT: ');
    expect(outcome.stderr).not.toContain('s3cret');
  });

  test('a wrong password is never printed', async () => {
    const { psql, url } = server as TestServer;
    const file = await psql('postgres', 'SHOW hba_file');
    await writeFile(file, `local all locked scram-sha-256\n${await readFile(file, 'utf8')}`);
    await psql('postgres', `CREATE ROLE locked LOGIN PASSWORD 'right'; SELECT pg_reload_conf()`);
    const wrong = url(production).replace('postgres@', 'locked:wr0ng-s3cret@');
    expect(wrong).toContain('wr0ng');
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const outcome = await project.regress(['snapshot', '--source', wrong]);
      expect(outcome.stderr).not.toContain('wr0ng-s3cret');
      if (/password authentication failed/.test(outcome.stderr)) return fails(outcome, /HINT: {2}Check the user/);
    }
    throw new Error('the server never asked for the password');
  });

  test('too few privileges name what is missing and the GRANT', async () => {
    const { psql, url } = server as TestServer;
    await psql('postgres', 'CREATE ROLE reader LOGIN');
    const source = url(production).replace('postgres@', 'reader@');
    const outcome = await project.regress(['snapshot', '--source', source, '--out', 'partial']);
    fails(outcome, /column statistics/, /GRANT pg_read_all_data TO "?reader"?/);
    expect(await readdir(project.folder)).not.toContain('partial');
    await psql('postgres', 'GRANT pg_read_all_data TO reader');
    const granted = await project.regress(['snapshot', '--source', source, '--out', 'whole']);
    expect(granted.status, granted.stderr).toBe(0);
  });

  describe('a snapshot', () => {
    const FILE = 'snapshots/production/relations/public/orders.json';
    const MANIFEST = 'snapshots/production/manifest.json';

    const damaged = async (file: string, damage: (text: string) => string, ...messages: (string | RegExp)[]) => {
      const whole = await project.read(file);
      await project.write(file, damage(whole));
      const outcome = await project.regress(['check']);
      await project.write(file, whole);
      fails(outcome, ...messages);
    };

    test('with a changed byte', () => damaged(FILE, (text) => text.replace('20000', '20001'), /orders\.json/, /HINT/));
    test('with a changed manifest', () =>
      damaged(MANIFEST, (text) => text.replace('"seq_page_cost": "1"', '"seq_page_cost": "2"'), /manifest/));
    test('of a newer format', () =>
      damaged(MANIFEST, (text) => text.replace('"formatVersion": 1', '"formatVersion": 2'), /format 2 is newer/));
    test('half written', () => damaged(MANIFEST, (text) => text.slice(0, text.length / 2), /manifest/));
    test('that is not there', async () =>
      fails(await project.regress(['check', '--snapshot', 'nowhere']), /nowhere/, 'regress-pg snapshot'));
  });

  test('a target without the extension, and no way to build it', async () => {
    const { url, createDatabase } = server as TestServer;
    const target = url(await createDatabase());
    const outcome = await project.regress(['restore', '--target', target, '--pg-config', '/nowhere/pg_config']);
    fails(outcome, /\/nowhere\/pg_config/);
    await project.write('named.yaml', 'target: { pgConfig: /nowhere/configured }\n');
    fails(await project.regress(['restore', '--config', 'named.yaml', '--target', target]), /\/nowhere\/configured/);
  });

  test('a target with another version of the extension', async () => {
    const { psql, url, createDatabase } = server as TestServer;
    const database = await createDatabase();
    await psql(database, await project.read('schema.sql'));
    expect((await project.regress(['restore', '--target', url(database)])).status).toBe(0);
    const answer = await psql(database, `SELECT current_setting('regress_planner.version')`);
    expect(answer).not.toBe('');
    await psql(
      'postgres',
      `ALTER ROLE postgres IN DATABASE "${database}" SET session_preload_libraries = 'auto_explain'`,
    );
    fails(
      await project.regress(['restore', '--target', url(database)]),
      /does not load the library regress_planner/,
      /HINT/,
    );
  });

  test('a target whose library is gone can be restored into again', async () => {
    const { psql, url, createDatabase } = server as TestServer;
    const database = await createDatabase();
    await psql(database, await project.read('schema.sql'));
    await psql('postgres', `ALTER DATABASE "${database}" SET session_preload_libraries = '/gone/regress_planner.so'`);
    await expect(psql(database, 'SELECT 1')).rejects.toThrow('could not access file');
    const outcome = await project.regress(['restore', '--target', url(database)]);
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(await psql(database, 'SHOW regress_planner.version')).not.toBe('');
  });

  test('the source itself is never written to', async () => {
    const outcome = await project.regress(['restore', '--target', (server as TestServer).url(production)]);
    fails(outcome, /the target is the source of the snapshot/);
  });

  describe('suites', () => {
    const broken = async (name: string, text: string, ...messages: (string | RegExp)[]) => {
      await project.write(`suites/${name}`, text);
      const outcome = await project.regress(['check']);
      await project.write(`suites/${name}`, 'queries: [{ name: fine, sql: SELECT 1 }]\n');
      fails(outcome, ...messages);
    };

    test.each([
      ['an unknown key', 'queries:\n  - name: a\n    sq: SELECT 1\n', /bad\.yaml:3:5: unknown key "sq"/],
      ['duplicate names', 'queries:\n  - { name: a, sql: SELECT 1 }\n  - { name: a, sql: SELECT 2 }\n', /bad\.yaml:3:/],
      ['no YAML', 'queries: [\n', /bad\.yaml:\d+:\d+/],
      [
        'a missing parameter',
        'queries:\n  - name: a\n    sql: SELECT $1::int, $2::int\n    cases: { x: [1] }\n',
        /bad\.yaml:\d+:\d+: .*parameter/,
      ],
      [
        'too many parameters',
        'queries:\n  - name: a\n    sql: SELECT $1::int\n    cases: { x: [1, 2] }\n',
        /bad\.yaml:\d+:\d+: /,
      ],
      [
        'two statements',
        'queries:\n  - name: a\n    sql: SELECT 1; DROP TABLE orders\n',
        /bad\.yaml:\d+:\d+: .*statement/,
      ],
    ])('%s', (_, text, message) => broken('bad.yaml', text, message));
  });
});
