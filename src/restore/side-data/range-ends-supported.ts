import type { Connection } from '../../postgres/index.ts';

/** A table whose values end at 1000, and a side row that says they go on to a million. */
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
 * Whether the library answers this server's probes of the ends of an index, found out by planning against a small index
 * within a transaction that is rolled back. Where it does not, estimates come from the ends of histograms. Wants a session
 * that has loaded the library, outside of a transaction, and a role that may restore.
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
