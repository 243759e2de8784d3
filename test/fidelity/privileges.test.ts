import { beforeAll, describe, expect, it } from 'vitest';
import { grantsSql, helperFunctionsSql } from '../../src/snapshot/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { explainAll, type Lab, labQueries, makeLab, restoreInto, withSession } from './lab.ts';

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
    await expect(refused).rejects.toThrow(/pageinspect is in schema inspect\nHINT: {2}regress init --grants --source/);
    expect(await server.psql(lab.production, "SELECT 1 FROM pg_roles WHERE rolname = 'lab_unasked'")).toBe('');
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
