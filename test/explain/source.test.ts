import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainOnSource, explainQuery } from '../../src/explain/index.ts';
import { REACHING_FUNCTIONS } from '../../src/explain/source-rules.ts';
import { SourceRefusal } from '../../src/model/errors.ts';
import type { ParameterValue, PlannedCase, Query } from '../../src/model/suite.ts';
import { type Connection, connect, DatabaseError } from '../../src/postgres/index.ts';
import { loadScanner, mentionedNames } from '../../src/sql/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';

const SCHEMA = `
CREATE TABLE people (id int PRIMARY KEY, email text);
INSERT INTO people SELECT i, 'u' || i || '@x.org' FROM generate_series(1, 300) AS i;
CREATE TABLE victim (id int);
CREATE TABLE locked (id int);
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
ANALYZE people;
CREATE FUNCTION emails() RETURNS text STABLE LANGUAGE plpgsql
  AS $$ BEGIN RETURN (SELECT string_agg(email, ',') FROM people); END $$;
CREATE FUNCTION telling() RETURNS int STABLE LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'people are %', emails() USING ERRCODE = '57014'; END $$;
CREATE FUNCTION posing() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'canceling statement due to user request' USING ERRCODE = '57014', DETAIL = emails(), HINT = emails();
END $$;
CREATE FUNCTION lying() RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT email FROM people LIMIT 1';
CREATE FUNCTION known() RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT email FROM people LIMIT 1';
ALTER EXTENSION plpgsql ADD FUNCTION known();
CREATE FUNCTION running_too(text) RETURNS int IMMUTABLE LANGUAGE plpgsql
  AS $$ DECLARE n int; BEGIN EXECUTE $1 INTO n; RETURN n; END $$;
ALTER EXTENSION plpgsql ADD FUNCTION running_too(text);
CREATE FUNCTION running(text) RETURNS int STABLE LANGUAGE plpgsql
  AS $$ DECLARE n int; BEGIN EXECUTE $1 INTO n; RETURN n; END $$;
CREATE FUNCTION wrapping(regclass) RETURNS text STABLE LANGUAGE sql AS $$ SELECT table_to_xml($1, true, true, '')::text $$;
CREATE FUNCTION slow() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN 1; END $$;
CREATE FUNCTION tenant() RETURNS int STABLE LANGUAGE sql AS $$ SELECT current_setting('app.tenant')::int $$;`;

const PLAIN: PlannedCase = { name: null, generic: false, values: [] };
const GENERIC: PlannedCase = { name: 'generic', generic: true, values: [] };
const bound = (...values: ParameterValue[]): PlannedCase => ({ name: 'case', generic: false, values });

function query(statement: string, parameters = 0, settings: Record<string, string> = {}): Query {
  const names = Array.from({ length: parameters }, (_, index) => String(index + 1));
  const about = { name: 'q', sql: statement, statement, parameters: names, file: 'suites/q.yaml', line: 3 };
  return { ...about, cases: [], generic: false, settings, thresholds: {}, expect: {} };
}

/** Two statements to a server that ends strings at a backslash, or reads SJIS; one to the suite's lexer. */
const AT_BACKSLASH = query(
  "SELECT id FROM people WHERE id = $1 AND email = '\\' AND email <> ' ; COMMIT; DROP TABLE victim; --'",
  1,
);
const IN_SJIS = query("SELECT id FROM people WHERE id = $1 AND email = E'ă\\' ; COMMIT; DROP TABLE victim; --'", 1);

describe.each(await testMajors())('planning on a source of PostgreSQL %i', (major) => {
  let server: TestServer;
  let database: string;
  let connection: Connection;

  beforeAll(async () => {
    await loadScanner();
    server = (await testServer(major)) as TestServer;
    database = await server.createDatabase();
    await server.psql(database, SCHEMA);
    connection = await connect(server.url(database), 'source');
  });
  afterAll(() => connection?.close());

  const explain = (asked: Query, planned = PLAIN, settings: Record<string, string> = {}, over = connection) =>
    explainOnSource(over, asked, planned, { major, role: null, settings, mentioned: mentionedNames(asked.statement) });
  const refusal = (asked: Query, planned = PLAIN, settings: Record<string, string> = {}): Promise<Error> =>
    explain(asked, planned, settings).then(
      () => new Error('it was planned'),
      (error: Error) => error,
    );
  const hasVictim = async () => (await server.psql(database, "SELECT to_regclass('victim') IS NOT NULL")) === 't';

  it.each([
    { client_encoding: 'SJIS' },
    { Client_Encoding: 'SHIFT_JIS_2004' },
    { standard_conforming_strings: 'off' },
    { statement_timeout: '0' },
    { lock_timeout: '0' },
    { role: 'postgres' },
    { transaction_read_only: 'off' },
    { 'auto_explain.log_min_duration': '0' },
    { 'regress_planner.hidden_indexes': '1' },
    { 'PLPERL.on_init': 'die' },
  ])('never sets %j for a query', async (settings) => {
    const failed = { code: 'suite', message: expect.stringMatching(/^suites\/q\.yaml:3: setting "/) };
    await expect(explain({ ...IN_SJIS, settings }, GENERIC)).rejects.toMatchObject(failed);
    const context = { major, now: null, role: null, settings: {} };
    await expect(explainQuery(connection, { ...IN_SJIS, settings }, GENERIC, context)).rejects.toMatchObject(failed);
    expect(await hasVictim()).toBe(true);
  });

  it('sets what the application reads, and has the server prove that nothing else does', async () => {
    const asked = query('SELECT 1 FROM people WHERE id = tenant()', 0, { 'app.tenant': '7' });
    await expect(explain(asked)).resolves.toBeDefined();
    await server
      .psql(
        database,
        "CREATE FUNCTION now_ours(text) RETURNS text LANGUAGE c AS '$libdir/dict_snowball', 'dsnowball_init'",
      )
      .catch(() => undefined);
    for (const name of ['citext.x', 'Snowball.y', 'dict_snowball.z']) {
      const failed = { code: 'suite', message: expect.stringContaining(`setting "${name}" is`) };
      const isKnown = await server.psql(
        database,
        `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = lower('${name.split('.')[0]}'))
             OR EXISTS (SELECT FROM pg_proc WHERE probin LIKE '%/' || lower('${name.split('.')[0]}'))`,
      );
      const planned = explain(query('SELECT 1', 0, { [name]: '1' }));
      if (isKnown === 't') await expect(planned).rejects.toMatchObject(failed);
      else await expect(planned).resolves.toBeDefined();
    }
  });

  it.each<readonly [string, Query]>([
    ["client_encoding = 'SJIS'", IN_SJIS],
    ...(major < 19 ? [['standard_conforming_strings = off', AT_BACKSLASH] as const] : []),
  ])('reads text as the suite wrote it where the database says %s', async (setting, asked) => {
    await server.psql('postgres', `ALTER DATABASE "${database}" SET ${setting}`);
    const other = await connect(server.url(database), 'source');
    await explain(asked, GENERIC, {}, other).catch(() => undefined);
    const context = { major, now: null, role: null, settings: {} };
    await explainQuery(other, asked, GENERIC, context).catch(() => undefined);
    await other.close();
    await server.psql('postgres', `ALTER DATABASE "${database}" RESET ALL`);
    expect(await hasVictim()).toBe(true);
  });

  it.runIf(major >= 16)(
    'has the server prove the text to be one statement, under the settings it is sent under',
    async () => {
      // As if nothing else stood in the way.
      const broken: Connection = {
        ...connection,
        query: async (text, values) => {
          const rows = await connection.query(text, values);
          if (text.includes('set_config')) await connection.run("SET LOCAL client_encoding = 'SJIS'");
          return rows as never;
        },
      };
      await expect(explain(IN_SJIS, GENERIC, {}, broken)).rejects.toMatchObject({ code: '42601' });
      const context = { major, now: null, role: null, settings: {} };
      await expect(explainQuery(broken, IN_SJIS, GENERIC, context)).rejects.toMatchObject({ code: '42601' });
      expect(await hasVictim()).toBe(true);
    },
  );

  it.each([
    [{ join_collapse_limit: '9' }, {}, 'it raises join_collapse_limit above'],
    [{ join_collapse_limit: ' 0x9 ' }, {}, 'it raises join_collapse_limit above'],
    [{ from_collapse_limit: '100', geqo: 'of' }, {}, 'it raises from_collapse_limit, geqo above'],
    [{ geqo: '0' }, {}, 'it raises geqo above'],
    [{ geqo_threshold: '13' }, {}, 'it raises geqo_threshold above'],
    [{ geqo_effort: '10' }, {}, 'it raises geqo_effort above'],
    [{ geqo_pool_size: '1' }, {}, 'it raises geqo_pool_size above'],
    [{ geqo_generations: '2000000' }, {}, 'it raises geqo_generations above'],
    [{ enable_partitionwise_join: 'on' }, {}, 'it raises enable_partitionwise_join above'],
    [{ enable_partitionwise_aggregate: 'yes' }, {}, 'it raises enable_partitionwise_aggregate above'],
    [{ join_collapse_limit: '15' }, { join_collapse_limit: '14' }, 'it raises join_collapse_limit above'],
    [{ join_collapse_limit: '14' }, { join_collapse_limit: '14' }, null],
    [{ join_collapse_limit: '8', geqo: 'on', geqo_threshold: '12', enable_partitionwise_join: 'off' }, {}, null],
    [{ join_collapse_limit: '1', geqo_threshold: '2', work_mem: '1GB' }, {}, null],
    [{ enable_partitionwise_join: 'on' }, { enable_partitionwise_join: 'true' }, null],
  ])('plans %j where the role has %j only if that is not harder', async (settings, own, message) => {
    const asked = query('SELECT 1 FROM people', 0, settings as Record<string, string>);
    if (message === null) await expect(explain(asked, PLAIN, own as Record<string, string>)).resolves.toBeDefined();
    else
      expect(await refusal(asked, PLAIN, own as Record<string, string>)).toMatchObject({
        name: 'SourceRefusal',
        message: `${message} the source's own`,
      });
  });

  it('gives up a plan that waits for a lock, and one that takes long, and goes on', async () => {
    const blocker = await connect(server.url(database), 'source');
    await blocker.run('BEGIN; LOCK TABLE locked');
    const began = Date.now();
    const lifted = { lock_timeout: '0', statement_timeout: '0', client_encoding: 'SJIS' };
    expect(await refusal(query('SELECT 1 FROM locked'), PLAIN, lifted)).toMatchObject({ code: '55P03' });
    expect(await refusal(query('SELECT 1 FROM people WHERE id = slow()'), PLAIN, lifted)).toMatchObject({
      code: '57014',
    });
    expect(Date.now() - began).toBeLessThan(25_000);
    await blocker.close();
    await expect(explain(query('SELECT 1 FROM people'))).resolves.toBeDefined();
  });

  it.each([
    ["SELECT id FROM people WHERE id < (table_to_xml('people', true, true, '')::text)::int", 'it calls table_to_xml('],
    [
      "SELECT id FROM people WHERE email < (pg_catalog.\"schema_to_xml\"('public', true, true, ''))::text",
      'it calls schema_to_xml(',
    ],
    ["SELECT id FROM people WHERE id < running('SELECT 1')", 'it calls running(text)'],
    ["SELECT id FROM people WHERE id < running_too('SELECT 1')", 'it calls running_too(text)'],
    ["SELECT id FROM people WHERE email < wrapping('people')", 'it calls wrapping(regclass)'],
    ["SELECT id FROM people WHERE email < ('people'::regclass).wrapping", 'it calls wrapping(regclass)'],
    ['SELECT id FROM people WHERE email = lying()', 'it calls lying()'],
    ["SELECT id FROM people WHERE email < current_setting('primary_conninfo')", 'it calls current_setting()'],
    ['SELECT id FROM people WHERE email < U&"\\0065mails"()', 'it spells a name with escapes'],
  ])('is not sent %s', async (statement, message) => {
    const error = await refusal(query(statement));
    expect(error).toBeInstanceOf(SourceRefusal);
    expect(error.message).toContain(message);
    await expect(explain(query('SELECT 1 FROM people'))).resolves.toBeDefined();
  });

  it('is sent what calls a function of an extension that reads tables, which are its own', async () => {
    await expect(explain(query('SELECT id FROM people WHERE email = known()'))).resolves.toBeDefined();
  });

  it.each<[string, string, PlannedCase, string]>([
    [
      'a cast of data',
      'SELECT id FROM people WHERE id < emails()::int',
      PLAIN,
      'error 22P02, of which the text may hold data of the source',
    ],
    ['data for a name', 'SELECT id FROM people WHERE id < emails()::regclass::int', PLAIN, 'error 42'],
    ['a number of data', 'SELECT id FROM people WHERE email < chr(length(emails()) * 100000)', PLAIN, 'error 54000'],
    ['what a function raises', 'SELECT id FROM people WHERE id < telling()', PLAIN, 'error 57014, of which'],
  ])('does not repeat %s', async (_, statement, planned, message) => {
    const error = await refusal(query(statement), planned);
    expect(error).toBeInstanceOf(SourceRefusal);
    expect(error.message).toContain(message);
    expect(`${error.message}${error.cause}`).not.toMatch(/@x|\d{6}/);
  });

  it.each<[string, string, PlannedCase, string]>([
    ['an unknown column', 'SELECT nothing FROM people', PLAIN, 'column "nothing" does not exist'],
    [
      'an unknown column of a generic plan',
      'SELECT nothing FROM people WHERE id = $1',
      GENERIC,
      'column "nothing" does not exist',
    ],
    [
      'a literal that is none',
      "SELECT 1 FROM people WHERE id = 'x'",
      PLAIN,
      'invalid input syntax for type integer: "x"',
    ],
    [
      'a value that is none',
      'SELECT 1 FROM people WHERE id = $1',
      bound('x'),
      'invalid input syntax for type integer: "x"',
    ],
    ['no such table', 'SELECT 1 FROM nowhere', PLAIN, 'relation "nowhere" does not exist'],
  ])('repeats what it says of the text: %s', async (_, statement, planned, message) => {
    const error = await refusal(query(statement, planned === PLAIN ? 0 : 1), planned);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.message).toBe(message);
  });

  it('repeats nothing beside the words of a server that cancels', async () => {
    const error = (await refusal(query('SELECT id FROM people WHERE id < posing()'))) as DatabaseError;
    expect(error).toMatchObject({ code: '57014', message: 'canceling statement due to user request' });
    expect([error.detail, error.hint, error.where]).toEqual([undefined, undefined, undefined]);
  });

  it('knows the functions of PostgreSQL that read tables by a name', async () => {
    const found = await server.psql(
      database,
      `SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile <> 'v' AND NOT proretset
          AND (proname ~ '^(table|schema|database|query|cursor)_to_|^pg_read_|^pg_ls_|^lo_|^loread|^ts_stat|dblink'
               OR prosrc ~ '^(ts_rewrite_query|be_lo|pg_read|pg_stat_file)') ORDER BY 1`,
    );
    expect(found.split('\n').filter((name) => !REACHING_FUNCTIONS.includes(name))).toEqual([]);
    expect(found.split('\n').length).toBeGreaterThanOrEqual(9);
  });
});
