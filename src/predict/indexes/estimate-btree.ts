import type { Connection } from '../../postgres/index.ts';
import type { IndexFigures, KnownTables } from '../prediction.ts';
import { btreeSize } from '../sizes/btree.ts';
import { storageParameter } from '../sizes/page.ts';
import { analyzedFrom } from '../sizes/value-classes.ts';
import { type IndexFacts, readDistinct } from './index-facts.ts';
import { keyDistribution } from './key-distribution.ts';
import { newRangeEnds } from './new-range-ends.ts';
import type { TableSize } from './planned-rows.ts';

const DEFAULT_FILLFACTOR = 90;
/** Rows that ANALYZE looks at by default. */
const SAMPLED_ROWS = 30_000;

/** Size, height and range ends of a B-tree as CREATE INDEX would build it on production. */
export async function estimateBtree(
  connection: Connection,
  known: KnownTables,
  index: IndexFacts,
  { rows, indexed }: TableSize,
): Promise<IndexFigures> {
  const columns = [];
  for (const column of index.columns) {
    const distribution = await keyDistribution(connection, index, column, rows);
    columns.push({ ...distribution, length: column.length, alignment: column.alignment });
  }
  const keys = columns.slice(0, index.keys);
  const attnums = index.columns.slice(0, index.keys).map(({ attnum }) => attnum);
  const size = btreeSize({
    tuples: indexed,
    keys,
    included: columns.slice(index.keys),
    deduplicates: deduplicates(index),
    fillfactor: Number(storageParameter(index.reloptions, 'fillfactor') ?? DEFAULT_FILLFACTOR),
    distinct: index.predicate === null ? await combinations(connection, index.relid, attnums, rows) : null,
    blockSize: index.blockSize,
  });
  const assumed = columns.flatMap((column, i) =>
    column.assumed === null || (i < index.keys && index.unique && column.length > 0) ? [] : [column.assumed],
  );
  return {
    ...size,
    ...(await newRangeEnds(connection, known, index)),
    tuples: indexed,
    brin_revmap_pages: null,
    gin: null,
    basis: ['As CREATE INDEX would build it, from the statistics of its columns.', ...assumed],
  };
}

/** Distinct combinations of the keys, where extended statistics tell: these are of a sample too. */
async function combinations(
  connection: Connection,
  relid: number,
  attnums: readonly number[],
  rows: number,
): Promise<number | null> {
  const distinct = await readDistinct(connection, relid, attnums);
  if (distinct === null) return null;
  const from = analyzedFrom({ distinct, common: 0, rest: 1, rows, sampled: SAMPLED_ROWS });
  return from * -Math.expm1(-rows / from);
}

/** Equal keys share a tuple where nothing forbids it (_bt_load, _bt_allequalimage). */
function deduplicates({ unique, keys, columns, reloptions }: IndexFacts): boolean {
  const off = ['off', 'false', 'no', '0'].includes(storageParameter(reloptions, 'deduplicate_items') ?? 'on');
  return !unique && !off && columns.length === keys && columns.every(({ equalimage }) => equalimage);
}
