import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPlan, parsePlan } from '../../src/baseline/index.ts';
import { decodePlan } from '../../src/explain/index.ts';
import { walkPlan } from '../../src/model/plan.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { testMajors, testServer } from '../support/servers.ts';

const HOSTILE = 'a "b" on c.d (x) ->\n: {1}';
const quoted = `"${HOSTILE.replaceAll('"', '""')}"`;

const SCHEMA = `
CREATE TABLE orders (id int PRIMARY KEY, customer int, at timestamptz, amount numeric, tags text[]);
INSERT INTO orders SELECT i, i % 100, now(), i, ARRAY['t' || i] FROM generate_series(1, 20000) AS i;
CREATE INDEX ON orders (customer);
CREATE INDEX ON orders (amount);
CREATE INDEX ON orders USING gin (tags);
CREATE TABLE parts (id int NOT NULL, note text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
CREATE SCHEMA ${quoted};
CREATE TABLE ${quoted}.${quoted} (${quoted} text PRIMARY KEY, "Upper" int);
INSERT INTO ${quoted}.${quoted} SELECT i, i FROM generate_series(1, 1000) AS i;
ANALYZE;`;

const QUERIES = [
  'SELECT 1',
  "SELECT 'true', 'it''s', E'new\\nline'",
  'VALUES (1), (2)',
  'SELECT * FROM generate_series(1, 10) AS g',
  'SELECT * FROM (VALUES (1), (2)) AS v (x) ORDER BY x',
  'SELECT * FROM orders WHERE customer = 1 OR amount < 10',
  "SELECT * FROM orders WHERE tags @> ARRAY['t1']",
  'SELECT * FROM orders a JOIN orders b USING (customer) JOIN orders c ON c.id = b.id WHERE a.id < 10',
  'SELECT *, (SELECT max(id) FROM orders i WHERE i.customer = o.customer) FROM orders o WHERE id IN (SELECT id FROM parts)',
  'SELECT * FROM orders WHERE id NOT IN (SELECT id FROM parts) AND amount > (SELECT avg(amount) FROM orders)',
  'WITH r AS MATERIALIZED (SELECT * FROM orders) SELECT * FROM r JOIN r AS s USING (id)',
  'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT * FROM n',
  'SELECT * FROM parts ORDER BY note',
  'SELECT id FROM parts UNION SELECT id FROM orders EXCEPT SELECT 1',
  'SELECT customer, at, sum(amount) FROM orders GROUP BY GROUPING SETS ((customer, at), ())',
  'SELECT DISTINCT ON (customer) *, row_number() OVER (PARTITION BY customer ORDER BY amount) FROM orders',
  'SELECT * FROM orders TABLESAMPLE BERNOULLI (1) LIMIT 5 OFFSET 2',
  'INSERT INTO orders VALUES (1) ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE orders.customer = 2',
  'UPDATE parts SET note = upper(note) WHERE id = 3',
  'DELETE FROM parts USING orders WHERE orders.id = parts.id',
  'MERGE INTO orders USING parts ON parts.id = orders.id WHEN MATCHED THEN DELETE',
  'SELECT * FROM parts, LATERAL (SELECT * FROM orders WHERE orders.id = parts.id LIMIT 1) AS "Sub Query"',
  `SELECT * FROM ${quoted}.${quoted} AS ${quoted} WHERE ${quoted} = 'x'`,
  `SELECT ${quoted}, count(*) FROM ${quoted}.${quoted} AS "on" GROUP BY 1 ORDER BY 1`,
  `SELECT * FROM unnest(ARRAY[1]) AS ${quoted}`,
];

for (const major of await testMajors()) {
  describe(`the text of plans of PostgreSQL ${major}`, () => {
    let connection: Connection;
    beforeAll(async () => {
      const server = await testServer(major);
      if (server === null) throw new Error(`no PostgreSQL ${major}`);
      const database = await server.createDatabase();
      await server.psql(database, SCHEMA);
      connection = await connect(server.url(database), 'target');
    });
    afterAll(() => connection?.close());

    it.each(QUERIES.map((query) => [query]))('is lossless for %s', async (query) => {
      for (const seqscan of ['on', 'off']) {
        await connection.run(
          `SET enable_seqscan = ${seqscan}; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0`,
        );
        const [row] = await connection.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON, VERBOSE) ${query}`);
        const plan = decodePlan(row?.['QUERY PLAN']);
        const lines = formatPlan(plan);
        expect(parsePlan(lines)).toStrictEqual(plan);
        expect(lines.filter((line) => /^ *-> /.test(line))).toHaveLength([...walkPlan(plan)].length);
        const relationships = lines.filter((line) => line.includes('Parent Relationship'));
        expect(relationships.filter((line) => !/: (?:InitPlan|SubPlan)$/.test(line))).toEqual([]);
      }
    });
  });
}
