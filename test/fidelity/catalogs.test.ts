import { beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { overwrittenRelations } from '../../src/restore/index.ts';
import { grantsSql } from '../../src/source/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { dumpSchema, explainAll, labFile, linesOf, putInto, withSession, withSnapshot } from './lab.ts';

const majors = await testMajors();
const queries = await linesOf('catalog-queries.sql');

/** OIDs of the objects a query names are each database's own, and only their text. */
const withoutOids = (plan: string) => plan.replaceAll(/'\{?[\d,]+\}?'::oid/g, "'…'::oid");

describe.runIf(majors.length > 0).each(majors)('queries on the system catalogs of PostgreSQL %i', (major) => {
  let server: TestServer;
  let production: string;
  let copy: string;
  let expected: string[];

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    production = await server.createDatabase();
    await server.psql(
      production,
      `CREATE SCHEMA inspect; CREATE EXTENSION pageinspect SCHEMA inspect; ${grantsSql('catalog_reader', 'inspect')}
       CREATE ROLE catalog_all LOGIN IN ROLE pg_read_all_data, pg_read_all_settings;
       CREATE ROLE with_password LOGIN PASSWORD 'one'; CREATE ROLE with_other_password LOGIN PASSWORD 'two'`,
    );
    for (const file of ['catalogs.sql', 'catalogs-drift.sql']) await server.psql(production, await labFile(file));
    await server.psql(production, `ALTER DATABASE "${production}" SET work_mem = '8MB'`);
    copy = await server.createDatabase();
    await server.psql(copy, await dumpSchema(server, production));
    expected = await plansOf(production);
  });

  const plansOf = async (database: string) =>
    (await withSession(server, database, (session) => explainAll(session, queries))).map(withoutOids);
  const identical = (plans: readonly string[]) => plans.filter((plan, at) => plan === expected[at]).length;

  const withCatalogs = <T>(work: (snapshot: Snapshot) => Promise<T>, reader?: string) =>
    withSnapshot(server, production, work, reader, { systemCatalogs: true });
  const restore = (reader?: string) => withCatalogs((snapshot) => putInto(server, snapshot, copy), reader);

  it('are planned as by production, and without the catalogs they are not', async () => {
    await withSnapshot(server, production, (snapshot) => putInto(server, snapshot, copy));
    const without = identical(await plansOf(copy));
    const report = await restore();
    expect(report).toMatchObject({ catalogs: { skipped: null }, missing: [], refused: [] });
    expect(report.catalogs?.relations).toBeGreaterThan(60);
    const plans = await plansOf(copy);
    console.log(
      `PostgreSQL ${major}: ${identical(plans)} of ${queries.length} identical; without the catalogs ${without}`,
    );
    expect(queries.filter((_, at) => plans[at] !== expected[at])).toEqual([]);
    expect(without).toBeLessThan(queries.length / 2);
  });

  it.each([
    'SET enable_seqscan = off; SET enable_hashjoin = off',
    'SET enable_nestloop = off; SET random_page_cost = 1.1',
  ])('are so under %s', async (settings) => {
    const plans = (database: string) =>
      withSession(server, database, async (session) => {
        await session.run(settings);
        return (await explainAll(session, queries)).map(withoutOids);
      });
    expect(await plans(copy)).toEqual(await plans(production));
  });

  it('return the rows there are, while production is planned for', async () => {
    const counts = 'SELECT count(*) FROM pg_class; SELECT count(*) FROM pg_attribute WHERE attrelid >= 16384';
    expect(await server.psql(copy, `SET regress_planner.enabled = off; ${counts}`)).toBe(
      await server.psql(copy, counts),
    );
  });

  it('are not any more when something analyzes a catalog, which is noticed, and are again after another restore', async () => {
    expect(await withSession(server, copy, overwrittenRelations)).toEqual([]);
    await server.psql(copy, 'ANALYZE pg_attribute');
    expect(await withSession(server, copy, overwrittenRelations)).toEqual(['pg_attribute']);
    expect(identical(await plansOf(copy))).toBeLessThan(queries.length);
    await restore();
    expect(await withSession(server, copy, overwrittenRelations)).toEqual([]);
    expect(await plansOf(copy)).toEqual(expected);
  });

  it.each(['catalog_reader', 'catalog_all'])('are planned from what %s reads', async (reader) => {
    await restore(reader);
    const plans = await plansOf(copy);
    console.log(`PostgreSQL ${major}, ${reader}: ${identical(plans)} of ${queries.length} identical`);
    expect(queries.filter((_, at) => plans[at] !== expected[at])).toEqual([]);
  });

  it('have no secrets in the snapshot, and the helper function tells none', async () => {
    expect(
      await server.psql(
        production,
        `SELECT array_to_string(ARRAY(SELECT s::text FROM pg_statistic s
      WHERE starelid = 'pg_authid'::regclass), ' ')`,
      ),
    ).toContain('SCRAM-SHA-256');
    const texts: string[] = [];
    await withCatalogs(async (snapshot) => {
      for await (const catalog of snapshot.catalogs()) texts.push(JSON.stringify(catalog));
    });
    expect(texts.filter((text) => text.includes('"relname":"pg_authid"'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('SCRAM'))).toEqual([]);
    const told = withSession(
      server,
      production,
      (session) => session.query<{ row: string }>('SELECT s::text AS row FROM regress.statistics(ARRAY[1260::oid]) s'),
      'catalog_reader',
    );
    expect((await told).length).toBeGreaterThan(5);
    expect(JSON.stringify(await told)).not.toContain('SCRAM');
  });

  it('are planned by the statistics of the database when the snapshot is of another major', async () => {
    const { catalogs } = await withCatalogs((snapshot) => {
      const { manifest } = snapshot;
      const older = { ...manifest.server, server_version_num: (major - 1) * 10_000 };
      return putInto(server, { ...snapshot, manifest: { ...manifest, server: older } }, copy);
    });
    expect(catalogs).toEqual({
      relations: 0,
      skipped: `they are from PostgreSQL ${major - 1}, but the target is PostgreSQL ${major}`,
    });
    const state = `SELECT count(*) FROM regress_planner.relation WHERE relid < 16384;
      SELECT count(*) FROM regress_planner.index WHERE indexrelid < 16384; SELECT count(*) FROM regress_planner.object`;
    expect(await server.psql(copy, state)).toBe('0\n0\n0');
  });

  it('leave nothing behind when a snapshot without catalogs is restored', async () => {
    await restore();
    await withSnapshot(server, production, (snapshot) => putInto(server, snapshot, copy));
    const own = `SELECT count(*), sum(hashtext((starelid, staattnum, stadistinct, stavalues1::text)::text)) FROM pg_statistic
      WHERE starelid IN ('pg_index'::regclass, 'pg_type'::regclass)`;
    const left = await server.psql(copy, own);
    await server.psql(copy, 'ANALYZE pg_index; ANALYZE pg_type');
    expect(await server.psql(copy, own)).toBe(left);
    expect(left).not.toMatch(/^0\|/);
  });
});
