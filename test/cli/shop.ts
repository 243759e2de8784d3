import { mkdir } from 'node:fs/promises';
import { emptyProject, type Project } from '../support/project.ts';
import type { TestServer } from '../support/servers.ts';

const SCHEMA = `CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, note text);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE TABLE customers (id int PRIMARY KEY, email text);
`;

const FILL = `INSERT INTO orders SELECT g, g % 500, repeat('x', 40) FROM generate_series(1, 20000) g;
INSERT INTO customers SELECT g, 'c' || g || '@example.org' FROM generate_series(1, 500) g;
VACUUM ANALYZE;`;

const SUITE = `queries:
  - name: orders-of-customer
    sql: SELECT id, note FROM orders WHERE customer_id = $1
    cases: { some: [17] }
  - name: all-customers
    sql: SELECT * FROM customers ORDER BY email
  - name: order-by-id
    sql: SELECT * FROM orders WHERE id = :id
    cases: { one: { id: 5 } }
`;

/** A small shop with a filled production database, planned on another server where one is given; its snapshot is not taken yet. */
export async function makeShop(
  server: TestServer,
  planner = server,
): Promise<{ project: Project; production: string }> {
  const production = await server.createDatabase();
  await server.psql(production, SCHEMA + FILL);
  const project = await emptyProject();
  await mkdir(project.path('suites'));
  await makeShopFiles(project);
  await project.write(
    'regress.yaml',
    `target:\n  pgConfig: ${planner.installation.pgConfig}\n  prepare:\n    - sql: schema.sql\nthresholds:\n  cost: { ignoreBelow: 1 }\n`,
  );
  return { project, production };
}

/** The schema and the suite as they are at first. */
export async function makeShopFiles(project: Project): Promise<void> {
  await project.write('schema.sql', SCHEMA);
  await project.write('suites/orders.yaml', SUITE);
}

/** The same with its snapshot, taken by the command line. */
export async function makeShopWithSnapshot(
  server: TestServer,
  planner = server,
): Promise<{ project: Project; production: string }> {
  const shop = await makeShop(server, planner);
  const taken = await shop.project.regress(['snapshot', '--source', server.url(shop.production)]);
  if (taken.status !== 0) throw new Error(taken.stderr);
  return shop;
}
