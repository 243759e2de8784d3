import type { AttributeStatistics, RelationSnapshot } from '../../model/snapshot.ts';
import { arrayElements } from './array-text.ts';
import { compareValues, familyOf, type TypeFamily } from './type-family.ts';

/** Kinds of slots of pg_statistic; see pg_statistic.h. */
const MCV = 1;
const HISTOGRAM = 2;
const MCELEM = 4;

/** The snapshot's values of a column, as text. */
export interface ColumnValues {
  readonly family: TypeFamily;
  /** Most common first. */
  readonly common: readonly string[];
  /** Histogram bounds, ascending; there are equally many rows between any two neighbours. */
  readonly bounds: readonly string[];
  /** The lowest and highest value, from an index or else from the statistics; null if unknown. */
  readonly min: string | null;
  readonly max: string | null;
  /** No two rows have the same value. */
  readonly unique: boolean;
  /** There are no values but the common ones. */
  readonly complete: boolean;
  /** The most common elements of an array column. */
  readonly elements: readonly string[];
}

/** The values of a column, or the reason that there are none. */
export function columnValues(relation: RelationSnapshot, attname: string): ColumnValues | { readonly missing: string } {
  const name = `${relation.relname}.${attname}`;
  const definition = relation.columns.find((column) => column.attname === attname);
  const statistics = statisticsOf(relation, attname);
  if (statistics === undefined) return { missing: `the snapshot has no statistics of ${name}` };
  const family = familyOf(elementType(statistics) ?? definition?.type ?? '');
  const slot = (kind: number) => statistics.slots.find(({ stakind }) => stakind === kind);
  const valuesOf = (kind: number) => arrayElements(slot(kind)?.stavalues ?? '{}').filter((value) => value !== null);
  const [common, bounds, elements] = [valuesOf(MCV), valuesOf(HISTOGRAM), valuesOf(MCELEM)];
  const ends = rangeOf(relation, attname);
  const known = [...ends, bounds[0], bounds.at(-1), ...common].filter((value) => value !== undefined);
  if (known.length === 0 && elements.length === 0) {
    const masked = statistics.slots.length > 0 && statistics.slots.every(({ stavalues }) => stavalues === null);
    return { missing: masked ? `the snapshot holds no values of ${name}` : `the statistics of ${name} hold no values` };
  }
  const ordered =
    bounds.length > 0 || ends.length > 0 ? known : [...common].sort((a, b) => compareValues(family, a, b));
  return {
    family,
    common,
    bounds,
    min: least(family, ordered),
    max: least(family, [...ordered].reverse(), -1),
    unique: statistics.n_distinct === -1,
    complete: bounds.length === 0 && common.length > 0,
    elements,
  };
}

/** The lowest value, or the highest with `sign` -1; the first one if this code cannot order the type. */
function least(family: TypeFamily, values: readonly string[], sign = 1): string | null {
  const [first = null, ...others] = values;
  return others.reduce<string | null>(
    (found, value) => (found !== null && sign * compareValues(family, value, found) < 0 ? value : found),
    first,
  );
}

/** Statistics of a parent with its children if there are any, because a query on the parent reads those too. */
function statisticsOf(relation: RelationSnapshot, attname: string): AttributeStatistics | undefined {
  const own = relation.statistics.filter((each) => each.attname === attname);
  return own.find(({ inherited }) => inherited) ?? own[0];
}

function elementType({ slots }: AttributeStatistics): string | null {
  return slots.find(({ stakind }) => stakind === MCV || stakind === HISTOGRAM)?.elemtype ?? null;
}

/** Range ends from an index that begins with the column. */
function rangeOf({ indexes }: RelationSnapshot, attname: string): string[] {
  for (const { range, definition } of indexes) {
    const [, quoted, bare] = /USING btree \((?:"((?:[^"]|"")+)"|([^\s,()"]+))(?=[\s,)])/.exec(definition) ?? [];
    if (range === null || (quoted?.replaceAll('""', '"') ?? bare) !== attname) continue;
    const ends = [range.min.value, range.max.value].filter((value) => value !== null);
    if (ends.length > 0) return ends;
  }
  return [];
}
