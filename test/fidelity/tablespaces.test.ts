import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { dumpSchema, explainAll, putInto, withSession, withSnapshot } from './lab.ts';

/** Relations of each kind, with indexes, in tablespaces of their own or of each other. */
const SCHEMA = `
CREATE SCHEMA inspect; CREATE EXTENSION pageinspect SCHEMA inspect;
CREATE TABLE orders (id int PRIMARY KEY USING INDEX TABLESPACE pg_default, customer int, tags int[], at timestamptz) TABLESPACE test_slow;
CREATE INDEX orders_customer ON orders (customer) TABLESPACE test_fast;
CREATE INDEX orders_tags ON orders USING gin (tags) TABLESPACE test_fast;
CREATE INDEX orders_at ON orders USING brin (at) WITH (pages_per_range = 4) TABLESPACE test_slow;
CREATE TABLE customers (id int PRIMARY KEY USING INDEX TABLESPACE test_slow, name text) TABLESPACE test_fast;
CREATE TABLE plain (id int PRIMARY KEY, customer int);
CREATE INDEX plain_customer ON plain (customer) TABLESPACE test_slow;
CREATE TABLE parts (id int, note text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10000) TABLESPACE test_slow;
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10000) TO (20000);
CREATE INDEX parts_id ON parts (id);
CREATE MATERIALIZED VIEW daily TABLESPACE test_slow AS SELECT id % 300 AS day, count(*) AS orders FROM plain GROUP BY 1;
CREATE INDEX daily_day ON daily (day) TABLESPACE test_fast;
`;
const FILL = `
INSERT INTO orders SELECT i, i % 500, ARRAY[i % 50, i % 7], '2026-01-01 00:00+00'::timestamptz + i * interval '1 minute'
  FROM generate_series(1, 20000) AS i;
INSERT INTO customers SELECT i, 'name ' || i FROM generate_series(1, 3000) AS i;
INSERT INTO plain SELECT i, i % 900 FROM generate_series(1, 15000) AS i;
INSERT INTO parts SELECT i, 'note ' || i FROM generate_series(1, 19000) AS i;
REFRESH MATERIALIZED VIEW daily;
VACUUM ANALYZE;`;

const QUERIES = [
  'SELECT * FROM orders',
  'SELECT * FROM orders WHERE id = 17',
  'SELECT * FROM orders WHERE customer = 17',
  'SELECT * FROM orders WHERE customer BETWEEN 17 AND 40 ORDER BY at',
  'SELECT customer FROM orders WHERE customer < 100',
  'SELECT * FROM orders WHERE tags @> ARRAY[3]',
  `SELECT * FROM orders WHERE at < '2026-01-02 00:00+00'`,
  'SELECT * FROM orders TABLESAMPLE SYSTEM (5)',
  `SELECT * FROM orders WHERE ctid = '(3,4)'`,
  'SELECT * FROM orders o JOIN customers c ON c.id = o.customer WHERE c.id < 50',
  'SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer JOIN plain p ON p.customer = c.id',
  'SELECT * FROM plain WHERE customer = 3',
  'SELECT * FROM plain ORDER BY id LIMIT 10',
  'SELECT * FROM parts WHERE id BETWEEN 9000 AND 11000',
  'SELECT * FROM parts a JOIN parts b USING (id) WHERE a.id < 300',
  'SELECT * FROM daily WHERE day < 40',
  'UPDATE orders SET customer = 1 WHERE id < 100',
];

const MAKE = `
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE test_slow LOCATION '' WITH (random_page_cost = 13, seq_page_cost = 7.50, effective_io_concurrency = 9);
CREATE TABLESPACE test_fast LOCATION '' WITH (random_page_cost = 1.1);`;

const majors = (await testMajors()).filter((major) => major >= 15);

describe.runIf(majors.length > 0).each(majors)('costs of tablespaces on PostgreSQL %i', (major) => {
  let server: TestServer;

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
  });

  const plansOf = (database: string) => withSession(server, database, (session) => explainAll(session, QUERIES));
  const differing = async (database: string, expected: readonly string[]) => {
    const plans = await plansOf(database);
    return QUERIES.filter((_, at) => plans[at] !== expected[at]);
  };
  const run = (sql: string) => server.psql('postgres', sql);
  const tablespaces = async () =>
    (await server.psql('postgres', `SELECT spcname FROM pg_tablespace WHERE spcname !~ '^pg_' ORDER BY 1`)).split('\n');

  async function production(place: string): Promise<string> {
    if (!(await tablespaces()).includes('test_slow')) await run(MAKE);
    const database = await server.createDatabase();
    if (place !== '') await run(`ALTER DATABASE "${database}" SET TABLESPACE ${place}`);
    await server.psql(database, SCHEMA + FILL);
    return database;
  }

  /** Ends production, and all that it had its tablespaces for. */
  async function remove(database: string, more: readonly string[] = []): Promise<void> {
    for (const each of [database, ...more]) await run(`DROP DATABASE "${each}" WITH (FORCE)`);
    for (const name of await tablespaces()) await run(`DROP TABLESPACE "${name}"`);
  }

  it('are those of tablespaces with the same costs, whatever their names, also made for them', async () => {
    const source = await production('');
    const expected = await plansOf(source);
    const schema = await dumpSchema(server, source, ['--no-tablespaces']);
    const [copy, later] = [await server.createDatabase(), await server.createDatabase()];
    await withSnapshot(server, source, async (snapshot) => {
      await remove(source);
      await run(
        `SET allow_in_place_tablespaces = on;\nCREATE TABLESPACE other LOCATION '' WITH (random_page_cost = '1.10')`,
      );
      await server.psql(copy, schema);
      await server.psql(later, schema);
      expect(await putInto(server, snapshot, copy)).toMatchObject({ missing: [], unknown: [], refused: [] });
      expect(await differing(copy, expected)).toEqual([]);
      const made = ['other', 'regress_random_page_cost_13_seq_page_cost_7.5'];
      expect(await tablespaces()).toEqual(made);
      await putInto(server, snapshot, later);
      await putInto(server, snapshot, later);
      expect(await differing(later, expected)).toEqual([]);
      expect(await tablespaces()).toEqual(made);
    });
    const without = await withSession(server, copy, async (session) => {
      await session.run('SET regress_planner.tablespaces = off');
      return explainAll(session, QUERIES);
    });
    expect(without.filter((plan, at) => plan === expected[at])).toHaveLength(1);
    await remove(copy, [later]);
  });

  it('hold for what is in the default tablespace of a database that has costs, and of one that has none', async () => {
    const source = await production('test_fast');
    const elsewhere = await production('');
    const [costly, costless] = [await plansOf(source), await plansOf(elsewhere)];
    const schema = await dumpSchema(server, source);
    onTestFinished(async () => void (await run('ALTER TABLESPACE pg_default RESET (random_page_cost, seq_page_cost)')));
    await withSnapshot(server, source, (ofCostly) =>
      withSnapshot(server, elsewhere, async (ofCostless) => {
        await run('ALTER TABLESPACE pg_default SET (random_page_cost = 40, seq_page_cost = 20)');
        const copy = await server.createDatabase();
        await server.psql(copy, schema);
        await putInto(server, ofCostly, copy);
        expect(await differing(copy, costly)).toEqual([]);
        await putInto(server, ofCostless, copy);
        expect(await differing(copy, costless)).toEqual([]);
        expect(await tablespaces()).toContain('regress_default_costs');
        await remove(source, [elsewhere, copy]);
      }),
    );
  });

  it('are said to be missing where no tablespace can be made', async () => {
    const source = await production('');
    const schema = await dumpSchema(server, source, ['--no-tablespaces']);
    const copy = await server.createDatabase();
    await withSnapshot(server, source, async (snapshot) => {
      await remove(source);
      await server.psql(copy, schema);
      // A name that is taken, by one with other costs.
      await run(
        `SET allow_in_place_tablespaces = on;\nCREATE TABLESPACE "regress_random_page_cost_1.1" LOCATION '' WITH (random_page_cost = 2)`,
      );
      const { refused } = await putInto(server, snapshot, copy);
      expect(refused).toEqual([
        {
          object: 'tablespace test_fast',
          what: 'page costs',
          message: 'tablespace "regress_random_page_cost_1.1" already exists',
        },
      ]);
    });
    await remove(copy);
  });
});
