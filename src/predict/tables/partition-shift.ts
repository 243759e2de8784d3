import type { TargetRelation } from '../../catalog/index.ts';
import type { IndexStatistics, RelationSnapshot } from '../../model/snapshot.ts';
import type { StatisticsSlot } from '../../model/statistics.ts';
import type { Connection } from '../../postgres/index.ts';
import { attempt } from '../../postgres/index.ts';

/** Moves values of the partition key from one partition's range to another's. */
export interface Shift {
  /** Sentences that explain the shift; none if nothing moves. */
  readonly basis: readonly string[];
  slot(attname: string, slot: StatisticsSlot): Promise<StatisticsSlot>;
  range(index: IndexStatistics): Promise<IndexStatistics['range']>;
}

/** Types whose values can be subtracted from each other, and the difference added to another value. */
const MOVABLE = [
  'timestamp with time zone',
  'timestamp without time zone',
  'date',
  'integer',
  'bigint',
  'smallint',
  'numeric',
];

/** STATISTIC_KIND_MCV and STATISTIC_KIND_HISTOGRAM. */
const WITH_VALUES = [1, 2];

/**
 * Makes the shift from a sibling's bounds to those of a new partition. `key` is pg_get_partkeydef of the parent.
 * Nothing moves unless the key is a range of one column of a movable type, and both lower bounds are closed.
 */
export function makeShift(
  connection: Connection,
  key: string | null,
  sibling: RelationSnapshot,
  bound: string,
  target: TargetRelation,
): Shift {
  const attname = firstName(/^RANGE \((.*)\)$/s.exec(key ?? '')?.[1] ?? '', true);
  const type = attname === undefined ? undefined : target.columns.get(attname)?.type.replace(/\(\d+\)/, '');
  const [from, to] = [lowerBound(sibling.partition_bound ?? ''), lowerBound(bound)];
  if (attname === undefined || type === undefined || !MOVABLE.includes(type) || from === null || to === null) {
    return { basis: [], slot: async (_, slot) => slot, range: async ({ range }) => range };
  }
  const move = async (values: string) => shiftValues(connection, type, { values, from, to });
  return {
    basis: [`Values of ${attname} are shifted by the distance from ${from} to ${to}.`],
    slot: async (column, slot) => {
      if (column !== attname || slot.stavalues === null || !WITH_VALUES.includes(slot.stakind)) return slot;
      return { ...slot, stavalues: (await move(slot.stavalues)) ?? slot.stavalues };
    },
    range: async ({ definition, range }) => {
      const columns = / USING btree \((.*)/s.exec(definition)?.[1] ?? '';
      if (range === null || firstName(columns, false) !== attname) return range;
      const end = async (value: string | null) => (value === null ? null : await move(`{"${value}"}`));
      const plainEnd = (text: string | null) => ({ value: text?.replace(/^\{"?|"?\}$/g, '') ?? null });
      return { min: plainEnd(await end(range.min.value)), max: plainEnd(await end(range.max.value)) };
    },
  };
}

/**
 * The first column of a list written with quote_ident; undefined for an expression or, with `alone`, for several
 * columns.
 */
function firstName(columns: string, alone: boolean): string | undefined {
  const found = /^(?:"((?:[^"]|"")+)"|([a-z_][a-z_0-9$]*))(?=$|[ ,)])/.exec(columns);
  if (found === null || (alone && found[0].length < columns.length)) return undefined;
  return found[1]?.replaceAll('""', '"') ?? found[2];
}

/** The lower bound of a range of one column; null if it is open or there are several columns. */
function lowerBound(bound: string): string | null {
  const value = /^FOR VALUES FROM \((?:'([^']*)'|(-?[\d.]+))\) TO /.exec(bound);
  return value?.[1] ?? value?.[2] ?? null;
}

async function shiftValues(
  connection: Connection,
  type: string,
  { values, from, to }: { readonly values: string; readonly from: string; readonly to: string },
): Promise<string | null> {
  const sql = `SELECT pg_catalog.array_agg((v.value + ($3::${type} - $2::${type}))::${type} ORDER BY v.ordinality)::pg_catalog.text AS values
FROM pg_catalog.unnest($1::${type}[]) WITH ORDINALITY AS v (value)`;
  let found: string | null = null;
  await attempt(connection, async () => {
    const [row] = await connection.query<{ values: string | null }>(sql, [values, from, to]);
    found = row?.values ?? null;
  });
  return found;
}
