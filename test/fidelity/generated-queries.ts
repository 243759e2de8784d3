import type { Connection } from '../../src/postgres/index.ts';

/** A column or a key of an index, as a query writes it. */
interface Key {
  readonly relation: string;
  readonly expression: string;
  /** What a literal is cast to: the base type of a domain. */
  readonly type: string;
  /** Operators that take this type on both sides and have an estimator, schema-qualified. */
  readonly operators: readonly string[];
  readonly sortable: boolean;
  readonly hashable: boolean;
}

/**
 * Keys of every user relation that has rows of its own or children: all columns, and what indexes hold beyond them
 * (expressions, other collations). An operator is one of the type itself or of what the type is taken for.
 */
const KEYS_SQL = `
WITH RECURSIVE
relations AS (
  SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relkind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.oid >= 16384 AND (c.relkind <> 'm' OR c.relispopulated)
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
),
keys AS (
  SELECT r.name AS relation, pg_catalog.quote_ident(a.attname) AS expression, a.atttypid AS typid, a.atttypmod AS typmod
    FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
   WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION
  SELECT r.name, '(' || pg_catalog.pg_get_indexdef(i.indexrelid, k.number::int, true) || ')' || CASE
           WHEN co.oid IS NULL OR co.collname = 'default' THEN ''
           ELSE pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname) END, e.atttypid, e.atttypmod
    FROM relations r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
    JOIN pg_catalog.pg_am am ON am.oid = (SELECT relam FROM pg_catalog.pg_class WHERE oid = i.indexrelid)
   CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY AS k(attnum, collation_oid, number)
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum AND k.attnum <> 0
    JOIN pg_catalog.pg_attribute e ON e.attrelid = i.indexrelid AND e.attnum = k.number
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = k.collation_oid
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
   WHERE k.number <= i.indnkeyatts AND (k.attnum = 0 OR k.collation_oid <> a.attcollation) AND am.amname IN ('btree', 'hash')
),
based AS (
  SELECT k.*, k.typid AS base, k.typmod AS basemod FROM keys k
  UNION ALL
  SELECT b.relation, b.expression, b.typid, b.typmod, t.typbasetype, t.typtypmod
    FROM based b JOIN pg_catalog.pg_type t ON t.oid = b.base AND t.typtype = 'd'
)
SELECT b.relation, b.expression, pg_catalog.format_type(b.base, b.basemod) AS type,
       ARRAY(SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname)
               FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
              WHERE o.oprleft = o.oprright AND o.oprresult = 'bool'::regtype AND o.oprrest <> 0
                AND (o.oprleft = b.base
                  OR o.oprleft = 'anyarray'::regtype AND t.typcategory = 'A'
                  OR o.oprleft = 'anyrange'::regtype AND t.typtype = 'r'
                  OR o.oprleft = 'anymultirange'::regtype AND t.typtype = 'm'
                  OR o.oprleft = 'anyenum'::regtype AND t.typtype = 'e'
                  OR o.oprleft = 'record'::regtype AND t.typtype = 'c'
                  OR o.oprleft = 'text'::regtype AND b.base = 'varchar'::regtype
                  OR o.oprleft = 'inet'::regtype AND b.base = 'cidr'::regtype)
              ORDER BY o.oid) AS operators,
       EXISTS (SELECT FROM pg_catalog.pg_opclass x JOIN pg_catalog.pg_am am ON am.oid = x.opcmethod
                WHERE am.amname = 'btree' AND x.opcdefault AND (x.opcintype = b.base
                   OR x.opcintype = 'anyarray'::regtype AND t.typcategory = 'A' AND t.typarray = 0
                   OR x.opcintype = 'anyrange'::regtype AND t.typtype = 'r'
                   OR x.opcintype = 'anymultirange'::regtype AND t.typtype = 'm'
                   OR x.opcintype = 'anyenum'::regtype AND t.typtype = 'e'
                   OR x.opcintype = 'record'::regtype AND t.typtype = 'c'
                   OR x.opcintype = 'text'::regtype AND b.base = 'varchar'::regtype
                   OR x.opcintype = 'inet'::regtype AND b.base = 'cidr'::regtype)) AS sortable,
       EXISTS (SELECT FROM pg_catalog.pg_opclass x JOIN pg_catalog.pg_am am ON am.oid = x.opcmethod
                WHERE am.amname = 'hash' AND x.opcdefault AND x.opcintype = b.base) AS hashable
  FROM based b JOIN pg_catalog.pg_type t ON t.oid = b.base
 WHERE t.typtype <> 'd'
 ORDER BY 1, 2`;

/**
 * A query for each operator with values from both ends of what the key holds, the middle and the row stored first, and
 * the queries that ask for order, groups, joins and NULLs. Values come from production's rows.
 */
export async function generatedQueries(production: Connection): Promise<string[]> {
  const queries: string[] = [];
  for (const key of await production.run<Key & Record<string, unknown>>(KEYS_SQL)) {
    const values = await valuesOf(production, key);
    queries.push(...queriesOf(key, values));
  }
  return queries;
}

/** Up to six distinct literals, the least first and the greatest last where the type has an order. */
async function valuesOf(production: Connection, { relation, expression, sortable }: Key): Promise<string[]> {
  const rows = `(SELECT ${expression} AS v FROM ${relation} WHERE ${expression} IS NOT NULL LIMIT 20000) s`;
  const all = `(SELECT ${expression} AS v FROM ${relation} WHERE ${expression} IS NOT NULL) s`;
  const stored = `SELECT v::text FROM ${rows} LIMIT 1`;
  const middle = `SELECT v::text FROM ${rows} OFFSET (SELECT count(*) / 2 FROM ${rows}) LIMIT 1`;
  const ends = sortable
    ? [
        `SELECT v::text FROM ${all} ORDER BY v LIMIT 1`,
        stored,
        middle,
        `SELECT v::text FROM ${rows} ORDER BY v OFFSET (SELECT count(*) * 2 / 3 FROM ${rows}) LIMIT 1`,
        `SELECT v::text FROM ${all} ORDER BY v DESC LIMIT 1`,
      ]
    : [stored, middle, `SELECT v::text FROM ${rows} OFFSET (SELECT count(*) - 1 FROM ${rows}) LIMIT 1`];
  const parts = ends.map((part, number) => `SELECT ${number} AS n, (${part}) AS v`);
  const sql = `SELECT quote_literal(v) AS literal FROM (${parts.join(' UNION ALL ')}) u WHERE length(v) < 500 ORDER BY n`;
  // Foreign tables that lead nowhere have statistics of none.
  const found = await production.run<{ literal: string }>(sql).catch(() => []);
  return [...new Set(found.map(({ literal }) => literal))];
}

function queriesOf(key: Key, values: readonly string[]): string[] {
  const { relation, expression, type, operators, sortable, hashable } = key;
  const literals = values.map((value) => `${value}::${type}`);
  const from = `SELECT * FROM ${relation} WHERE`;
  const compared = operators.flatMap((operator) =>
    literals.map((value) => `${from} ${expression} ${operator} ${value}`),
  );
  const least = literals[0];
  const middle = literals[Math.floor(literals.length / 2)];
  const greatest = literals.at(-1);
  const ranges =
    sortable && literals.length > 1
      ? [
          `${from} ${expression} BETWEEN ${least} AND ${middle}`,
          `${from} ${expression} > ${middle} AND ${expression} <= ${greatest}`,
          `${from} ${expression} < ${least} OR ${expression} > ${greatest}`,
          `${from} ${expression} IN (${literals.join(', ')})`,
        ]
      : [];
  const ordered = sortable
    ? [
        `SELECT * FROM ${relation} ORDER BY ${expression} LIMIT 7`,
        `SELECT * FROM ${relation} ORDER BY ${expression} DESC NULLS LAST LIMIT 7`,
        `SELECT DISTINCT ${expression} FROM ${relation}`,
      ]
    : [];
  const joined =
    /^("|\w)/.test(expression) && (sortable || hashable)
      ? [`SELECT count(*) FROM ${relation} a JOIN ${relation} b ON a.${expression} = b.${expression}`]
      : [];
  const grouped = sortable || hashable ? [`SELECT ${expression}, count(*) FROM ${relation} GROUP BY 1`] : [];
  const nulls = [`${from} ${expression} IS NULL`, `SELECT count(*) FROM ${relation} WHERE ${expression} IS NOT NULL`];
  return [...compared, ...ranges, ...ordered, ...joined, ...grouped, ...nulls];
}
