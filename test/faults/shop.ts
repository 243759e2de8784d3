const TABLES = `CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, note text, at timestamptz NOT NULL);
CREATE INDEX customers_email_idx ON customers (email);
CREATE INDEX orders_at_idx ON orders (at);
`;

/** The schema of production. */
export const SCHEMA = `${TABLES}CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n`;
/** That of a branch which makes a query slower. */
export const SCHEMA_WITHOUT_INDEX = TABLES;

const filled = (orders: number, customers: number) => `INSERT INTO customers
SELECT g, 'c' || g || '@example.org' FROM pg_catalog.generate_series(1, ${customers}) g;
INSERT INTO orders
SELECT g, g % ${customers}, pg_catalog.repeat('x', 40), '2026-01-01'::timestamptz + g * '1 minute'::interval
  FROM pg_catalog.generate_series(1, ${orders}) g;
VACUUM ANALYZE;
`;

export const FILL = filled(20_000, 500);
/** Of another production, of which there is no snapshot. */
export const FOREIGN_FILL = filled(3000, 1500);

/** Two files, so that a run that is stopped may have written one. */
export const SUITES: Readonly<Record<string, string>> = {
  'orders.yaml': `queries:
  - name: orders-of-customer
    sql: SELECT id, note FROM orders WHERE customer_id = $1
    cases: { some: [17], another: [3] }
  - name: order-by-id
    sql: SELECT * FROM orders WHERE id = :id
    cases: { one: { id: 5 } }
  - name: recent-orders
    sql: SELECT * FROM orders WHERE at > $1 ORDER BY at DESC LIMIT 20
    cases: { recent: ["2026-01-14"] }
  - name: count-by-customer
    sql: SELECT customer_id, count(*) FROM orders GROUP BY customer_id
`,
  'customers.yaml': `queries:
  - name: all-customers
    sql: SELECT * FROM customers ORDER BY email
  - name: customer-by-email
    sql: SELECT * FROM customers WHERE email = $1
    cases: { one: ["c7@example.org"] }
  - name: customers-with-orders
    sql: SELECT c.email, o.note FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = $1
    cases: { one: [7] }
`,
};
