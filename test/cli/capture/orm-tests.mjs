// A team's test suite, as capture.test.ts runs it: the storefront's queries through an ORM, and what only tests send.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { and, count, desc, eq, gte, ilike, inArray, sql, sum } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { bigint, char, numeric, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import pg from 'pg';

const countries = pgTable('countries', {
  code: char().primaryKey(),
  name: text(),
  currency: char(),
  vatRate: numeric('vat_rate'),
});
const customers = pgTable('customers', {
  id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  email: text(),
  fullName: text('full_name'),
  country: char(),
  status: text(),
  createdAt: timestamp('created_at', { withTimezone: true }),
});
const orders = pgTable('orders', {
  id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  orderNumber: text('order_number'),
  customerId: bigint('customer_id', { mode: 'number' }),
  status: text(),
  channel: text(),
  country: char(),
  currency: char(),
  total: numeric(),
  placedAt: timestamp('placed_at', { withTimezone: true }),
});

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const db = drizzle(pool);

after(() => pool.end());

beforeEach(async () => {
  await db.execute(sql`TRUNCATE customers, orders, countries CASCADE`);
  await db.delete(countries);
  await db.insert(countries).values([
    { code: 'NL', name: 'Netherlands', currency: 'EUR', vatRate: '21' },
    { code: 'US', name: 'United States', currency: 'USD', vatRate: '0' },
  ]);
  await db.insert(customers).values([
    { id: 1, email: 'a@example.org', fullName: 'Ada', country: 'NL' },
    { id: 2, email: 'b@example.org', fullName: 'Bob', country: 'US' },
  ]);
});

const order = (number, customerId) => ({
  ...{ orderNumber: number, customerId, channel: 'web', country: 'NL', currency: 'EUR', total: '10' },
});

test('finds customers by email and name', async () => {
  assert.equal((await db.select().from(customers).where(eq(customers.email, 'a@example.org'))).length, 1);
  assert.equal((await db.select().from(customers).where(eq(customers.email, 'nobody@example.org'))).length, 0);
  assert.equal((await db.select().from(customers).where(ilike(customers.fullName, '%bo%')).limit(10)).length, 1);
});

test('lists the orders of customers', async () => {
  await db.insert(orders).values(order('1', 1)).returning({ id: orders.id });
  await db.insert(orders).values(order('2', 2)).returning({ id: orders.id });
  const of = (ids) =>
    db
      .select({ id: orders.id, name: customers.fullName })
      .from(orders)
      .innerJoin(customers, eq(customers.id, orders.customerId))
      .where(and(inArray(orders.customerId, ids), gte(orders.placedAt, new Date('2026-01-01'))))
      .orderBy(desc(orders.placedAt))
      .limit(20);
  for (const ids of [[1], [1, 2], [2, 1], [1, 2, 3]]) assert.ok((await of(ids)).length <= 2);
});

test('ships orders in a transaction', async () => {
  await db.transaction(async (tx) => {
    await tx.insert(orders).values(order('3', 1)).returning({ id: orders.id });
    await tx.update(orders).set({ status: 'shipped' }).where(eq(orders.orderNumber, '3'));
    await tx.delete(orders).where(and(eq(orders.customerId, 2), eq(orders.status, 'cancelled')));
  });
  const [row] = await db
    .select({ status: orders.status, orders: count(), total: sum(orders.total) })
    .from(orders)
    .groupBy(orders.status);
  assert.equal(row.status, 'shipped');
});

test('a report of its own SQL, and a statement that fails', async () => {
  for (const country of ['NL', 'US']) {
    // A driver that writes values into the text.
    await pool.query(
      `SELECT date_trunc('month', placed_at) AS month, count(*) FROM orders WHERE country = '${country}' AND channel = 'web' GROUP BY 1 /*controller='reports',action='monthly'*/`,
    );
  }
  await assert.rejects(pool.query('SELECT nothing FROM orders'));
  await pool.query(`BEGIN; SELECT name FROM countries WHERE currency = 'EUR'; COMMIT`);
  await pool.query('CREATE TEMPORARY TABLE scratch (id int)');
  await pool.query('SELECT id FROM scratch WHERE id > 5');
  await pool.query('SELECT relname FROM pg_catalog.pg_class LIMIT 1');
});
