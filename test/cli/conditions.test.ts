import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { majorSql, readServer, readSettings } from '../../src/environment/index.ts';
import type { Manifest } from '../../src/model/manifest.ts';
import type { UnmetCondition } from '../../src/model/target/condition.ts';
import { conditionsOf } from '../../src/planning/session/conditions.ts';
import { connect, serverVersion } from '../../src/postgres/index.ts';
import { createRunDatabase, startServer } from '../../src/target/index.ts';
import { testInstallations } from '../support/installations.ts';
import { asTestServer, type TestServer } from '../support/servers.ts';
import { aSnapshot } from '../support/snapshot-builders.ts';
import { makeShopWithSnapshot } from './shop.ts';

/** A folder with the locale en_US.UTF-8, for servers that are started with it as LOCPATH; null, said aloud, without localedef. */
async function localeFolder(): Promise<string | null> {
  const folder = await mkdtemp('/tmp/regress-locales-');
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const made = await execa('localedef', ['-i', 'en_US', '-f', 'UTF-8', join(folder, 'en_US.utf8')], { reject: false });
  // The server's user reads it.
  await execa('chmod', ['-R', 'a+rX', folder]);
  if (!made.failed) return folder;
  console.warn(`SKIPPED: tests of en_US.UTF-8: ${made.shortMessage}`);
  return null;
}

const locales = await localeFolder();
/** Servers with the locale are kept apart from the machine's own. */
const environment: Record<string, string> =
  locales === null ? {} : { LOCPATH: locales, REGRESS_CACHE_DIR: join(locales, 'cache') };
const C = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null };

describe.each(await testInstallations())('conditions on PostgreSQL $major', (installation) => {
  let server: TestServer;

  beforeAll(async () => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    server = asTestServer(await startServer(installation, C), installation);
    vi.unstubAllEnvs();
  });
  afterAll(() => server.stop());

  /** A database made with more options of CREATE DATABASE. */
  const database = async (options = ''): Promise<string> => {
    const name = `db_${Math.random().toString(36).slice(2)}`;
    await server.psql('postgres', `CREATE DATABASE ${name} TEMPLATE template0 ${options}`);
    return name;
  };

  /** What a snapshot of a database would say of its server. */
  const manifestOf = async (name: string, role = 'postgres'): Promise<Manifest> => {
    const connection = await connect(server.url(name).replace('://postgres@', `://${role}@`), 'source');
    try {
      const version = await serverVersion(connection);
      const dialect = majorSql(version.major);
      const settings = await readSettings(connection, dialect);
      const { server: facts, unreadable } = await readServer(connection, version, dialect, role);
      return aSnapshot([], { server: facts, settings, unreadable }).manifest;
    } finally {
      await connection.close();
    }
  };

  const unmet = async (manifest: Manifest, target: string, role = 'postgres'): Promise<UnmetCondition[]> => {
    const connection = await connect(server.url(target).replace('://postgres@', `://${role}@`), 'target');
    try {
      return await conditionsOf(connection, manifest);
    } finally {
      await connection.close();
    }
  };

  const LIBC = "LC_COLLATE 'en_US.UTF-8' LC_CTYPE 'en_US.UTF-8'";
  const ICU = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LC_COLLATE 'C' LC_CTYPE 'C'";

  it('holds between two databases of one locale', async () => {
    expect(await unmet(await manifestOf(await database()), await database())).toEqual([]);
    expect(await unmet(await manifestOf(await database(ICU)), await database(ICU))).toEqual([]);
  });

  it.skipIf(locales === null)('reads the version of a locale of the C library, and names another locale', async () => {
    const manifest = await manifestOf(await database(LIBC));
    expect(manifest.server).toMatchObject({ lc_collate: 'en_US.UTF-8', collation_version: expect.any(String) });
    expect(await unmet(manifest, await database("LC_COLLATE 'en_US.utf8' LC_CTYPE 'en_US.utf8'"))).toEqual([]);
    const other = { ...manifest, server: { ...manifest.server, collation_version: '2.17' } };
    expect((await unmet(other, await database(LIBC))).map(({ message }) => message)).toEqual([
      `the locale en_US.UTF-8 (libc) has version 2.17 on the source and version ${manifest.server.collation_version} on the target`,
    ]);
    expect(await unmet(manifest, await database())).toMatchInlineSnapshot(`
      [
        {
          "code": "collation",
          "effect": "Strings in a histogram are compared and interpolated by their collation, so estimates for ranges and prefixes of text can differ. If only one of the two is C, LIKE can use a plain index only there.",
          "hint": "On the target's machine, run: localedef -i en_US -f UTF-8 en_US.UTF-8; then: CREATE DATABASE … TEMPLATE template0 LC_COLLATE 'en_US.UTF-8' LC_CTYPE 'en_US.UTF-8'",
          "message": "the source's locale is en_US.UTF-8 (libc) and the target's C (libc)",
        },
      ]
    `);
  });

  it.skipIf(locales === null)('check says once, and in its JSON, that the locale is not to be had', async () => {
    const { project } = await makeShopWithSnapshot({ ...server, createDatabase: () => database(LIBC) });
    const without = await project.regress(['check', '--reporter', 'json'], { LOCPATH: '' });
    expect(without.status, without.stderr).toBeLessThan(2);
    expect(without.stderr.match(/en_US\.UTF-8 \(libc\)/g)).toHaveLength(1);
    expect(without.stderr).toContain("the source's locale is en_US.UTF-8 (libc) and the target's C.UTF-8 (libc)");
    expect(JSON.parse(without.stdout).conditions.map(({ code }: { code: string }) => code)).toEqual(['collation']);
    const having = await project.regress(['check', '--reporter', 'json'], environment);
    expect(JSON.parse(having.stdout).conditions).toEqual([]);
    expect(having.stderr).not.toContain('locale');
  });

  it('reads the version of ICU, of the database and of the collations of columns', async () => {
    const icu = await database(ICU);
    await server.psql(icu, 'CREATE TABLE words (word text COLLATE "de-x-icu" PRIMARY KEY)');
    const manifest = await manifestOf(icu);
    const { collation_version: version, collations } = manifest.server;
    expect(version).toMatch(/^\d+/);
    expect(collations).toEqual({ 'pg_catalog."de-x-icu"': version });
    const older = { ...manifest.server, collation_version: '153.1', collations: { 'pg_catalog."de-x-icu"': '153.2' } };
    expect((await unmet({ ...manifest, server: older }, icu)).map(({ message }) => message)).toEqual([
      `the locale en-US (icu) has version 153.1 on the source and version ${version} on the target`,
      `the collation pg_catalog."de-x-icu" has version 153.2 on the source and version ${version} on the target`,
    ]);
    expect((await unmet(manifest, await database())).map(({ message }) => message)).toEqual([
      "the source's locale is en-US (icu) and the target's C (libc)",
    ]);
  });

  it.skipIf(installation.major < 16)('makes a database of a run with the rules of ICU', async () => {
    const manifest = await manifestOf(await database(`${ICU} ICU_RULES '&V << w <<< W'`));
    expect(manifest.server.icu_rules).toBe('&V << w <<< W');
    expect((await unmet(manifest, await database(ICU))).map(({ code }) => code)).toEqual(['collation']);
    const run = await createRunDatabase(server.url('postgres'), manifest);
    expect(await unmet(manifest, run.name)).toEqual([]);
    await run.drop();
  });

  it('names another encoding', async () => {
    const target = await database("ENCODING 'LATIN1'");
    expect((await unmet(await manifestOf(await database()), target)).map(({ message }) => message)).toEqual([
      "the source's encoding is UTF8 and the target's LATIN1",
    ]);
  });

  it('finds libraries that are loaded for some role of the source alone', async () => {
    const source = await database();
    await server.psql(
      'postgres',
      `CREATE ROLE app; ALTER ROLE app IN DATABASE ${source} SET session_preload_libraries = 'pg_hint_plan'`,
    );
    expect(await unmet(await manifestOf(source), await database())).toMatchInlineSnapshot(`
      [
        {
          "code": "planner-library",
          "effect": "Plans can differ wherever it takes part.",
          "message": "the source has pg_hint_plan, which obeys hints in comments and in its table",
        },
      ]
    `);
    expect(await unmet(await manifestOf(await database()), await database())).toEqual([]);
  });

  it('says that a reader cannot see the libraries, and what lets it', async () => {
    const source = await database();
    await server.psql('postgres', 'CREATE ROLE unsettled LOGIN');
    expect(await unmet(await manifestOf(source, 'unsettled'), await database())).toMatchInlineSnapshot(`
      [
        {
          "code": "privileges",
          "effect": "Plans that touch these can have other costs.",
          "hint": "GRANT pg_read_all_settings TO "unsettled"",
          "message": "the snapshot lacks data that its role could not read: setting of shared_preload_libraries",
        },
      ]
    `);
  });

  it('tells which setting a role has of its own, and how to reset it', async () => {
    const [source, target] = [await database(), await database()];
    await server.psql('postgres', `CREATE ROLE planner LOGIN; ALTER ROLE planner SET work_mem = '1MB'`);
    const manifest = await manifestOf(source);
    expect(await unmet(manifest, target, 'planner')).toMatchInlineSnapshot(`
      [
        {
          "code": "setting",
          "effect": "Costs and the choice of plans can differ.",
          "hint": "ALTER ROLE "planner" RESET work_mem",
          "message": "setting work_mem is 4096 in the snapshot and 1024 on the target",
          "setting": "work_mem",
        },
      ]
    `);
    await server.psql('postgres', `ALTER DATABASE ${target} SET random_page_cost = 1.1`);
    expect((await unmet(manifest, target)).map(({ message, hint }) => `${message}: ${hint}`)).toEqual([
      'setting random_page_cost is 4 in the snapshot and 1.1 on the target: ' +
        'The schema sets it: remove ALTER DATABASE … SET random_page_cost from what target.prepare runs.',
    ]);
  });
});
