import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainQuery, isGenericAfterFive, unfitCases } from '../../src/explain/index.ts';
import { type PlanNode, walkPlan } from '../../src/model/plan.ts';
import type { ParameterValue, PlannedCase, Query } from '../../src/model/suite.ts';
import { type Connection, connect, DatabaseError } from '../../src/postgres/index.ts';
import { testMajors, testServer } from '../support/servers.ts';

const SCHEMA = `
CREATE TABLE orders (id int PRIMARY KEY, state text NOT NULL, tags text[], doc jsonb, amount numeric, at timestamptz);
INSERT INTO orders SELECT i, CASE WHEN i = 1 THEN 'rare' ELSE 'common' END, ARRAY['a'], '{"k": [1, 2]}', i, now()
  FROM generate_series(1, 5000) AS i;
CREATE INDEX orders_state_idx ON orders (state);
CREATE DOMAIN document AS jsonb;
CREATE TABLE parts (id int NOT NULL, note text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
CREATE TABLE ruled (id int);
CREATE RULE log AS ON INSERT TO ruled DO ALSO INSERT INTO parts VALUES (new.id, 'log');
CREATE TABLE ignored (id int);
CREATE RULE ignore AS ON INSERT TO ignored DO INSTEAD NOTHING;
-- Falsely immutable, so that the planner itself evaluates it.
CREATE FUNCTION planned_under(name text) RETURNS text IMMUTABLE LANGUAGE plpgsql
  AS $$ BEGIN RETURN coalesce(current_setting(name, true), ''); END $$;
CREATE SCHEMA other;
CREATE TABLE other.hidden (id int);
ANALYZE;`;

const PLAIN: PlannedCase = { name: null, generic: false, values: [] };
const GENERIC: PlannedCase = { name: 'generic', generic: true, values: [] };
const bound = (...values: ParameterValue[]): PlannedCase => ({ name: 'case', generic: false, values });

function query(statement: string, parameters = 0, settings: Record<string, string> = {}): Query {
  return {
    name: 'q',
    sql: statement,
    statement,
    parameters: Array.from({ length: parameters }, (_, index) => String(index + 1)),
    cases: [],
    generic: false,
    settings,
    thresholds: {},
    expect: {},
    file: 'suites/q.sql',
    line: 1,
  };
}

const nodes = (plan: PlanNode) => [...walkPlan(plan)].map(({ nodeType }) => nodeType);
const text = (plan: PlanNode) => JSON.stringify(plan);

for (const major of await testMajors()) {
  describe(`explainQuery on PostgreSQL ${major}`, () => {
    let connection: Connection;

    beforeAll(async () => {
      const server = await testServer(major);
      if (server === null) throw new Error(`no PostgreSQL ${major}`);
      const database = await server.createDatabase();
      await server.psql(database, SCHEMA);
      connection = await connect(server.url(database), 'target');
    });
    afterAll(() => connection?.close());

    const explain = (asked: Query, planned = PLAIN, now: string | null = null) =>
      explainQuery(connection, asked, planned, { major, now, role: null, settings: {} });
    const refusal = (asked: Query, planned = PLAIN) =>
      explain(asked, planned).then(
        () => undefined,
        (error: unknown) => error as DatabaseError,
      );

    it('gives the plan of EXPLAIN', async () => {
      const plan = await explain(query("SELECT id FROM orders o WHERE state = 'rare'"));
      expect(plan).toMatchObject({
        nodeType: 'Index Scan',
        schema: 'public',
        relationName: 'orders',
        alias: 'o',
        indexName: 'orders_state_idx',
        planRows: 1,
      });
      expect(plan.properties).not.toHaveProperty('Output');
      const rows = await connection.query<{ 'QUERY PLAN': [{ Plan: Record<string, unknown> }] }>(
        "EXPLAIN (FORMAT JSON) SELECT id FROM orders o WHERE state = 'rare'",
      );
      expect(plan.totalCost).toBe(rows[0]?.['QUERY PLAN'][0].Plan['Total Cost']);
    });

    it('plans a case for its values and the generic plan for none', async () => {
      const byState = query('SELECT id FROM orders WHERE state = $1', 1);
      expect(nodes(await explain(byState, bound('rare')))).toEqual(['Index Scan']);
      expect(nodes(await explain(byState, bound('common')))).toEqual(['Seq Scan']);
      const generic = await explain(byState, GENERIC);
      expect(text(generic)).toContain('(orders.state = $1)');
      expect(generic.planRows).toBe(2500);
    });

    it('plans a generic plan that names a parameter twice and of two types', async () => {
      const plan = await explain(
        query('SELECT id FROM orders WHERE id > $1 AND id < $1 + 5 AND state = $2', 2),
        GENERIC,
      );
      expect(text(plan)).toContain('$2');
    });

    it.each<[string, string, ParameterValue, string]>([
      ['a number', 'id = $1', 17, '(orders.id = 17)'],
      ['a decimal number', 'amount = $1', 1.5, '(orders.amount = 1.5)'],
      ['true', '(id > 1) = $1', true, '(orders.id > 1)'],
      ['null', 'id = $1', null, 'false'],
      ['an array', 'tags && $1', ['a', 'b,"c'], `'{a,\\"b,\\\\\\"c\\"}'::text[]`],
      ['an array of numbers', 'id = ANY ($1)', [1, 2], "'{1,2}'::integer[]"],
      ['an object', 'doc @> $1', { k: [1] }, `'{\\"k\\": [1]}'::jsonb`],
      ['a list for jsonb', 'doc @> $1', [1, 'a'], `'[1, \\"a\\"]'::jsonb`],
      ['a list for a domain over jsonb', 'doc @> $1::document', [1], `'[1]'::jsonb`],
      ['an array of objects', 'doc = ANY ($1::jsonb[])', [{ k: 1 }], `::jsonb[]`],
      ['a quote', 'state = $1', "it's; DROP TABLE orders", "'it''s; DROP TABLE orders'::text"],
    ])('binds %s', async (_, condition, value, expected) => {
      expect(text(await explain(query(`SELECT id FROM orders WHERE ${condition}`, 1), bound(value)))).toContain(
        expected,
      );
    });

    it.each<[string, string, readonly ParameterValue[], Record<string, string>, boolean]>([
      ['alike for all values', 'id = $1', [5], {}, true],
      ['far dearer', 'state = $1', ['rare'], {}, false],
      ['far dearer, but forced', 'state = $1', ['rare'], { plan_cache_mode: 'force_generic_plan' }, true],
      ['not wanted', 'id = $1', [5], { plan_cache_mode: 'force_custom_plan' }, false],
      ['of arrays and null', 'tags && $1 AND state = $2', [['a', 'b,"c\\', null], null], {}, false],
      ['of json', 'doc = $1 AND doc <> $2', [[1, 'a'], { k: "it's" }], {}, true],
    ])('says whether the generic plan is taken: one that is %s', async (_, condition, values, settings, taken) => {
      const asked = query(`SELECT id FROM orders WHERE ${condition}`, values.length, settings);
      const context = { major, now: null, role: null, settings: {} };
      expect(await isGenericAfterFive(connection, asked, values, context)).toBe(taken);
      expect(await connection.query('SELECT name FROM pg_prepared_statements')).toEqual([]);
    });

    it('finds the cases whose values do not fit', async () => {
      const asked = query('SELECT id FROM orders WHERE id = $1 AND at > $2 AND doc @> $3', 3);
      const cases = [
        { name: 'good', values: ['17', '2026-01-01', [1]] },
        { name: 'bad', values: ['seventeen', '2026-01-01', null] },
        { name: 'late', values: ['1', '2026-13-01', null] },
      ];
      const context = { major, now: null, role: null, settings: {} };
      expect([...(await unfitCases(connection, asked, cases, context))]).toEqual([
        ['bad', 'invalid input syntax for type integer: "seventeen"'],
        ['late', 'date/time field value out of range: "2026-13-01"'],
      ]);
      expect((await unfitCases(connection, query('SELECT $1 FROM gone', 1), cases, context)).size).toBe(0);
    });

    it("plans under the query's settings, and under none of them afterwards", async () => {
      const all = query('SELECT * FROM orders ORDER BY id', 0, { enable_seqscan: 'off', enable_sort: 'off' });
      expect(nodes(await explain(all))).toEqual(['Index Scan']);
      expect(nodes(await explain(query('SELECT * FROM hidden', 0, { search_path: 'public, other' })))).toEqual([
        'Seq Scan',
      ]);
      expect(nodes(await explain(query('SELECT * FROM orders')))).toEqual(['Seq Scan']);
      const [row] = await connection.query<{ n: string }>("SELECT current_setting('enable_seqscan') AS n");
      expect(row?.n).toBe('on');
    });

    it.each([
      ['jit', 'off'],
      ['transaction_read_only', 'on'],
      ['statement_timeout', '1min'],
      ['regress_planner.now', '2026-05-01 12:00:00+00'],
    ])('plans with %s = %s', async (name, value) => {
      const asked = query(`SELECT id FROM orders WHERE state = planned_under('${name}')`);
      expect(text(await explain(asked, PLAIN, '2026-05-01 12:00:00+00'))).toContain(`'${value}'::text`);
    });

    it('leaves the clock alone without a time', async () => {
      const asked = query("SELECT id FROM orders WHERE state = planned_under('regress_planner.now')");
      expect(text(await explain(asked))).toContain("''::text");
    });

    it.each<[string, Query, PlannedCase, string, number | undefined]>([
      ['an unknown table', query('SELECT * FROM nowhere'), PLAIN, 'relation "nowhere" does not exist', 15],
      [
        'an unknown column of a generic plan',
        query('SELECT é FROM orders WHERE id = $1', 1),
        GENERIC,
        'column "é" does not exist',
        8,
      ],
      ['a syntax error', query('SELECT FROM WHERE'), PLAIN, 'syntax error at or near "WHERE"', 13],
      [
        'a value of the wrong type',
        query('SELECT * FROM orders WHERE id = $1', 1),
        bound('abc'),
        'invalid input syntax for type integer: "abc"',
        undefined,
      ],
      [
        'a bad value of a setting',
        query('SELECT 1', 0, { work_mem: 'much' }),
        PLAIN,
        'invalid value for parameter "work_mem": "much"',
        undefined,
      ],
      [
        'a failing array query',
        query('SELECT * FROM orders WHERE nope = ANY ($1::int[])', 1),
        bound([1]),
        'column "nope" does not exist',
        28,
      ],
      [
        'two statements',
        query('SELECT 1; DROP TABLE orders'),
        PLAIN,
        'cannot insert multiple commands into a prepared statement',
        undefined,
      ],
    ])(
      "fails with PostgreSQL's message for %s and leaves the connection usable",
      async (_, asked, planned, message, position) => {
        const error = await refusal(asked, planned);
        expect(error).toBeInstanceOf(DatabaseError);
        expect(error?.message).toBe(message);
        if (position !== undefined) expect(Number(error?.position)).toBe(position);
        await expect(explain(query('SELECT * FROM orders WHERE id = ANY ($1)', 1), bound([1]))).resolves.toBeDefined();
        await expect(explain(query('SELECT * FROM orders WHERE id = $1', 1), GENERIC)).resolves.toBeDefined();
      },
    );

    it('executes nothing', async () => {
      const plan = await explain(query('DELETE FROM orders WHERE id = $1 RETURNING *', 1), bound(1));
      expect(nodes(plan)).toEqual(['ModifyTable', 'Index Scan']);
      await explain(query('UPDATE orders SET state = $1', 1), GENERIC);
      const [row] = await connection.query<{ n: string }>("SELECT count(*) AS n FROM orders WHERE state <> 'x'");
      expect(row?.n).toBe('5000');
    });

    it('plans what rules make of a query', async () => {
      const logged = await explain(query('INSERT INTO ruled VALUES (1)'));
      expect(logged).toMatchObject({ nodeType: 'Rewritten Query' });
      expect(logged.plans.map(({ relationName }) => relationName)).toEqual(['ruled', 'parts']);
      expect(await explain(query('INSERT INTO ignored VALUES (1)'))).toMatchObject({
        nodeType: 'Rewritten Query',
        plans: [],
      });
    });

    it('ends a plan that takes too long', async () => {
      await expect(explain(query('SELECT pg_catalog.pg_sleep(90)'))).resolves.toBeDefined();
      const tables = Array.from({ length: 14 }, (_, i) => `JOIN orders o${i} ON o${i}.id = o.id + ${i}`).join(' ');
      const joins = query(`SELECT 1 FROM orders o ${tables}`, 0, {
        join_collapse_limit: '20',
        geqo: 'off',
      });
      const context = { major, now: null, role: null, settings: {}, timeout: 20 };
      await expect(explainQuery(connection, joins, PLAIN, context)).rejects.toMatchObject({ code: '57014' });
      await expect(explain(query('SELECT 1'))).resolves.toBeDefined();
    });

    it('says that the connection is lost', async () => {
      const server = await testServer(major);
      const doomed = await connect(server?.url('postgres') ?? '', 'target');
      await connection.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', ['postgres']);
      await expect(
        explainQuery(doomed, query('SELECT 1'), PLAIN, { major, now: null, role: null, settings: {} }),
      ).rejects.toMatchObject({
        code: 'connection',
        message: expect.stringContaining('lost the connection'),
      });
      await doomed.close().catch(() => undefined);
    });
  });
}
