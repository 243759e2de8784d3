import { expect, it } from 'vitest';
import { connect } from '../../src/postgres/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { FILL_TWINS, twinSchemas } from './twins.ts';

const majors = await testMajors();

/** Probes of both ends, costs of a GIN and a BRIN index, a value that cannot be read, and a join of it all. */
const QUERIES = [
  'SELECT 1 FROM clone.items WHERE id > 8500',
  'SELECT 1 FROM clone.items WHERE id < 3',
  `SELECT 1 FROM clone.items WHERE at > '2024-01-07 00:00+00'`,
  'SELECT 1 FROM clone.items WHERE tags @> ARRAY[3]',
  'SELECT 1 FROM clone.broken WHERE id > 8500',
];

const PLANS = 100_000;

const planRepeatedly = (plans: number) => `
  DO $$
  DECLARE
    queries text[] := ARRAY[${QUERIES.map((query) => `$q$EXPLAIN ${query}$q$`).join(', ')}];
  BEGIN
    FOR i IN 1..${plans} LOOP
      EXECUTE queries[1 + i % ${QUERIES.length}];
    END LOOP;
  END $$`;

// Read twice: the first time fills the catalog caches that the query itself needs.
const MEMORY_SQL =
  'SELECT sum(total_bytes)::float8 AS total, count(*)::int AS contexts FROM pg_backend_memory_contexts';

it.runIf(majors.length > 0).each(majors)(
  `keeps memory flat over ${PLANS} plans of one session on PostgreSQL %i`,
  async (major) => {
    const server = (await testServer(major)) as TestServer;
    const database = await twinSchemas(server);
    await server.psql(
      database,
      `${FILL_TWINS}
       CALL in_both('CREATE TABLE broken (id int PRIMARY KEY) WITH (autovacuum_enabled = off)');
       INSERT INTO production.broken SELECT i FROM generate_series(1, 8000) AS i;
       ANALYZE production.broken;
       SELECT restore('broken');
       UPDATE regress_planner.index SET range_max = 'not a number' WHERE indexrelid = 'clone.broken_pkey'::regclass;`,
    );
    const session = await connect(server.url(database), 'target');
    const memory = async () => {
      await session.run(MEMORY_SQL);
      return (await session.run<{ total: number; contexts: number }>(MEMORY_SQL))[0];
    };
    try {
      await session.run(planRepeatedly(1000));
      expect(session.notices()).toEqual(['side data of "broken_pkey" is ignored']);
      const before = await memory();
      await session.run(planRepeatedly(PLANS));
      expect(await memory()).toEqual(before);
      expect(session.notices()).toEqual([]);
    } finally {
      await session.close();
    }
  },
);
