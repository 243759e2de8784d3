/** The shop that the docs speak of: its schema, its rows, its queries. */

export const SCHEMA = `CREATE TABLE customers (
  id bigint PRIMARY KEY, email text NOT NULL UNIQUE, country text NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL, order_number text NOT NULL, status text NOT NULL,
  net_total numeric(10,2) NOT NULL, placed_at timestamptz NOT NULL, note text NOT NULL);
CREATE INDEX orders_customer_id_placed_at_idx ON orders (customer_id, placed_at);
CREATE TABLE carts (id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL, updated_at timestamptz NOT NULL);
CREATE INDEX carts_customer_id_idx ON carts (customer_id);
`;

/** Tables smaller than ANALYZE's sample, so that their statistics are the same each time. */
export const FILL = `INSERT INTO customers SELECT g, 'c' || g || '@example.org', (ARRAY['de', 'fr', 'pl', 'se'])[1 + g % 4],
  '2026-01-01 00:00+00'::timestamptz + g * interval '5 minutes' FROM generate_series(1, 5000) g;
INSERT INTO orders SELECT g, CASE WHEN g % 10 = 0 THEN 17 ELSE 1 + g * 7 % 5000 END, 'R-' || g,
  (ARRAY['open', 'paid', 'sent', 'sent', 'sent'])[1 + g % 5], g % 977 + 0.5,
  '2026-01-01 00:00+00'::timestamptz + g * interval '10 minutes', repeat('x', 60) FROM generate_series(1, 25000) g;
INSERT INTO carts SELECT g, 1 + g * 3 % 5000, (ARRAY['open', 'done'])[1 + g % 2],
  '2026-05-01 00:00+00'::timestamptz + g * interval '1 minute' FROM generate_series(1, 8000) g;
VACUUM ANALYZE;
`;

export const SUITES: Readonly<Record<string, string>> = {
  'orders.yaml': `queries:
  - name: recent-orders
    sql: |
      SELECT id, order_number, net_total FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT 20
    cases: { big-customer: [17], new-customer: [990001] }
    generic: true
  - name: orders-of-country
    sql: |
      SELECT o.id, o.net_total FROM orders o JOIN customers c ON c.id = o.customer_id
      WHERE c.country = 'se' AND o.status = 'open'
`,
  'checkout.sql': `-- name: open-cart :one
SELECT id, updated_at FROM carts WHERE customer_id = :customer_id AND status = 'open';
`,
};

/** What production's application sends, for pg_stat_statements. */
export const WORKLOAD = `SELECT id, email FROM customers WHERE email = 'c3@example.org';
SELECT count(*) FROM orders WHERE status = 'paid' AND placed_at > '2026-03-01';
`;

/** Tests of the shop, which send a query that no suite has. */
export const PACKAGE = `${JSON.stringify(
  {
    name: 'shop',
    private: true,
    scripts: { test: `psql -c "SELECT id FROM orders WHERE order_number = 'R-1'"`, migrate: 'true' },
  },
  null,
  2,
)}\n`;
