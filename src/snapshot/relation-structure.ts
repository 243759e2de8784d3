import type { ExtendedStatistics } from '../model/statistics.ts';
import {
  all,
  BLOCKS,
  bool,
  eachOnce,
  FLOAT4,
  INT2,
  INT4,
  integerBetween,
  listOf,
  mapOf,
  name,
  number,
  numberBetween,
  oneOf,
  optional,
  orNull,
  shape,
  text,
} from './checks.ts';

const blocks = integerBetween(0, BLOCKS);
/** -1: never vacuumed or analyzed, or a partitioned table. */
const SIZES = { relpages: integerBetween(-1, INT4), reltuples: numberBetween(-1, FLOAT4) };
const ordinal = integerBetween(1, INT4);
/** Longest value or row: MaxAllocSize (memutils.h). */
const ROW_BYTES = 1_073_741_823;
const source = optional(orNull(oneOf('pageinspect', 'explain', 'formula', 'model')));

const SLOT = shape({
  stakind: integerBetween(1, INT2),
  staop: orNull(text),
  stacoll: orNull(text),
  stanumbers: orNull(text),
  stavalues: orNull(text),
  elemtype: orNull(text),
  names: optional(mapOf(text)),
});
const ATTRIBUTE = {
  null_frac: numberBetween(0, 1),
  avg_width: integerBetween(0, ROW_BYTES),
  n_distinct: numberBetween(-1, FLOAT4),
  slots: listOf(SLOT, 5),
};
const END = shape({ value: orNull(text), gaveUp: optional(bool) });
const GIN = shape({
  nPendingPages: blocks,
  nTotalPages: blocks,
  nEntryPages: blocks,
  nDataPages: blocks,
  nEntries: integerBetween(0, Number.MAX_SAFE_INTEGER),
});
const INDEX = shape({
  schemaname: name,
  indexname: name,
  definition: text,
  constraint: optional(orNull(text)),
  am: text,
  relkind: oneOf('i', 'I'),
  indisvalid: bool,
  partial: bool,
  pages: orNull(blocks),
  ...SIZES,
  ordinal,
  tablespace: optional(orNull(text)),
  tree_height: orNull(integerBetween(0, INT4)),
  tree_height_source: source,
  gin: orNull(GIN),
  gin_source: source,
  brin_revmap_pages: orNull(blocks),
  brin_source: source,
  range: orNull(shape({ min: END, max: END })),
  range_source: optional(oneOf('select', 'helper')),
  statistics: all(
    eachOnce(shape({ attnum: integerBetween(1, INT2), inherited: bool, ...ATTRIBUTE }), 'attnum', 'inherited'),
    fitIntoARow,
  ),
});
/** Only checks that numbers are finite; restore checks whether they fit the object. */
const EXTENDED_DATA = shape({
  inherited: bool,
  ndistinct: orNull(listOf(shape({ attributes: listOf(text), ndistinct: number }))),
  dependencies: orNull(listOf(shape({ attributes: listOf(text), degree: number }))),
  mcv: orNull(listOf(shape({ values: listOf(orNull(text)), frequency: number, base_frequency: number }))),
  expressions: orNull(listOf(orNull(shape(ATTRIBUTE)))),
});
const EXTENDED = all(
  shape({
    schemaname: name,
    statistics_name: name,
    definition: text,
    columns: listOf(text),
    ordinal,
    data: eachOnce(EXTENDED_DATA, 'inherited'),
  }),
  namesItsColumns,
);
const RELATION = shape({
  schemaname: name,
  relname: name,
  relkind: oneOf('r', 'p', 'm', 'f', 'S'),
  relpersistence: optional(oneOf('p', 'u')),
  pages: orNull(blocks),
  ...SIZES,
  relallvisible: integerBetween(0, INT4),
  relallfrozen: optional(orNull(integerBetween(0, INT4))),
  relhassubclass: bool,
  reloptions: listOf(text),
  tablespace: orNull(text),
  inherits: listOf(text),
  partition_bound: orNull(text),
  partition_key: orNull(text),
  children: listOf(text),
  dropped_columns: optional(integerBetween(0, INT2)),
  columns: eachOnce(
    shape({
      attname: name,
      type: text,
      notnull: optional(bool),
      default: optional(orNull(text)),
      generated: optional(text),
      identity: optional(text),
      collation: optional(orNull(text)),
    }),
    'attname',
  ),
  statistics: all(
    eachOnce(shape({ attname: name, inherited: bool, ...ATTRIBUTE }), 'attname', 'inherited'),
    fitIntoARow,
  ),
  indexes: eachOnce(INDEX, 'schemaname', 'indexname'),
  extended_statistics: eachOnce(EXTENDED, 'schemaname', 'statistics_name'),
});

/**
 * PostgreSQL adds up the widths as int4, and divides by the sum for a table that was never vacuumed (estimate_rel_size in
 * plancat.c).
 */
function fitIntoARow(value: unknown): string | null {
  const widths = { true: 0, false: 0 };
  for (const { inherited, avg_width } of value as readonly { inherited: boolean; avg_width: number }[]) {
    widths[`${inherited}`] += avg_width;
  }
  return Math.max(widths.true, widths.false) > ROW_BYTES
    ? `has widths that add up to more than ${ROW_BYTES} bytes`
    : null;
}

/** Attributes of ndistinct and dependencies are columns, or expressions as negative numbers. */
function namesItsColumns(value: unknown): string | null {
  const { columns, data } = value as Pick<ExtendedStatistics, 'columns' | 'data'>;
  const isKnown = (attribute: string) => columns.includes(attribute) || /^-[1-9]$/.test(attribute);
  for (const [i, { ndistinct, dependencies }] of data.entries()) {
    for (const [part, items] of [
      ['ndistinct', ndistinct ?? []] as const,
      ['dependencies', dependencies ?? []] as const,
    ]) {
      const stray = items.findIndex(({ attributes }) => !attributes.every(isKnown));
      if (stray >= 0) return `.data[${i}].${part}[${stray}].attributes names a column that is not in .columns`;
    }
  }
  return null;
}

/** Like manifestMistake, for a relation's file. */
export function relationMistake(value: unknown): string | null {
  return RELATION(value);
}
