import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/model/snapshot.ts';
import { grantsSql, helperFunctionsSql, ownerGrantsSql } from '../../src/source/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import {
  explainAll,
  type Lab,
  labQueries,
  makeLab,
  PRODUCTION_SETTINGS,
  putInto,
  restoreInto,
  withSession,
  withSnapshot,
} from './lab.ts';

const majors = await testMajors();
const queries = await labQueries();

describe.runIf(majors.length > 0).each(majors)('what each kind of reader gets of the lab on PostgreSQL %i', (major) => {
  let server: TestServer;
  let lab: Lab;
  let production: string[];

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    lab = await makeLab(server);
    production = await plansOf(lab.production);
    await server.psql(
      lab.production,
      `CREATE ROLE lab_reader LOGIN IN ROLE pg_read_all_data, pg_read_all_settings;
       CREATE ROLE lab_helped LOGIN IN ROLE pg_read_all_data, pg_read_all_settings;
       ${helperFunctionsSql('lab_helped', 'inspect')};
       ${grantsSql('lab_least', 'inspect')}`,
    );
  });

  const plansOf = (database: string) => withSession(server, database, (session) => explainAll(session, queries));

  const identicalAs = async (reader: string): Promise<number> => {
    await restoreInto(server, lab.production, lab.copy, 'postgres', reader);
    const plans = await plansOf(lab.copy);
    return plans.filter((plan, at) => plan === production[at]).length;
  };

  it('is all but GIN figures for a member of pg_read_all_data, and all with helper functions', async () => {
    const identical = {
      'a superuser with pageinspect': await identicalAs('postgres'),
      'pg_read_all_data and helper functions': await identicalAs('lab_helped'),
      'helper functions alone (init --grants)': await identicalAs('lab_least'),
      'pg_read_all_data alone': await identicalAs('lab_reader'),
    };
    const lines = Object.entries(identical).map(([who, count]) => `  ${who.padEnd(38)} ${count} of ${queries.length}`);
    console.log(`identical plans on PostgreSQL ${major}\n${lines.join('\n')}`);
    expect(identical['a superuser with pageinspect']).toBe(queries.length);
    expect(identical['pg_read_all_data and helper functions']).toBe(queries.length);
    expect(identical['helper functions alone (init --grants)']).toBeGreaterThan(queries.length * 0.95);
    expect(identical['pg_read_all_data alone']).toBeLessThan(queries.length);
  });

  it('says where pageinspect is when the SQL was printed without asking', async () => {
    const refused = server.psql(lab.production, grantsSql('lab_unasked', null));
    await expect(refused).rejects.toThrow(
      /pageinspect is in schema inspect\nHINT: {2}To find it there, run: npx regress-pg init --grants --source/,
    );
    expect(await server.psql(lab.production, "SELECT 1 FROM pg_roles WHERE rolname = 'lab_unasked'")).toBe('');
  });

  /** A copy of production that a role owns who is no superuser. */
  async function ownedProduction(owner: string): Promise<string> {
    const owned = await server.createDatabase();
    await server.psql(
      'postgres',
      `DROP DATABASE "${owned}"; CREATE DATABASE "${owned}" TEMPLATE "${lab.production}" OWNER ${owner}`,
    );
    for (const setting of PRODUCTION_SETTINGS)
      await server.psql('postgres', `ALTER DATABASE "${owned}" SET ${setting}`);
    await server.psql(
      owned,
      `DROP SCHEMA IF EXISTS regress CASCADE;
       DO $$ DECLARE o record; BEGIN
         FOR o IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
           WHERE relkind IN ('r', 'p', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'inspect')
         LOOP EXECUTE format('ALTER TABLE %s OWNER TO ${owner}', o.name); END LOOP;
         FOR o IN SELECT format('%I', nspname) AS name FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|inspect)'
         LOOP EXECUTE format('ALTER SCHEMA %s OWNER TO ${owner}', o.name); END LOOP;
       END $$`,
    );
    return owned;
  }

  const takenOf = async (database: string, reader: string, allowPartial: boolean) => {
    let manifest: Manifest | undefined;
    const sources = new Set<string>();
    await withSnapshot(
      server,
      database,
      async (snapshot) => {
        manifest = snapshot.manifest;
        for await (const { indexes } of snapshot.relations()) {
          for (const { tree_height_source, gin_source, range_source } of indexes) {
            for (const source of [tree_height_source, gin_source, range_source]) sources.add(source ?? 'none');
          }
        }
        await putInto(server, snapshot, lab.copy);
      },
      reader,
      { allowPartial },
    );
    const plans = await plansOf(lab.copy);
    const identical = plans.filter((plan, at) => plan === production[at]).length;
    const { coverage, unreadable } = manifest as Manifest;
    console.log(
      `PostgreSQL ${major}, ${reader}: ${identical} of ${queries.length} identical ${JSON.stringify(coverage)}`,
    );
    return { identical, coverage, unreadable, sources };
  };

  it('is all but GIN figures from helper functions of the owner, where nobody is a superuser', async () => {
    await server.psql('postgres', 'CREATE ROLE lab_owner LOGIN; CREATE ROLE lab_guest LOGIN');
    const owned = await ownedProduction('lab_owner');
    await withSession(server, owned, (session) => session.run(ownerGrantsSql('lab_guest')), 'lab_owner');
    const { identical, coverage, unreadable, sources } = await takenOf(owned, 'lab_guest', false);
    expect(sources).toEqual(new Set(['explain', 'model', 'helper', 'none']));
    expect(coverage).toMatchObject({ reader: 'owner' });
    expect(coverage?.columns.read).toBe(coverage?.columns.all);
    expect(new Set(unreadable.map(({ what }) => what))).toEqual(
      new Set(['GIN metapage', 'range ends', 'setting', 'what pg_stats does not show']),
    );
    expect(identical).toBeGreaterThan(queries.length * 0.8);

    // A table that the owner cannot read is not passed over in silence.
    await server.psql(owned, 'CREATE TABLE others (id int PRIMARY KEY); INSERT INTO others VALUES (1); ANALYZE others');
    await expect(takenOf(owned, 'lab_guest', false)).rejects.toMatchObject({
      code: 'privilege',
      detail: 'column statistics and range ends of public.others: permission denied for public.others.',
      hint: 'GRANT SELECT ON public.others TO "lab_owner"',
    });
    await server.psql(owned, 'DROP TABLE others');

    await server.psql('postgres', 'GRANT pg_read_all_data TO lab_owner');
    const more = await takenOf(owned, 'lab_guest', false);
    expect(more.unreadable.map(({ what }) => what)).not.toContain('what pg_stats does not show');
    expect(more.identical).toBeGreaterThanOrEqual(identical);
  });

  it('is what pg_stats shows, with --allow-partial, for a role that may select from tables', async () => {
    await server.psql('postgres', 'CREATE ROLE lab_visitor LOGIN; CREATE ROLE lab_stranger LOGIN');
    const visited = await ownedProduction('postgres');
    await server.psql(
      visited,
      `GRANT USAGE ON SCHEMA public, "Odd Names" TO lab_visitor; GRANT SELECT ON ALL TABLES IN SCHEMA public, "Odd Names" TO lab_visitor`,
    );
    await expect(takenOf(visited, 'lab_visitor', false)).rejects.toMatchObject({
      code: 'privilege',
      hint: 'GRANT pg_read_all_data TO "lab_visitor"; or, without a privilege on any table: npx regress-pg init --grants',
    });
    const visitor = await takenOf(visited, 'lab_visitor', true);
    expect(visitor.coverage).toMatchObject({ reader: 'views' });
    expect(visitor.sources).toEqual(new Set(['explain', 'model', 'select', 'none']));
    expect(visitor.coverage?.columns.read).toBe(visitor.coverage?.columns.all);
    expect(visitor.identical).toBeGreaterThan(queries.length * 0.7);
    const stranger = await takenOf(visited, 'lab_stranger', true);
    expect(stranger.coverage?.columns.read).toBe(0);
    expect(stranger.identical).toBeLessThan(visitor.identical);
  });

  it('leaves the reader of helper functions without a right on any table', async () => {
    const tables = await server.psql(
      lab.production,
      `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind IN ('r', 'm', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema', 'inspect')
         AND has_any_column_privilege('lab_least', c.oid, 'SELECT')`,
    );
    expect(tables).toBe('0');
    const denied = withSession(
      server,
      lab.production,
      (session) => session.query('SELECT 1 FROM pg_catalog.pg_statistic'),
      'lab_least',
    );
    await expect(denied).rejects.toThrow('permission denied');
    const stranger = withSession(
      server,
      lab.production,
      (session) => session.query(`SELECT regress.statistics(ARRAY['pg_class'::regclass::oid])`),
      'lab_reader',
    );
    await expect(stranger).rejects.toThrow('permission denied');
  });
});
