import type { TargetRelation } from '../../catalog/index.ts';
import type { IndexStatistics, RelationSnapshot } from '../../model/snapshot.ts';
import type { StatisticsSlot } from '../../model/statistics.ts';
import type { Connection } from '../../postgres/index.ts';
import { attempt } from '../../postgres/index.ts';

/** Moves the values of a partition's key from one partition's range to another's. */
export interface Shift {
  /** Sentences. */
  readonly basis: readonly string[];
  slot(attname: string, slot: StatisticsSlot): Promise<StatisticsSlot>;
  range(index: IndexStatistics): Promise<IndexStatistics['range']>;
}

/** Types of which a difference can be added to a value. */
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
 * By how much the bounds of a partition that is not born lie beyond its sibling's. `key` is pg_get_partkeydef of the
 * parent; where it is not a range of one movable column, or a bound is open, nothing moves.
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
  const [from, to] = [begin(sibling.partition_bound ?? ''), begin(bound)];
  if (attname === undefined || type === undefined || !MOVABLE.includes(type) || from === null || to === null) {
    return { basis: [], slot: async (_, slot) => slot, range: async ({ range }) => range };
  }
  const move = async (values: string) => moved(connection, type, { values, from, to });
  return {
    basis: [`Values of ${attname} are moved from ${from} to ${to}.`],
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

/** The column that a list begins with, as quote_ident writes it; undefined for an expression, and where `alone` for more than one column. */
function firstName(columns: string, alone: boolean): string | undefined {
  const found = /^(?:"((?:[^"]|"")+)"|([a-z_][a-z_0-9$]*))(?=$|[ ,)])/.exec(columns);
  if (found === null || (alone && found[0].length < columns.length)) return undefined;
  return found[1]?.replaceAll('""', '"') ?? found[2];
}

/** The lower bound of a range of one column; null where it is open or there are several. */
function begin(bound: string): string | null {
  const value = /^FOR VALUES FROM \((?:'([^']*)'|(-?[\d.]+))\) TO /.exec(bound);
  return value?.[1] ?? value?.[2] ?? null;
}

async function moved(
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
