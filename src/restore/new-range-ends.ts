import type { Connection } from '../postgres/index.ts';
import type { SideIndex } from './facts.ts';
import type { ColumnFacts, IndexFacts } from './index-facts.ts';
import type { Restoration } from './relation.ts';
import { attempt } from './savepoint.ts';

type Ends = Pick<SideIndex, 'range_min' | 'range_max'>;

const NO_ENDS: Ends = { range_min: null, range_max: null };

/**
 * The ends of the leading column of a full B-tree that production does not have: those of another index that leads with
 * the same column, else the ends that the column's statistics show.
 */
export async function newRangeEnds(
  connection: Connection,
  restoration: Pick<Restoration, 'facts'>,
  index: IndexFacts,
): Promise<Ends> {
  const [leading] = index.columns;
  const column = index.uses.find(({ attnum }) => attnum === leading?.attnum);
  if (index.predicate !== null || leading === undefined || column === undefined || !leading.opcdefault) return NO_ENDS;
  const other = await endsOfOther(connection, restoration, index, column.attnum);
  return other ?? (await endsOfStatistics(connection, column));
}

const OTHERS_SQL = `
SELECT o.indexrelid AS oid FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_index o ON o.indrelid = i.indrelid AND o.indexrelid <> i.indexrelid
WHERE i.indexrelid = $1 AND o.indkey[0] = $2 AND o.indclass[0] = i.indclass[0] AND o.indcollation[0] = i.indcollation[0]
  AND o.indpred IS NULL
ORDER BY o.indexrelid`;

async function endsOfOther(
  connection: Connection,
  { facts }: Pick<Restoration, 'facts'>,
  { oid }: IndexFacts,
  attnum: number,
): Promise<Ends | null> {
  const others = await connection.query<{ oid: number }>(OTHERS_SQL, [oid, attnum]);
  const rows = others.flatMap((other) => facts.indexes.filter(({ indexrelid }) => indexrelid === other.oid));
  const found = rows.find(({ range_min, range_max }) => range_min !== null || range_max !== null);
  return found === undefined ? null : { range_min: found.range_min, range_max: found.range_max };
}

async function endsOfStatistics(connection: Connection, { type, statistics }: ColumnFacts): Promise<Ends> {
  const { bounds, common } = statistics ?? {};
  const values = [...(bounds === null || bounds === undefined ? [] : [bounds[0], bounds.at(-1)]), ...(common ?? [])];
  if (values.length === 0) return NO_ENDS;
  let found: Ends | undefined;
  // Not every type has min() and max(), but every one of a B-tree has an order.
  const end = (direction: 'ASC' | 'DESC') =>
    `(SELECT v.text FROM pg_catalog.unnest($1::pg_catalog.text[]) AS v (text) ORDER BY v.text::${type} ${direction} LIMIT 1)`;
  await attempt(connection, async () => {
    const sql = `SELECT ${end('ASC')} AS range_min, ${end('DESC')} AS range_max`;
    [found] = await connection.query<Ends>(sql, [values]);
  });
  return found ?? NO_ENDS;
}
