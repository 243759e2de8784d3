import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import type { Manifest } from '../../src/model/snapshot.ts';
import { type Connection, connect, withDatabase } from '../../src/postgres/index.ts';
import { chooseTarget, createRunDatabase, prepareTarget, refuseTarget } from '../../src/target/index.ts';
import { processesNaming } from '../../src/target/server/processes.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { aSnapshot } from '../support/snapshot-builders.ts';
import { temporaryFolder } from '../support/temp.ts';

describe('the choice of the target', () => {
  test.each([
    ['the flag wins', '--t', 'conf', { REGRESS_TARGET_URL: 'env' }, { kind: 'url', url: '--t' }],
    ['then the configuration', undefined, 'conf', { REGRESS_TARGET_URL: 'env' }, { kind: 'url', url: 'conf' }],
    ['then the variable', undefined, null, { REGRESS_TARGET_URL: 'env' }, { kind: 'url', url: 'env' }],
    ['PG* and DATABASE_URL never choose', undefined, null, { DATABASE_URL: 'd', PGHOST: 'h' }, { kind: 'throwaway' }],
    ['an empty variable is no choice', undefined, null, { REGRESS_TARGET_URL: '' }, { kind: 'throwaway' }],
  ] as const)('%s', (_, flag, configured, env, choice) => {
    expect(chooseTarget(flag, configured, env)).toEqual(choice);
  });
});

const server = await testServer();
const newer = await testServer(18);

describe.skipIf(server === null)('on a server', () => {
  const { url, psql, createDatabase } = server as TestServer;
  let database: string;
  let connection: Connection;

  beforeAll(async () => {
    database = await createDatabase();
    connection = await connect(url(database), 'target');
    return () => connection.close();
  });

  const manifestOf = (fields: { system_identifier?: string; database?: string }): Manifest =>
    ({
      server: {
        system_identifier: 'another',
        database: 'production',
        encoding: 'UTF8',
        lc_collate: 'C',
        lc_ctype: 'C',
        locale_provider: 'c',
        locale: null,
        ...fields,
      },
    }) as unknown as Manifest;

  const options = { allowData: false, usesThisDatabase: true };

  test('refuses the source itself, and only that database of its server', async () => {
    const system_identifier = await psql(database, 'SELECT system_identifier FROM pg_control_system()');
    await expect(refuseTarget(connection, manifestOf({ system_identifier, database }), options)).rejects.toThrow(
      /the target is the source of the snapshot/,
    );
    await refuseTarget(connection, manifestOf({ system_identifier, database: 'other' }), options);
  });

  test("does not take an extension's tables for data", async () => {
    await psql(database, 'CREATE TABLE reference AS SELECT generate_series(1, 2000) AS n');
    await expect(refuseTarget(connection, manifestOf({}), options)).rejects.toMatchObject({
      detail: expect.stringContaining('"public"."reference"'),
    });
    await psql(database, 'ALTER EXTENSION plpgsql ADD TABLE reference');
    await refuseTarget(connection, manifestOf({}), options);
    await psql(database, 'ALTER EXTENSION plpgsql DROP TABLE reference; DROP TABLE reference');
  });

  test('refuses a table of more than 1,000 rows, unless told otherwise', async () => {
    await psql(database, 'CREATE SCHEMA "My S"; CREATE TABLE "My S"."T" AS SELECT FROM generate_series(1, 1000)');
    await refuseTarget(connection, manifestOf({}), options);
    await psql(database, 'INSERT INTO "My S"."T" DEFAULT VALUES');
    await expect(refuseTarget(connection, manifestOf({}), options)).rejects.toMatchObject({
      code: 'target',
      message: `database "${database}" holds data`,
      detail: expect.stringContaining('"My S"."T" has more than 1000 rows'),
      hint: expect.stringContaining('--allow-data'),
    });
    await refuseTarget(connection, manifestOf({}), { ...options, allowData: true });
    await refuseTarget(connection, manifestOf({}), { ...options, usesThisDatabase: false });
  });

  test('refuses a role that is no superuser and says what to grant', async () => {
    await psql(database, 'CREATE ROLE "low ly" LOGIN');
    const lowly = await connect(url(database).replace('postgres@', 'low%20ly@'), 'target');
    await expect(refuseTarget(lowly, manifestOf({}), options)).rejects.toMatchObject({
      code: 'privilege',
      hint: 'ALTER ROLE "low ly" SUPERUSER;',
    });
    await lowly.close();
  });

  test.skipIf(newer === null)('from 18 on leaves it to restore whether a role can write statistics', async () => {
    const { url, psql, createDatabase } = newer as TestServer;
    const name = await createDatabase();
    await psql(name, 'CREATE ROLE lowly LOGIN; CREATE TABLE secret AS SELECT 1 AS n');
    const lowly = await connect(url(name).replace('postgres@', 'lowly@'), 'target');
    await expect(refuseTarget(lowly, manifestOf({}), options)).rejects.toMatchObject({
      code: 'target',
      message: `database "${name}" may hold data`,
      detail: expect.stringContaining(
        '"public"."secret" is not empty, and the role has no permission to count its rows',
      ),
    });
    await psql(name, 'GRANT SELECT ON secret TO lowly');
    await refuseTarget(lowly, manifestOf({}), options);
    const identifier = await psql(name, 'SELECT system_identifier FROM pg_control_system()');
    await expect(
      refuseTarget(lowly, manifestOf({ system_identifier: identifier, database: name }), options),
    ).rejects.toMatchObject({ message: expect.stringContaining('the target is the source of the snapshot') });
    await lowly.close();
  });

  test('drops the databases of dead runs and leaves those of living ones', async () => {
    const living = await createRunDatabase(url('postgres'), manifestOf({}));
    await createDatabase('regress_run_1_dead');
    const next = await createRunDatabase(url('postgres'), manifestOf({}));
    const names = await psql('postgres', `SELECT datname FROM pg_database WHERE datname ~ '^regress_run' ORDER BY 1`);
    expect(names.split('\n').sort()).toEqual([living.name, next.name].sort());
    await living.drop();
    await next.drop();
    expect(await psql('postgres', `SELECT datname FROM pg_database WHERE datname ~ '^regress_run'`)).toBe('');
  });

  test.for([
    ['its locale', { lc_collate: 'C', lc_ctype: 'C.UTF-8' }, 'UTF8 C C.UTF-8 c'],
    ['its encoding', { encoding: 'LATIN1' }, 'LATIN1 C C c'],
    ['what sorts by code point', { lc_collate: 'tlh_KX.utf8', lc_ctype: 'tlh_KX.utf8' }, 'UTF8 C.UTF-8 C.UTF-8 c'],
    [
      'ICU where the C library lacks the name',
      { lc_collate: 'tlh_KX.utf8', lc_ctype: 'tlh_KX.utf8', locale_provider: 'i', locale: 'en-US' },
      'UTF8 C.UTF-8 C.UTF-8 i en-US',
    ],
  ] as const)('makes a database with %s', async ([, fields, expected]) => {
    const { major } = (server as TestServer).installation;
    const icuLocale = major >= 17 ? 'datlocale' : 'daticulocale';
    const manifest = manifestOf({});
    const run = await createRunDatabase(url('postgres'), { ...manifest, server: { ...manifest.server, ...fields } });
    const sql = `SELECT concat_ws(' ', pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider, ${icuLocale})
      FROM pg_database WHERE datname = '${run.name}'`;
    expect(await psql('postgres', sql)).toBe(expected);
    await run.drop();
  });

  test('another database of the same URL', () => {
    expect(withDatabase('postgresql://me@h:5/x?a=b', 'a b')).toBe('postgresql://me@h:5/a%20b?a=b');
  });

  describe('prepare', () => {
    type Step = { timeout?: number } & ({ sql: string } | { run: string; env?: string[] });
    const prepare = async (steps: Step[], withheld: string[] = []) =>
      prepareTarget(
        url(database),
        steps.map((step) => ({ timeout: 60, env: [], ...step })),
        {
          folder: tmpdir(),
          withheld,
          snapshotFor: async () => aSnapshot([]),
          progress: SILENT,
        },
      );

    /** Processes that still have a word in their command line. */
    const alive = async (word: string) =>
      (await processesNaming(word)).filter(({ argv }) => argv.includes('sleep')).length;

    test.each([
      ['in the background', 'sleep 987.1 & true', '987.1'],
      ['that hears no hang-up', 'nohup sleep 987.2 >/dev/null 2>&1 & true', '987.2'],
      ['in a session of its own', 'setsid sleep 987.3 & true', '987.3'],
      ['that hears no TERM', `(trap '' TERM; sleep 987.4) & true`, '987.4'],
      ['of a command that fails', 'sleep 987.5 & false', '987.5'],
    ])('ends what a command leaves behind: %s', async (_, run, word) => {
      await prepare([{ run }]).catch(() => undefined);
      expect(await alive(word)).toBe(0);
    });

    test.each([
      ['a command', { run: 'sleep 987.6 & sleep 987.6', timeout: 1 }],
      ['a command that hears no TERM', { run: `trap '' TERM; sleep 987.6; sleep 987.6`, timeout: 1 }],
    ])('gives up %s after its time, and ends it', async (_, step) => {
      await expect(prepare([step])).rejects.toMatchObject({
        code: 'target',
        message: expect.stringContaining('prepare step took too long'),
        hint: expect.stringContaining('timeout: '),
      });
      expect(await alive('987.6')).toBe(0);
    });

    test.each([
      ['that sleeps', 'SELECT pg_sleep(60)'],
      ['that talks without end', `DO $$ BEGIN LOOP PERFORM pg_sleep(0.1); RAISE NOTICE 'on'; END LOOP; END $$`],
    ])('gives up a file %s', async (_, sql) => {
      await expect(prepare([{ sql: await file(sql), timeout: 1 }])).rejects.toMatchObject({
        code: 'target',
        message: expect.stringMatching(/^prepare step took too long: \S*schema\.sql$/),
      });
    });

    test('withholds what leads to production, but for what a step names', async () => {
      vi.stubEnv('TO_PRODUCTION', 'secret');
      const hides = 'test -z "$TO_PRODUCTION" && test -n "$PATH" && test -n "$DATABASE_URL"';
      await prepare(
        [{ run: hides }, { run: 'test "$TO_PRODUCTION" = secret', env: ['TO_PRODUCTION'] }],
        ['TO_PRODUCTION'],
      );
    });

    const file = async (sql: string) => {
      const path = join(await temporaryFolder(), 'schema.sql');
      await writeFile(path, sql);
      return path;
    };

    test('runs files and commands in order, with the target in the environment', async () => {
      const bindir = (server as TestServer).installation.bindir;
      await prepare([
        {
          sql: await file(
            '\\restrict abc\nCREATE TABLE steps (n int);\nINSERT INTO steps VALUES (1);\n\\unrestrict abc\n',
          ),
        },
        { run: `"${bindir}/psql" -qXc 'INSERT INTO steps VALUES (2)' && test -n "$DATABASE_URL"` },
      ]);
      expect(await psql(database, 'SELECT n FROM steps ORDER BY n')).toBe('1\n2');
    });

    test('gives commands the target alone, whatever else the environment names', async () => {
      const bindir = (server as TestServer).installation.bindir;
      const services = await file('[elsewhere]\nhost=127.0.0.1\nport=1\n');
      for (const [name, value] of Object.entries({ PGSERVICE: 'elsewhere', PGHOSTADDR: '127.0.0.1', PGPORT: '1' }))
        vi.stubEnv(name, value);
      vi.stubEnv('PGSERVICEFILE', services);
      await prepare([{ run: `"${bindir}/psql" -qXc 'CREATE TABLE here ()'` }]);
      vi.unstubAllEnvs();
      expect(await psql(database, `SELECT to_regclass('here')`)).toBe('here');
    });

    test('shows a mistake of SQL at its line', async () => {
      await expect(
        prepare([{ sql: await file('CREATE TABLE good (n int);\nCREATE TABEL bad (n int);\n') }]),
      ).rejects.toMatchObject({
        message: expect.stringMatching(/schema\.sql:2:8: syntax error at or near "TABEL"/),
        detail: expect.stringContaining('CREATE TABEL bad'),
      });
    });

    test('knows a command of psql', async () => {
      await expect(prepare([{ sql: await file('SELECT 1;\n\\i other.sql\n') }])).rejects.toMatchObject({
        message: expect.stringMatching(/schema\.sql:2:1: \\i is a psql command/),
        hint: expect.stringContaining('psql -v ON_ERROR_STOP=1 -f'),
      });
    });

    test('leaves rows behind COPY to psql', async () => {
      const rows = 'CREATE TABLE t (n int, s text);\nCOPY t (n, s) FROM stdin;\n\\N\tone\n\\.\n';
      await expect(prepare([{ sql: await file(rows) }])).rejects.toMatchObject({
        message: expect.stringMatching(/schema\.sql:2:1: COPY … FROM stdin works only in psql$/),
        hint: expect.stringContaining('run: psql -v ON_ERROR_STOP=1 -f'),
      });
    });

    test('of an error without a place says how to find it, on the target', async () => {
      await expect(prepare([{ sql: await file('ALTER INDEX nowhere RENAME TO here') }])).rejects.toMatchObject({
        message: expect.stringMatching(/schema\.sql: relation "nowhere" does not exist$/),
        hint: expect.stringMatching(/in target\.prepare: run: psql -v ON_ERROR_STOP=1 -f \S+schema\.sql$/),
      });
    });

    test('stops at a command that fails', async () => {
      await expect(prepare([{ run: 'exit 3' }])).rejects.toMatchObject({
        message: 'prepare command failed: exit 3',
        detail: 'It ended with status 3.',
      });
    });
  });
});
