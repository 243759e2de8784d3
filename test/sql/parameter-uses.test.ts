import { beforeAll, describe, expect, it } from 'vitest';
import type { FindRelation, ParameterUse } from '../../src/model/sql/parameter-use.ts';
import { parameterUses } from '../../src/sql/parameter-uses.ts';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';

beforeAll(loadScanner);

const TABLES: Readonly<Record<string, readonly string[]>> = {
  'public.orders': ['id', 'customer_id', 'status', 'placed_at', 'net_total'],
  'public.customers': ['id', 'email', 'country', 'tags'],
  'archive.orders': ['id', 'customer_id', 'placed_at'],
};
const VIEWS: Readonly<Record<string, string>> = {
  'public.open_orders': "SELECT o.id, o.customer_id AS buyer FROM orders o WHERE o.status = 'open'",
};

const find: FindRelation = (schemaname = 'public', relname) => {
  const name = `${schemaname}.${relname}`;
  if (VIEWS[name] !== undefined) return { kind: 'view', definition: VIEWS[name] };
  const columns = TABLES[name];
  return columns && { kind: 'table', schemaname, relname, columns };
};

/** `orders.id =`, with what else the query does to the value; or the kind of use. */
function said(use: ParameterUse): string {
  if (use.kind === 'output')
    return use.column === null ? 'output' : `output ${use.column.relname}.${use.column.attname}`;
  if (use.kind !== 'compared') return use.kind;
  const { column, operator, shape } = use;
  const schema = column.schemaname === 'public' ? '' : `${column.schemaname}.`;
  const text = shape.before === '' && shape.after === '' ? '' : ` ${shape.before}…${shape.after}`;
  const through = shape.through === null ? '' : ` by ${shape.through}`;
  return `${schema}${column.relname}.${column.attname} ${operator}${text}${shape.plus === 0 ? '' : ` plus ${shape.plus}`}${through}`;
}

const uses = (statement: string) => {
  const parameters = Math.max(0, ...[...statement.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])));
  return parameterUses(statement, parameters, find).map(said);
};

describe('parameters compared with columns', () => {
  it.each([
    ['SELECT 1 FROM orders WHERE customer_id = $1', ['orders.customer_id =']],
    ['SELECT 1 FROM orders WHERE $1 = customer_id', ['orders.customer_id =']],
    ['SELECT 1 FROM orders WHERE $1 < placed_at AND $2 >= placed_at', ['orders.placed_at >', 'orders.placed_at <=']],
    ['SELECT 1 FROM orders WHERE placed_at BETWEEN $1 AND $2', ['orders.placed_at >=', 'orders.placed_at <=']],
    ['SELECT 1 FROM orders WHERE status IN ($1, $2)', ['orders.status =', 'orders.status =']],
    ['SELECT 1 FROM orders WHERE id = ANY ($1::bigint[])', ['orders.id any']],
    ['SELECT 1 FROM orders WHERE id = ANY (ARRAY[$1, $2])', ['orders.id =', 'orders.id =']],
    ['SELECT 1 FROM orders WHERE status IS NOT DISTINCT FROM $1', ['orders.status =']],
    ['SELECT 1 FROM orders WHERE (placed_at, id) < ($1, $2)', ['orders.placed_at <', 'orders.id <']],
    ['SELECT 1 FROM customers WHERE email LIKE $1', ['customers.email like']],
    ["SELECT 1 FROM customers WHERE email ILIKE '%' || $1 || '%'", ['customers.email like %…%']],
    ["SELECT 1 FROM customers WHERE email LIKE concat($1::text, '%')", ['customers.email like …%']],
    ['SELECT 1 FROM customers WHERE $1 = ANY (tags)', ['customers.tags element']],
    ['SELECT 1 FROM customers WHERE tags @> $1', ['customers.tags array']],
  ])('%s', (statement, expected) => {
    expect(uses(statement)).toEqual(expected);
  });
});

describe('through names', () => {
  it.each([
    ['SELECT 1 FROM orders o WHERE o.customer_id = $1', ['orders.customer_id =']],
    ['SELECT 1 FROM archive.orders WHERE archive.orders.customer_id = $1', ['archive.orders.customer_id =']],
    [
      'SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id AND c.country = $1 WHERE email = $2',
      ['customers.country =', 'customers.email ='],
    ],
    ['SELECT 1 FROM orders o (a, b) WHERE b = $1', ['orders.customer_id =']],
    [
      'SELECT 1 FROM (SELECT customer_id AS buyer, count(*) AS n FROM orders GROUP BY 1) x WHERE buyer = $1 AND n > $2',
      ['orders.customer_id =', 'other'],
    ],
    ['SELECT 1 FROM (SELECT * FROM orders o JOIN customers c USING (id)) x WHERE x.email = $1', ['customers.email =']],
    ['WITH recent AS (SELECT id AS order_id FROM orders) SELECT 1 FROM recent WHERE order_id = $1', ['orders.id =']],
    [
      'WITH recent (a, b) AS (SELECT id, status FROM orders) SELECT 1 FROM recent r WHERE r.b = $1',
      ['orders.status ='],
    ],
    [
      'WITH RECURSIVE t AS (SELECT id, customer_id FROM orders WHERE id = $1 UNION ALL SELECT o.id, o.customer_id FROM orders o JOIN t ON t.id = o.customer_id) SELECT 1 FROM t WHERE customer_id = $2',
      ['orders.id =', 'orders.customer_id ='],
    ],
    ['SELECT 1 FROM orders UNION SELECT 1 FROM customers WHERE country = $1', ['customers.country =']],
    ['SELECT 1 FROM open_orders WHERE buyer = $1', ['orders.customer_id =']],
    [
      'SELECT 1 FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND status = $1 AND email = $2)',
      ['orders.status =', 'customers.email ='],
    ],
    [
      'SELECT 1 FROM customers c, LATERAL (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND country = $1) x',
      ['customers.country ='],
    ],
    ['SELECT (SELECT max(id) FROM orders WHERE customer_id = $1)', ['orders.customer_id =']],
    ['SELECT 1 FROM generate_series(1, 9) AS g WHERE g = $1', ['other']],
    ['SELECT 1 FROM nowhere, orders WHERE status = $1', ['orders.status =']],
    ['SELECT 1 FROM nowhere WHERE status = $1', ['other']],
  ])('%s', (statement, expected) => {
    expect(uses(statement)).toEqual(expected);
  });
});

describe('through expressions', () => {
  it.each([
    ['SELECT 1 FROM orders WHERE id = $1::text::bigint', ['orders.id =']],
    ['SELECT 1 FROM customers WHERE lower(email) = lower($1)', ['customers.email = by lower']],
    ['SELECT 1 FROM customers WHERE email = lower(trim($1))', ['customers.email =']],
    ['SELECT 1 FROM customers WHERE email = $1 COLLATE "C"', ['customers.email =']],
    ['SELECT 1 FROM orders WHERE placed_at::date = $1', ['orders.placed_at =']],
    ['SELECT 1 FROM orders WHERE id = $1 + 5', ['orders.id = plus 5']],
    ['SELECT 1 FROM orders WHERE id > $1 - 5', ['orders.id > plus -5']],
    ["SELECT 1 FROM orders WHERE placed_at > $1::timestamptz - interval '1 day'", ['orders.placed_at >']],
    ["SELECT 1 FROM orders WHERE placed_at = $1::timestamptz - interval '1 day'", ['other']],
    ['SELECT 1 FROM orders WHERE placed_at > now() - $1::interval', ['other']],
    ['SELECT 1 FROM orders WHERE ($1::text IS NULL OR status = $1)', ['orders.status =']],
    ['SELECT 1 FROM orders WHERE status = COALESCE($1, status)', ['orders.status =']],
    ["SELECT 1 FROM customers WHERE email = $1 || '@example.org'", ['other']],
    ["SELECT 1 FROM orders WHERE date_trunc('day', placed_at) = $1", ['other']],
    ['SELECT 1 FROM orders WHERE id = $1 * 2', ['other']],
    ['SELECT 1 FROM orders WHERE id <> $1', ['other']],
    ['SELECT 1 FROM customers WHERE email NOT LIKE $1', ['other']],
  ])('%s', (statement, expected) => {
    expect(uses(statement)).toEqual(expected);
  });
});

describe('what tells no value', () => {
  it.each([
    ['SELECT id FROM orders ORDER BY id LIMIT $1 OFFSET $2', ['limit', 'offset']],
    ['SELECT id FROM orders FETCH FIRST ($1::int) ROWS ONLY', ['limit']],
    ['UPDATE orders SET status = $1 WHERE id = $2', ['output orders.status', 'orders.id =']],
    [
      'UPDATE orders o SET status = $1 FROM customers c WHERE c.id = o.customer_id AND c.email = $2 RETURNING o.*',
      ['output orders.status', 'customers.email ='],
    ],
    ['INSERT INTO orders (id, status) VALUES ($1, $2)', ['output', 'output']],
    ['INSERT INTO orders (id, status) SELECT $1, status FROM orders WHERE id = $2', ['output', 'orders.id =']],
    ['DELETE FROM orders USING customers c WHERE customer_id = c.id AND country = $1', ['customers.country =']],
    ['SELECT id, status = $1 AS mine FROM orders WHERE customer_id = $2', ['output', 'orders.customer_id =']],
    [
      'MERGE INTO orders o USING customers c ON c.id = o.customer_id AND c.email = $1 WHEN MATCHED THEN UPDATE SET status = $2',
      ['customers.email =', 'output'],
    ],
    ['SELECT this is not SQL $1', ['other']],
    ['SELECT 1 FROM orders WHERE $1 = $2', ['other', 'other']],
  ])('%s', (statement, expected) => {
    expect(uses(statement)).toEqual(expected);
  });

  it('takes the use that says most', () => {
    expect(uses('SELECT $1 FROM orders WHERE id > $1 AND customer_id = $1 LIMIT $1')).toEqual(['orders.customer_id =']);
  });
});
