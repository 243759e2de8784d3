import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { installPackage } from '../support/installed-package.ts';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { type Answer, hasTerminals, NO_TERMINAL, regressInTerminal } from '../support/terminal.ts';

const server = await testServer();
const terminal = await hasTerminals();
const ENV = { CI: '', NO_COLOR: '1', REGRESS_TARGET_URL: '', REGRESS_SOURCE_URL: '' };

/** The commands of a section of the page, as they are typed. */
async function documentedCommands(heading: string): Promise<string[]> {
  const page = await readFile(join(import.meta.dirname, '../../docs/first-hour.md'), 'utf8');
  const section = new RegExp(`## ${heading}\n([\\s\\S]+?)\n## `).exec(page)?.[1] ?? '';
  const blocks = [...section.matchAll(/```sh[^\n]*\n([\s\S]+?)```/g)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.trim().split('\n'));
}

describe.skipIf(server === null)('the first hour', () => {
  let source: string;

  beforeAll(async () => {
    const { psql, createDatabase, url } = server as TestServer;
    const database = await createDatabase('music_shop');
    await psql(database, await readFile(join(import.meta.dirname, 'first-hour/music-shop.sql'), 'utf8'));
    source = url(database);
  });

  const regress = (project: Project, ...args: string[]) => project.regress(args);

  test('six commands lead from an empty folder to a green check and a red one', async () => {
    const project = await emptyProject();
    const commands = await documentedCommands('Five minutes');
    expect(commands.length).toBeLessThanOrEqual(6);
    const [install, init = '', ...others] = commands;
    expect(install).toBe('npm install --save-dev regress-pg');
    await installPackage(project.folder);
    const type = (command: string) =>
      execa('sh', ['-c', command], { cwd: project.folder, env: ENV, reject: false, stdin: 'ignore' });

    expect(init).toContain(' postgresql://reader@replica/shop ');
    const begun = await type(init.replace('postgresql://reader@replica/shop', `'${source}'`));
    expect(begun.exitCode, begun.stderr).toBe(0);
    expect(begun.stdout).toMatch(/wrote regress\.yaml\nwrote suites\/example\.yaml\nwrote db\/schema\.sql/);
    expect(begun.stdout).toContain('The role "postgres" can read everything a snapshot needs.');
    // Commands can be typed as shown, and fetch no package of another name.
    expect(begun.stdout).toMatch(/Next:\n {2}npx regress-pg snapshot /);

    const last = others.pop() as string;
    expect(others.at(-1)).toMatch(/^npx regress(-pg)? check$/);
    for (const command of others) {
      const outcome = await type(command);
      expect(outcome.exitCode, `${command}\n${outcome.stdout}${outcome.stderr}`).toBe(0);
      if (command === others.at(-1)) expect(outcome.stdout).toMatch(/Queries {2}\d+ ok/);
    }
    const schema = await project.read('db/schema.sql');
    const index = /^CREATE INDEX invoice_line_invoice_id_idx .*\n/m;
    expect(schema).toMatch(index);
    await project.write('db/schema.sql', schema.replace(index, ''));
    const red = await type(last);
    expect(red.exitCode, red.stdout + red.stderr).toBe(1);
    expect(red.stdout).toMatch(/FAIL .*suites\/example\.yaml:\d+ {2}invoice_line-by-invoice_id/);
    expect(red.stdout).toContain('schema changed');
  });

  test('a role that can select from no table gets there too', async () => {
    const { createDatabase, psql, url } = server as TestServer;
    const database = await createDatabase('guarded_shop');
    const schema = `CREATE SCHEMA "Sales"; CREATE TYPE "Sales"."State" AS ENUM ('open', 'paid');
      CREATE TABLE "Sales"."Invoice" ("InvoiceId" int, "Day" date, state "Sales"."State", net int, gross int GENERATED ALWAYS AS (net * 2) STORED)
        PARTITION BY RANGE ("Day");
      CREATE TABLE "Sales"."Invoice 2025" PARTITION OF "Sales"."Invoice" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE INDEX "by id" ON "Sales"."Invoice" ("InvoiceId");
      CREATE MATERIALIZED VIEW "Sales"."PerDay" AS SELECT "Day", sum(net) FROM "Sales"."Invoice" GROUP BY 1;`;
    await psql(database, schema);
    await psql(
      database,
      `INSERT INTO "Sales"."Invoice" SELECT g, date '2025-01-01' + g % 365, 'paid', g FROM generate_series(1, 20000) g; ANALYZE`,
    );
    const project = await emptyProject();
    await installPackage(project.folder);
    await mkdir(project.path('db'));
    await project.write('db/schema.sql', schema);
    const owner = url(database);
    const guarded = owner.replace('postgres@', 'guarded_reader@');
    const documented = await documentedCommands('With fewer rights');
    expect(documented).toHaveLength(2);
    const commands = documented.map((command) =>
      command
        .replace('--role reader', '--role guarded_reader')
        .replace('postgresql://postgres@production/shop', `'${owner}'`)
        .replace('postgresql://reader@replica/shop', `'${guarded}'`),
    );
    for (const command of [
      ...commands,
      'npx regress-pg snapshot',
      'npx regress-pg update --all',
      'npx regress check',
    ]) {
      const outcome = await execa('sh', ['-c', command], {
        cwd: project.folder,
        env: ENV,
        reject: false,
        stdin: 'ignore',
      });
      expect(outcome.exitCode, `${command}\n${outcome.stdout}${outcome.stderr}`).toBe(0);
    }
    expect(await project.read('suites/example.yaml')).toContain('SELECT * FROM "Sales"."Invoice"');
  });

  test('writes what was asked for, and never over a file that is there', async () => {
    const project = await emptyProject();
    const options = ['--source', source, '--schema', 'npm run migrate', '--suites', 'db/plans', '--workflow'];
    const first = await regress(project, 'init', ...options);
    expect(first.status, first.stderr).toBe(0);
    expect(await project.read('regress.yaml')).toMatch(/prepare:\n {4}- run: npm run migrate\n/);
    expect(await project.read('.github/workflows/regress.yml')).toContain('npx --no-install regress-pg check');
    const suite = await project.read('db/plans/example.yaml');
    expect(suite).toContain('$schema=../../node_modules/regress-pg/schema/suite.schema.json');
    expect(suite).toContain('SELECT * FROM invoice_line\n      WHERE invoice_id = :invoice_id');
    const again = await regress(project, 'init', ...options);
    expect(again).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('regress.yaml already exists'),
    });
  });

  test('refuses before it writes anything', async () => {
    const project = await emptyProject();
    expect((await regress(project, 'init', '--suites', 's')).status).toBe(0);
    await execa('rm', [project.path('regress.yaml')]);
    const refused = await regress(project, 'init', '--suites', 's', '--workflow');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('s/example.yaml already exists') });
    await expect(project.read('regress.yaml')).rejects.toThrow('ENOENT');
    await expect(project.read('.github/workflows/regress.yml')).rejects.toThrow('ENOENT');
  });

  test('keeps a password out of every file, and says so', async () => {
    const project = await emptyProject();
    const secret = source.replace('postgres@', 'postgres:s3cret@');
    const outcome = await regress(project, 'init', '--source', secret);
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(outcome.stdout + outcome.stderr + (await project.read('regress.yaml'))).not.toContain('s3cret');
    expect(await project.read('regress.yaml')).toContain('url: "${env:REGRESS_SOURCE_URL}"');
    expect(outcome.stdout).toContain('export REGRESS_SOURCE_URL=');
  });

  test('without a source and without anything to guess from, what it writes is a project that checks', async () => {
    const project = await emptyProject();
    const outcome = await regress(project, 'init');
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(outcome.stdout).toContain('GRANT pg_read_all_data');
    expect(outcome.stdout).toContain('to target.prepare in regress.yaml');
    const { url } = server as TestServer;
    const taken = await regress(project, 'snapshot', '--source', source);
    expect(taken.status, taken.stderr).toBe(0);
    const checked = await project.regress(['check', '--target', url('postgres')]);
    expect(checked.status, checked.stdout + checked.stderr).toBe(0);
  });

  test('guesses what builds the schema', async () => {
    const project = await emptyProject();
    await project.write('package.json', '{ "scripts": { "db:migrate": "true" } }');
    await regress(project, 'init');
    expect(await project.read('regress.yaml')).toContain('- run: npm run db:migrate');
  });

  test('grants what a reader without rights lacks', async () => {
    const project = await emptyProject();
    await (server as TestServer).psql('postgres', 'CREATE ROLE newcomer LOGIN');
    const outcome = await regress(project, 'init', '--source', source.replace('postgres@', 'newcomer@'));
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(outcome.stdout).toContain('GRANT pg_read_all_settings TO "newcomer"');
  });

  test('a reader who gets all but a few figures is told which', async () => {
    const { createDatabase, psql, url } = server as TestServer;
    const database = await createDatabase('with_words');
    await psql(
      database,
      `CREATE TABLE notes (id int PRIMARY KEY, words tsvector); CREATE INDEX notes_words ON notes USING gin (words); ANALYZE;
       CREATE ROLE librarian LOGIN; GRANT pg_read_all_data TO librarian`,
    );
    const outcome = await regress(
      await emptyProject(),
      'init',
      '--source',
      url(database).replace('postgres@', 'librarian@'),
    );
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(outcome.stdout).not.toContain('can read everything');
    expect(outcome.stdout).toContain('The role "librarian" can take a snapshot, but');
    expect(outcome.stdout).toContain('  - cannot read the metapages of 1 GIN index: public.notes_words');
    expect(outcome.stdout).toContain('  - the role cannot see which libraries the server preloads');
    expect(outcome.stdout).toContain('For the fixes: npx regress-pg doctor');
  });

  test('a database that is not there is the first thing to mend', async () => {
    const project = await emptyProject();
    const outcome = await regress(project, 'init', '--source', (server as TestServer).url('no_such_shop'));
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(outcome.stderr).toMatch(/DETAIL: {2}database "no_such_shop" does not exist\.\nHINT: {2}Check the database/);
    expect(outcome.stdout).toMatch(
      /Next:\n {2}correct source\.url in regress\.yaml, or make the source reachable: database "no_such_shop" does not exist\.\n/,
    );
  });

  test('a source that cannot be reached costs the examples alone', async () => {
    const project = await emptyProject();
    const outcome = await regress(project, 'init', '--source', 'postgresql://me@127.0.0.1:1/db');
    expect(outcome).toMatchObject({ status: 0, stderr: expect.stringContaining('could not connect to the source') });
    expect(outcome.stdout).toContain('GRANT pg_read_all_settings TO "me"');
    expect(await project.read('suites/example.yaml')).toContain('SELECT 1 AS one');
    const dump = await regress(
      await emptyProject(),
      'init',
      '--source',
      'postgresql://me@127.0.0.1:1/db',
      '--dump-schema',
    );
    expect(dump.status).toBe(2);
  });

  describe('on a terminal', () => {
    const inTerminal = (project: Project, answers: readonly Answer[], env: Record<string, string> = {}) =>
      regressInTerminal(project, `init --source '${source}'`, answers, { ...ENV, ...env });

    test('asks for what no option says', async ({ skip }) => {
      skip(!terminal, NO_TERMINAL);
      const project = await emptyProject();
      // The first of the choices: a dump; a folder typed in; two up from the last choice: GitHub.
      const outcome = await inTerminal(project, [
        ["What builds a branch's schema", '\r'],
        ['Folder of the suites', 'plans', '\r'],
        ['checks pull requests', '\x1b[A', '\x1b[A', '\r'],
      ]);
      expect(outcome.exitCode, outcome.stdout).toBe(0);
      expect(await project.read('db/schema.sql')).toContain('CREATE INDEX track_album_id_idx');
      expect(await project.read('plans/example.yaml')).toContain('queries:');
      expect(await project.read('.github/workflows/regress.yml')).toContain('npx --no-install regress-pg check');
    });

    test('Ctrl-C writes nothing, and in CI nothing is asked', async ({ skip }) => {
      skip(!terminal, NO_TERMINAL);
      const project = await emptyProject();
      const stopped = await inTerminal(project, [["What builds a branch's schema", '\x03']]);
      expect(stopped.exitCode, stopped.stdout).toBe(130);
      expect(stopped.stdout).toContain('nothing was written');
      await expect(project.read('regress.yaml')).rejects.toThrow('ENOENT');
      const inCi = await inTerminal(project, [], { CI: 'true' });
      expect(inCi.exitCode, inCi.stdout).toBe(0);
      expect(inCi.stdout).not.toContain("What builds a branch's schema");
    });
  });
});
