import type { Connection } from '../../postgres/index.ts';
import { attempt } from '../../postgres/index.ts';
import type { IndexFigures, KnownTables } from '../prediction.ts';
import type { ColumnFacts, IndexFacts } from './index-facts.ts';

type Ends = Pick<IndexFigures, 'range_min' | 'range_max'>;

const NO_ENDS: Ends = { range_min: null, range_max: null };

/**
 * The ends of the leading column of a full B-tree that production does not have: those of an index of production that
 * leads with the same column, else the ends that the column's statistics show.
 */
export async function newRangeEnds(connection: Connection, { ranges }: KnownTables, index: IndexFacts): Promise<Ends> {
  const [leading] = index.columns;
  if (index.predicate !== null || leading === undefined || !leading.opcdefault) return NO_ENDS;
  const other = ranges.get(index.relid)?.find(({ definition }) => leadsWith(definition, leading.expression))?.range;
  if (other) return { range_min: other.min.value, range_max: other.max.value };
  const column = index.uses.find(({ attnum }) => attnum === leading.attnum);
  return column === undefined ? NO_ENDS : endsOfStatistics(connection, column);
}

/** Whether a definition (pg_get_indexdef) begins with a key, of its type's default operator class and collation. */
function leadsWith(definition: string, key: string): boolean {
  const [, keys = ''] = definition.split(' USING btree (');
  const rest = [key, `(${key})`].filter((text) => keys.startsWith(text)).map((text) => keys.slice(text.length));
  return rest.some((after) => /^(,|\)| DESC\b| NULLS\b)/.test(after));
}

async function endsOfStatistics(connection: Connection, { type, statistics }: ColumnFacts): Promise<Ends> {
  const { bounds, common } = statistics ?? {};
  const ends = bounds ? [bounds[0], bounds.at(-1)] : [];
  const values = [...ends, ...(common ?? [])].filter((value) => value !== null);
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
