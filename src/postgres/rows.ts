import type { Connection } from './session/connection.ts';

/** Characters of JSON sent at once: few round trips, and far below the largest parameter a server takes (1 GB). */
const BATCH_CHARACTERS = 8_000_000;

/** Splits rows into batches of at most `limit` characters of JSON; a longer row has a batch of its own. */
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

/** Runs a statement once for each batch of rows; its `$1` is a JSON array of them. */
export async function inBatches(connection: Connection, sql: string, rows: readonly object[]): Promise<void> {
  for (const batch of batches(rows)) await connection.query(sql, [JSON.stringify(batch)]);
}
