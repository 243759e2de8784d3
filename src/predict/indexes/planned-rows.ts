import type { Connection } from '../../postgres/index.ts';
import { attempt } from '../../postgres/index.ts';
import type { KnownTables } from '../prediction.ts';
import type { IndexFacts } from './index-facts.ts';

/** The size an index is to be built over. */
export interface TableSize {
  /** Pages of the table. */
  readonly pages: number;
  /** Rows of the table. */
  readonly rows: number;
  /** Rows that the index's predicate keeps; all of them for a full index. */
  readonly indexed: number;
}

/** The rows of a table, and of its part an index is about, as the planner itself estimates them; null where it cannot. */
export async function tableSize(
  connection: Connection,
  known: KnownTables,
  { relid, table, predicate }: IndexFacts,
): Promise<TableSize | null> {
  const pages = known.pages.get(relid);
  const rows = await plannedRows(connection, `SELECT FROM ONLY ${table}`);
  if (pages === undefined || rows === null) return null;
  // The planner takes a new table to have pages and a row at least; CREATE INDEX does not.
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
