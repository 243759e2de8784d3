import type { Connection } from '../../postgres/index.ts';

/** A table whose values end at 1000, with a side-table row that says they end at a million. */
const PREPARE_SQL = `
CREATE TEMPORARY TABLE regress_self_test (v int4) ON COMMIT DROP;
INSERT INTO regress_self_test SELECT pg_catalog.generate_series(1, 1000);
CREATE INDEX regress_self_test_v ON regress_self_test (v);
ANALYZE regress_self_test;
INSERT INTO regress_planner.index (indexrelid, pages, relpages, reltuples, ordinal, range_min, range_max)
SELECT c.oid, 5, 5, 1000, 1, '1', '1000000' FROM pg_catalog.pg_class c
WHERE c.oid = 'pg_temp.regress_self_test_v'::pg_catalog.regclass;
SET LOCAL regress_planner.enabled = on;`;

const PLAN_SQL = (rangeEnds: 'on' | 'off'): string => `
SET LOCAL regress_planner.range_ends = ${rangeEnds};
EXPLAIN (FORMAT JSON) SELECT FROM pg_temp.regress_self_test WHERE v > 500000`;

/**
 * Tests whether the library can give this server's planner the range ends of an index, by planning against a small
 * index in a transaction that is rolled back. If not, the planner estimates from histogram bounds. Needs a session
 * that has loaded the library, no open transaction, and a role that may restore.
 */
export async function rangeEndsSupported(connection: Connection): Promise<boolean> {
  await connection.run('BEGIN READ WRITE');
  try {
    await connection.run(PREPARE_SQL);
    const answered = await plannedRows(connection, 'on');
    return answered > (await plannedRows(connection, 'off'));
  } finally {
    await connection.run('ROLLBACK');
  }
}

async function plannedRows(connection: Connection, rangeEnds: 'on' | 'off'): Promise<number> {
  const [row] = await connection.run<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(PLAN_SQL(rangeEnds));
  return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}
