import type { Connection } from '../../postgres/index.ts';
import { attempt } from '../../postgres/index.ts';
import type { KnownTables } from '../prediction.ts';
import type { IndexFacts } from './index-facts.ts';

/** The size of the table under an index. */
export interface TableSize {
  /** Pages of the table. */
  readonly pages: number;
  /** Rows of the table. */
  readonly rows: number;
  /** Rows that satisfy the index's predicate; all rows if it has none. */
  readonly indexed: number;
}

/**
 * Asks the planner for the rows of a table and of its indexed part. Returns null if the planner cannot estimate them.
 */
export async function tableSize(
  connection: Connection,
  known: KnownTables,
  { relid, table, predicate }: IndexFacts,
): Promise<TableSize | null> {
  const pages = known.pages.get(relid);
  const rows = await plannedRows(connection, `SELECT FROM ONLY ${table}`);
  if (pages === undefined || rows === null) return null;
  // The planner assumes pages and at least one row for an empty table; CREATE INDEX sees none.

  if (pages === 0) return { pages, rows: 0, indexed: 0 };
  if (predicate === null) return { pages, rows, indexed: rows };
  const indexed = await plannedRows(connection, `SELECT FROM ONLY ${table} WHERE ${predicate}`);
  return indexed === null ? null : { pages, rows, indexed };
}

async function plannedRows(connection: Connection, query: string): Promise<number | null> {
  let rows: number | null = null;
  const refusal = await attempt(connection, async () => {
    const [row] = await connection.run<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      `EXPLAIN (FORMAT JSON) ${query}`,
    );
    rows = row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? null;
  });
  return refusal === null ? rows : null;
}
