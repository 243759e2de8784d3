import { beforeAll, describe, expect, it } from 'vitest';
import { type Shape, shapeOf } from '../../src/sql/shape.ts';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';
import { splitStatements } from '../../src/sql/text/statement.ts';
import { gatherQueries } from '../../src/suite/gather.ts';
import { isNameOf, queryName } from '../../src/suite/query-name.ts';
import { tagsOf } from '../../src/suite/tags.ts';

beforeAll(loadScanner);

const shape = (sql: string) => shapeOf(sql) as Shape;
const seen = (text: string, calls = 1, totalExecTime: number | null = calls) => ({ text, calls, totalExecTime });
const gather = (texts: readonly (string | ReturnType<typeof seen>)[], options = {}) =>
  gatherQueries(
    texts.map((text) => (typeof text === 'string' ? seen(text) : text)),
    { catalogs: false, tests: false, ...options },
  );

describe('shapeOf', () => {
  it.each([
    ['constants and parameters', 'SELECT a FROM t WHERE b = $1 LIMIT $2', "select a from t where b = 'x' limit 5"],
    ['spelling and comments', 'SELECT a FROM t WHERE b = $1', 'select "a"\n from t /* here */ where b=$1 -- there'],
    ['lengths of lists', 'SELECT a FROM t WHERE b IN ($1)', 'SELECT a FROM t WHERE b IN (1, 2, 3)'],
    ['rows of VALUES', 'INSERT INTO t VALUES ($1)', 'INSERT INTO t VALUES ($1), ($2)'],
  ])('is the same whatever the %s', (_, a, b) => {
    expect(shape(a).digest).toBe(shape(b).digest);
  });

  it.each([
    ['= and IN', 'SELECT a FROM t WHERE b = $1', 'SELECT a FROM t WHERE b IN ($1, $2)'],
    ['= and = ANY', 'SELECT a FROM t WHERE b = $1', 'SELECT a FROM t WHERE b = ANY ($1)'],
    ['IN and = ANY', 'SELECT a FROM t WHERE b IN ($1)', 'SELECT a FROM t WHERE b = ANY ($1)'],
    ['order', 'SELECT a FROM t ORDER BY a, b', 'SELECT a FROM t ORDER BY b, a'],
    ['locks', 'SELECT a FROM t', 'SELECT a FROM t FOR UPDATE'],
  ])('tells %s apart', (_, a, b) => {
    expect(shape(a).digest).not.toBe(shape(b).digest);
  });

  it.each([['COMMIT'], ['SELECT a INTO b FROM t'], ['CREATE TABLE b AS SELECT a FROM t'], ['SELECT FROM WHERE'], ['']])(
    'is none for %j',
    (sql) => expect(shapeOf(sql)).toBeNull(),
  );
});

describe('queryName', () => {
  const none = new Set<string>();

  it.each([
    ['SELECT a FROM orders o JOIN shop.order_items i USING (id)', 'select-orders-order-items'],
    ['SELECT a FROM "OrderItems", "a b"', 'select-order-items-a-b'],
    ['WITH x AS (SELECT 1 FROM t) SELECT a FROM x', 'select-t'],
    ['SELECT a FROM t1, t2, t3, t4', 'select-t1-t2-t3'],
    ['INSERT INTO a SELECT b FROM c', 'insert-a-c'],
    ['UPDATE a SET b = 1 FROM c', 'update-a-c'],
    ['DELETE FROM a WHERE b = 1', 'delete-a'],
    ['MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE', 'merge-a-b'],
    ['SELECT a FROM search_orders($1)', 'select-search-orders'],
    ['VALUES (1)', 'select'],
  ])('names %s', (sql, stem) => {
    expect(queryName(shape(sql), none)).toMatch(new RegExp(`^${stem}-[0-9a-f]{6}$`));
  });

  it('takes more of the digest where a name is taken, and knows its own names', () => {
    const of = shape('SELECT a FROM t');
    const taken = new Set<string>();
    for (const length of [6, 8, 10, 12, 14, 16]) {
      const name = queryName(of, taken);
      expect(name).toBe(`select-t-${of.digest.slice(0, length)}`);
      expect(isNameOf(name, of)).toBe(true);
      taken.add(name);
    }
    expect(queryName(of, taken)).toBe(`select-t-${of.digest}-2`);
    expect(isNameOf(`select-t-${of.digest}-2`, of)).toBe(true);
    expect(isNameOf('select-t-000000', of)).toBe(false);
    expect(isNameOf('recent-orders', of)).toBe(false);
  });
});

describe('tagsOf', () => {
  it.each([
    [["/*action='%2Fshow',controller='orders',traceparent='00-5b-01'*/"], { action: '/show', controller: 'orders' }],
    [["/* route='\\'quoted\\'' */"], { route: "'quoted'" }],
    [
      ['/*application:Shop,controller:orders,action:show*/'],
      { action: 'show', application: 'Shop', controller: 'orders' },
    ],
    [['-- just words: here', '/* and, there */'], {}],
    [["/*route='%E0%A4%A'*/"], { route: '%E0%A4%A' }],
  ])('of %j', (comments, expected) => {
    expect(tagsOf(comments)).toEqual(expected);
  });
});

describe('gatherQueries', () => {
  it('makes one of the same query of several users, comments and lists', () => {
    const { candidates } = gather([
      seen("SELECT a FROM t WHERE b IN ($1, $2) /*route='%2Fa'*/", 5, 10),
      seen('SELECT a FROM t WHERE b IN ($1, $2)', 3, 8),
      seen('SELECT a FROM t WHERE b IN ($1, $2, $3)', 7, 70),
      seen('SELECT a FROM t WHERE b IN ($1)', 1, 1),
    ]);
    expect(candidates).toMatchObject([
      {
        sql: 'SELECT a FROM t WHERE b IN ($1, $2)',
        calls: 16,
        totalExecTime: 89,
        tags: { route: '/a' },
        notes: ['list lengths: 2, the most common; also seen: 1, 3'],
        lost: null,
      },
    ]);
  });

  it('makes a parameter of a constant that differs, and keeps one that does not', () => {
    const { candidates } = gather([
      "SELECT a FROM t WHERE b = 17 AND c = 'open' AND d > date '2026-01-01'",
      "SELECT a FROM t WHERE b = 18 AND c = 'open' AND d > date '2026-02-01'",
    ]);
    expect(candidates).toMatchObject([{ sql: "SELECT a FROM t WHERE b = $1 AND c = 'open' AND d > $2::date" }]);
  });

  it('keeps the column that ORDER BY names by its number', () => {
    const { candidates } = gather(['SELECT a, b FROM t ORDER BY 1', 'SELECT a, b FROM t ORDER BY 2']);
    for (const { sql } of candidates) expect(sql).toMatch(/ORDER BY [12]$/);
  });

  it.each([
    ['BEGIN', 'not a single SELECT'],
    ["SET search_path = ''", 'not a single SELECT'],
    ['EXPLAIN SELECT a FROM t', 'not a single SELECT'],
    ['DECLARE c CURSOR FOR SELECT a FROM t', 'not a single SELECT'],
    ['SELECT a FROM t; SELECT b FROM t', 'not a single SELECT'],
    ['SELECT $1', 'no table'],
    ['SELECT count(*) FROM generate_series($1, $2)', 'no table'],
    ['SELECT a FROM pg_class', 'catalogs'],
    ['SELECT a FROM information_schema.tables, pg_catalog.pg_class', 'catalogs'],
    ['SELECT query FROM stats.pg_stat_statements WHERE calls > $1', 'catalogs'],
    ['SELECT * FROM regress.column_stats($1)', "regress's own"],
    [
      `SELECT $1 AS branch, q.value FROM (SELECT pg_catalog.format($2, ("Id")) AS value FROM ONLY "S"."T" AS regress_0
WHERE ("Id") IS DISTINCT FROM NULL ORDER BY ("Id") ASC NULLS LAST LIMIT $3) AS q
UNION ALL
SELECT $4 AS branch, q.value FROM (SELECT pg_catalog.format($5, ("Id")) AS value FROM ONLY "S"."T" AS regress_1
WHERE ("Id") IS DISTINCT FROM NULL ORDER BY ("Id") DESC NULLS FIRST LIMIT $6) AS q`,
      "regress's own",
    ],
    [
      'SELECT format($1, id) FROM ONLY t WHERE id IS DISTINCT FROM NULL ORDER BY id DESC NULLS FIRST LIMIT $2',
      "regress's own",
    ],
    ['SELECT $2 FROM ONLY "public"."t" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x', "PostgreSQL's own"],
  ])('leaves out %s', (text, reason) => {
    const { candidates, leftOut } = gather([text]);
    expect(candidates).toEqual([]);
    expect([...leftOut.keys()]).toEqual([expect.stringContaining(reason)]);
  });

  it('keeps catalog queries where they are asked for, and only what matches', () => {
    const texts = ['SELECT a FROM pg_class', 'SELECT a FROM t'];
    expect(gather(texts, { catalogs: true }).candidates).toHaveLength(2);
    expect(gather(texts, { matching: /from T$/i }).candidates).toMatchObject([{ sql: 'SELECT a FROM t' }]);
  });

  it.each([
    ['INSERT INTO t VALUES ($1, $2), ($3, $4)'],
    ['DELETE FROM t'],
    ['SELECT id FROM "_prisma_migrations" ORDER BY started_at'],
    ['insert into "drizzle"."__drizzle_migrations" ("hash") values($1)'],
  ])('leaves out of a test run %s', (text) => {
    expect(gather([text], { tests: true }).candidates).toEqual([]);
    expect(gather([text], { tests: false }).candidates).toHaveLength(1);
  });

  it.each([['INSERT INTO t VALUES ($1, $2)'], ['DELETE FROM t WHERE a = $1'], ['UPDATE t SET a = $1']])(
    'keeps of a test run %s',
    (text) => expect(gather([text], { tests: true }).candidates).toHaveLength(1),
  );

  it('says that ON CONFLICT names no index any more', () => {
    const sql = (value: string) => `INSERT INTO t (a) VALUES (1) ON CONFLICT (a) WHERE b = ${value} DO NOTHING`;
    expect(gather([sql('$1')]).candidates).toMatchObject([{ lost: expect.stringContaining('ON CONFLICT') }]);
    expect(gather([sql("'open'")]).candidates).toMatchObject([{ lost: null }]);
  });
});

describe('splitStatements', () => {
  it.each([
    ['SELECT 1', ['SELECT 1']],
    ["BEGIN; SELECT ';' -- ; \n FROM t; COMMIT;", ['BEGIN', " SELECT ';' -- ; \n FROM t", ' COMMIT']],
    ["SELECT 'open;", ["SELECT 'open;"]],
    [';;', []],
  ])('of %j', (text, expected) => {
    expect(splitStatements(text)).toEqual(expected);
  });
});
