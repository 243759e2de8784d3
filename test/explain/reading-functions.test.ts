import { beforeAll, describe, expect, it } from 'vitest';
import { readingFunctions } from '../../src/explain/index.ts';
import { connect } from '../../src/postgres/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';

const SCHEMA = `
CREATE TABLE settings (name text, value int);
CREATE FUNCTION of_sql() RETURNS int STABLE LANGUAGE sql AS 'SELECT value FROM settings LIMIT 1';
CREATE FUNCTION of_body(name text) RETURNS int STABLE LANGUAGE sql RETURN (SELECT s.value FROM settings s LIMIT 1);
CREATE FUNCTION of_plpgsql() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(value)
  FROM settings); END $$;
CREATE FUNCTION reads_nothing(a date) RETURNS float8 IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
  -- taken from the calendar
  IF a IS DISTINCT FROM NULL THEN RETURN extract(year FROM a); END IF; RETURN 0; END $$;
CREATE FUNCTION of_every_row() RETURNS int VOLATILE LANGUAGE sql AS 'SELECT value FROM settings LIMIT 1';`;

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('functions that read tables on PostgreSQL %i', (major) => {
  let server: TestServer;
  let database: string;

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    database = await server.createDatabase();
    await server.psql(database, SCHEMA);
  });

  it('are those planning may run and whose body has a table', async () => {
    const connection = await connect(server.url(database), 'target');
    try {
      const names = ['of_sql', 'of_body', 'of_plpgsql', 'reads_nothing', 'of_every_row', 'now', 'unheard_of'];
      expect([...(await readingFunctions(connection, names))]).toEqual([
        ['of_body', 'of_body(text)'],
        ['of_plpgsql', 'of_plpgsql()'],
        ['of_sql', 'of_sql()'],
      ]);
    } finally {
      await connection.close();
    }
  });
});
