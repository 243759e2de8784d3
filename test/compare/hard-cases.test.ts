import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePlans } from '../../src/compare/index.ts';
import { explainQuery } from '../../src/explain/index.ts';
import type { PlanDifference } from '../../src/model/plans/difference.ts';
import { nodeTitle } from '../../src/model/plans/node-title.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { query } from '../support/plan-builders.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';

// Each table is as large as ANALYZE's sample at most, so that its statistics are the same in each run.
const SCHEMA = `
CREATE TABLE people (id int PRIMARY KEY, manager_id int, team_id int NOT NULL, badge int NOT NULL, email text NOT NULL);
INSERT INTO people SELECT g, g / 7, g % 400, (g * 7919) % 20011, 'p' || g FROM generate_series(1, 20000) g;
CREATE INDEX people_team_id_idx ON people (team_id);
CREATE INDEX people_manager_id_idx ON people (manager_id);
CREATE UNIQUE INDEX people_badge_idx ON people (badge);
CREATE TABLE orders (id int PRIMARY KEY, person_id int NOT NULL, state int NOT NULL, placed date NOT NULL, amount int NOT NULL);
INSERT INTO orders SELECT g, g % 15000 + 1, g % 20, date '2026-01-01' + g % 300, g % 977 FROM generate_series(1, 30000) g;
CREATE INDEX orders_person_id_idx ON orders (person_id);
CREATE INDEX orders_placed_idx ON orders (placed);
CREATE INDEX orders_state_7_idx ON orders (amount) WHERE state = 7;
CREATE SCHEMA archive;
CREATE TABLE archive.orders AS SELECT * FROM orders;
CREATE INDEX orders_person_id_idx ON archive.orders (person_id);
CREATE TABLE items (order_id int NOT NULL, product_id int NOT NULL, price int NOT NULL);
INSERT INTO items SELECT g % 15000 + 1, g % 500, g % 91 FROM generate_series(1, 30000) g;
CREATE INDEX items_order_id_idx ON items (order_id);
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO products SELECT g, 'n' || g FROM generate_series(0, 499) g;
CREATE TABLE events (id int NOT NULL, person_id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
SELECT format('CREATE TABLE events_%1$s PARTITION OF events FOR VALUES FROM (%2$L) TO (%3$L); '
              'CREATE INDEX events_%1$s_idx ON events_%1$s (person_id)',
              to_char(m, 'MM'), m::date, (m + interval '1 month')::date)
  FROM generate_series(timestamp '2026-01-01', '2026-12-01', '1 month') m \\gexec
INSERT INTO events SELECT g, g % 5000, date '2026-01-01' + g % 365 FROM generate_series(1, 30000) g;
VACUUM ANALYZE;
`;

/** What a reader sees marked: nodes that changed, moved, came and went, in EXPLAIN's order. */
function marks({ pairs, added, removed }: PlanDifference): string[] {
  const changed = pairs
    .filter(({ reshaped }) => reshaped)
    .map(({ baseline, current, changes }) => {
      const [before, after] = [nodeTitle(baseline), nodeTitle(current)];
      const kinds = [...new Set(changes.map(({ kind }) => kind))].filter(
        (kind) => kind !== 'cost' && kind !== 'rows' && kind !== 'width',
      );
      return before === after ? `~ ${after}: ${kinds.join(', ')}` : `~ ${before} => ${after}`;
    });
  return [...changed, ...removed.map((node) => `- ${nodeTitle(node)}`), ...added.map((node) => `+ ${nodeTitle(node)}`)];
}

type Settings = Readonly<Record<string, string>>;

interface Change {
  readonly sql: string;
  /** The query as it is edited. */
  readonly edited?: string;
  /** What is done to the database in between; rolled back by `undo`. */
  readonly change?: string;
  readonly undo?: string;
  /** Settings of both plans, and of the second one alone. */
  readonly settings?: Settings;
  readonly forced?: Settings;
  readonly marks: readonly string[];
  readonly first?: string;
}

const BOSSES = `SELECT e.id, m.email, b.email FROM people e JOIN people m ON m.id = e.manager_id
  JOIN people b ON b.id = m.manager_id WHERE e.team_id = 17`;
const THREE_SUBQUERIES = `(SELECT max(email) FROM people WHERE team_id = 3), (SELECT max(email) FROM people WHERE manager_id = 5),
  (SELECT email FROM people WHERE badge = 77)`;
const CTE = `WITH c AS MATERIALIZED (SELECT * FROM orders WHERE person_id = 5)
  SELECT id FROM c WHERE state = 1 UNION ALL SELECT id FROM c WHERE state = 2`;
const branch = (state: number) =>
  `SELECT o.id, i.price FROM orders o JOIN items i ON i.order_id = o.id WHERE o.state = ${state} AND o.amount = ${state + 40}`;
const branches = Array.from({ length: 20 }, (_, at) => branch(at));
const union = (parts: readonly string[]) => parts.join(' UNION ');
const EXTRA = 'SELECT id, amount FROM orders WHERE person_id = 99';
const ITEMS = `SELECT p.email, i.price FROM people p JOIN orders o ON o.person_id = p.id JOIN items i ON i.order_id = o.id
  WHERE p.team_id = 3`;
const SUBPLANS = `SELECT p.id, (SELECT max(amount) FROM orders o WHERE o.person_id = p.id) FROM people p
  WHERE p.team_id = 3 AND p.badge > (SELECT avg(badge) FROM people) AND p.id NOT IN (SELECT person_id FROM archive.orders)`;
const SERIAL: Settings = { max_parallel_workers_per_gather: '0' };
const PARALLEL: Settings = {
  min_parallel_table_scan_size: '0',
  parallel_setup_cost: '0',
  parallel_tuple_cost: '0',
  max_parallel_workers_per_gather: '2',
};

const CASES: Readonly<Record<string, Change>> = {
  'a self-join of one table three times': {
    sql: BOSSES,
    change: 'DROP INDEX people_team_id_idx',
    undo: 'CREATE INDEX people_team_id_idx ON people (team_id)',
    marks: [
      '~ Bitmap Heap Scan on public.people e => Seq Scan on public.people e',
      '- Bitmap Index Scan on people_team_id_idx',
    ],
    first: 'Bitmap Heap Scan on public.people e became Seq Scan on public.people e',
  },
  'a table three times without aliases': {
    sql: `SELECT ${THREE_SUBQUERIES}`,
    change: 'DROP INDEX people_manager_id_idx',
    undo: 'CREATE INDEX people_manager_id_idx ON people (manager_id)',
    marks: ['~ Index Scan using people_manager_id_idx on public.people people_1 => Seq Scan on public.people people_1'],
  },
  'a table once more in front, so that aliases are numbered anew': {
    sql: `SELECT ${THREE_SUBQUERIES}`,
    edited: `SELECT (SELECT email FROM people WHERE id = 1), ${THREE_SUBQUERIES}`,
    marks: ['+ Index Scan using people_pkey on public.people'],
    first: 'Index Scan using people_pkey on public.people is new',
  },
  'two schemas with one table name': {
    sql: 'SELECT id FROM orders WHERE person_id = 5 UNION ALL SELECT id FROM archive.orders WHERE person_id = 5',
    change: 'DROP INDEX archive.orders_person_id_idx',
    undo: 'CREATE INDEX orders_person_id_idx ON archive.orders (person_id)',
    marks: [
      '~ Index Scan using orders_person_id_idx on archive.orders orders_1 => Seq Scan on archive.orders orders_1',
    ],
  },
  'a CTE used twice': {
    sql: CTE,
    change: 'DROP INDEX orders_person_id_idx',
    undo: 'CREATE INDEX orders_person_id_idx ON orders (person_id)',
    marks: ['~ Index Scan using orders_person_id_idx on public.orders => Seq Scan on public.orders'],
  },
  'one use of a CTE used twice': {
    sql: CTE,
    edited: CTE.replace('state = 2', 'amount = 2'),
    marks: ['~ CTE Scan on c c_1: condition'],
    first: 'CTE Scan on c c_1 changed Filter from (c_1.state = 2) to (c_1.amount = 2)',
  },
  'a UNION of 20 branches': {
    sql: union(branches),
    change: 'DROP INDEX orders_state_7_idx',
    undo: 'CREATE INDEX orders_state_7_idx ON orders (amount) WHERE state = 7',
    marks: [
      '~ Bitmap Heap Scan on public.orders o_7 => Seq Scan on public.orders o_7',
      '- Bitmap Index Scan on orders_state_7_idx',
    ],
  },
  'a branch more in the middle of 20': {
    sql: union(branches),
    edited: union([...branches.slice(0, 9), EXTRA, ...branches.slice(9)]),
    marks: ['+ Index Scan using orders_person_id_idx on public.orders'],
    first: 'Index Scan using orders_person_id_idx on public.orders is new',
  },
  'a branch less in the middle of 21': {
    sql: union([...branches.slice(0, 9), branch(44), ...branches.slice(9)]),
    edited: union(branches),
    marks: [
      '- Nested Loop',
      '- Seq Scan on public.orders o_9',
      '- Index Scan using items_order_id_idx on public.items i_9',
    ],
  },
  'an index of one partition': {
    sql: 'SELECT * FROM events WHERE person_id = 5',
    change: 'DROP INDEX events_05_idx',
    undo: 'CREATE INDEX events_05_idx ON events_05 (person_id)',
    marks: ['~ Index Scan using events_05_idx on public.events_05 events_5 => Seq Scan on public.events_05 events_5'],
  },
  'a partition less, so that aliases are numbered anew': {
    sql: 'SELECT * FROM events WHERE person_id = 5',
    change: 'ALTER TABLE events DETACH PARTITION events_03',
    undo: `ALTER TABLE events ATTACH PARTITION events_03 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')`,
    marks: ['- Index Scan using events_03_idx on public.events_03 events_3'],
  },
  'an index in a subplan': {
    sql: SUBPLANS,
    change: 'DROP INDEX orders_person_id_idx',
    undo: 'CREATE INDEX orders_person_id_idx ON orders (person_id)',
    marks: ['~ Index Scan using orders_person_id_idx on public.orders o => Seq Scan on public.orders o'],
  },
  'a subplan more in front, so that subplans are numbered anew': {
    sql: SUBPLANS,
    edited: SUBPLANS.replace('SELECT p.id,', 'SELECT p.id, (SELECT max(price) FROM items WHERE order_id = p.id),'),
    marks: ['+ Aggregate', '+ Index Scan using items_order_id_idx on public.items'],
    first: 'Index Scan using items_order_id_idx on public.items is new',
  },
  'an initplan more in front': {
    sql: SUBPLANS,
    edited: SUBPLANS.replace('SELECT p.id,', 'SELECT p.id, (SELECT amount FROM orders WHERE id = 5),'),
    marks: ['+ Index Scan using orders_pkey on public.orders'],
  },
  'a parallel plan that is serial now': {
    sql: 'SELECT count(*) FROM items',
    settings: PARALLEL,
    forced: SERIAL,
    marks: [
      '~ Finalize Aggregate => Aggregate',
      '~ Parallel Seq Scan on public.items => Seq Scan on public.items',
      '- Gather',
      '- Partial Aggregate',
    ],
    first: 'the plan is no longer parallel',
  },
  'a serial plan that is parallel now': {
    sql: 'SELECT count(*) FROM items',
    settings: SERIAL,
    forced: PARALLEL,
    marks: [
      '~ Aggregate => Finalize Aggregate',
      '~ Seq Scan on public.items => Parallel Seq Scan on public.items',
      '+ Gather',
      '+ Partial Aggregate',
    ],
    first: 'the plan became parallel, with 2 workers',
  },
  'another join method': {
    sql: 'SELECT i.price, n.name FROM items i LEFT JOIN products n ON n.id = i.product_id',
    settings: { enable_indexscan: 'off', enable_bitmapscan: 'off', enable_mergejoin: 'off', enable_material: 'off' },
    forced: { enable_hashjoin: 'off', enable_memoize: 'off' },
    marks: ['~ Hash Left Join => Nested Loop Left Join', '- Hash'],
    first: 'Hash Left Join over i, n became Nested Loop Left Join over i, n',
  },
  'a join method that moves what it joins': {
    sql: ITEMS,
    change: 'DROP INDEX items_order_id_idx',
    undo: 'CREATE INDEX items_order_id_idx ON items (order_id)',
    marks: [
      '~ Nested Loop => Hash Join',
      '~ Nested Loop: position',
      '~ Index Scan using items_order_id_idx on public.items i => Seq Scan on public.items i',
      '+ Hash',
    ],
    first: 'Index Scan using items_order_id_idx on public.items i became Seq Scan on public.items i',
  },
  'another join order': {
    sql: 'SELECT p.email, i.price FROM people p JOIN orders o ON o.person_id = p.id JOIN items i ON i.order_id = o.id WHERE p.team_id = 3',
    edited:
      'SELECT p.email, i.price FROM items i JOIN orders o ON i.order_id = o.id JOIN people p ON o.person_id = p.id WHERE p.team_id = 3',
    settings: { enable_nestloop: 'off', enable_mergejoin: 'off', join_collapse_limit: '1' },
    marks: ['~ Hash Join: condition, property', '~ Hash: position', '~ Hash: position', '- Hash Join', '+ Hash Join'],
    first: 'join order changed from (i, (o, p)) to ((i, o), p)',
  },
  'a sort in place of an index': {
    sql: 'SELECT * FROM orders ORDER BY placed LIMIT 10',
    change: 'DROP INDEX orders_placed_idx',
    undo: 'CREATE INDEX orders_placed_idx ON orders (placed)',
    marks: ['~ Index Scan using orders_placed_idx on public.orders => Seq Scan on public.orders', '+ Sort'],
  },
  'a whole sort in place of an incremental one': {
    sql: 'SELECT * FROM orders ORDER BY placed, amount LIMIT 10',
    change: 'DROP INDEX orders_placed_idx',
    undo: 'CREATE INDEX orders_placed_idx ON orders (placed)',
    marks: [
      '~ Incremental Sort => Sort',
      '~ Index Scan using orders_placed_idx on public.orders => Seq Scan on public.orders',
    ],
  },
  'another index': {
    sql: 'SELECT * FROM orders WHERE person_id = 5',
    change: 'CREATE INDEX orders_person_idx ON orders (person_id); DROP INDEX orders_person_id_idx',
    undo: 'CREATE INDEX orders_person_id_idx ON orders (person_id); DROP INDEX orders_person_idx',
    marks: [
      '~ Index Scan using orders_person_id_idx on public.orders => Index Scan using orders_person_idx on public.orders',
    ],
  },
  'estimates of rows alone': {
    sql: 'SELECT * FROM orders WHERE amount < 300',
    change: "DELETE FROM pg_statistic WHERE starelid = 'orders'::regclass",
    undo: 'ANALYZE orders',
    marks: [],
  },
};

for (const major of await testMajors()) {
  describe(`plans of PostgreSQL ${major}`, () => {
    let server: TestServer;
    let database: string;
    let connection: Connection;

    beforeAll(async () => {
      server = (await testServer(major)) as TestServer;
      database = await server.createDatabase();
      await server.psql(database, SCHEMA);
      connection = await connect(server.url(database), 'target');
    });
    afterAll(() => connection?.close());

    const explain = (sql: string, settings: Settings) =>
      explainQuery(
        connection,
        query('q', { sql, statement: sql, settings }),
        { name: null, generic: false, values: [] },
        { major, now: null, role: null, settings: {} },
      );

    it.each(Object.entries(CASES))('%s', async (_, { sql, edited = sql, change, undo, settings = SERIAL, ...rest }) => {
      const before = await explain(sql, settings);
      if (change !== undefined) await server.psql(database, change);
      const after = await explain(edited, { ...settings, ...rest.forced });
      if (undo !== undefined) await server.psql(database, undo);
      expect(after).not.toEqual(before);
      const difference = comparePlans(before, after);
      expect(marks(difference)).toEqual(rest.marks);
      if (rest.first !== undefined) expect(difference.shapeChanges[0]?.message).toBe(rest.first);
      // From the other side, what came went, and what went came.
      const back = comparePlans(after, before);
      expect([back.added.length, back.removed.length]).toEqual([difference.removed.length, difference.added.length]);
    });
  });
}
