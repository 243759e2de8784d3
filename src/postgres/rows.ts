import type { Connection } from './session/connection.ts';

/** Characters of JSON sent at once: few round trips, and far below the largest parameter a server takes (1 GB). */
const BATCH_CHARACTERS = 8_000_000;

/** Splits rows so that none of the batches is longer than `limit` characters of JSON, but for a row that is alone. */
export function batches<Row>(rows: readonly Row[], limit = BATCH_CHARACTERS): Row[][] {
  const result: Row[][] = [];
  let room = 0;
  for (const row of rows) {
    const length = JSON.stringify(row).length;
    if (length > room) {
      result.push([]);
      room = limit;
    }
    result.at(-1)?.push(row);
    room -= length;
  }
  return result;
}

/** Runs a statement whose `$1` is a JSON array of rows, once for each batch of them. */
export async function inBatches(connection: Connection, sql: string, rows: readonly object[]): Promise<void> {
  for (const batch of batches(rows)) await connection.query(sql, [JSON.stringify(batch)]);
}
