import type { ExtendedStatistics } from '../model/snapshot.ts';
import { isJsonObject } from '../model/text/json.ts';

/** Checks one value: returns what is wrong, or null. */
type Check = (value: unknown) => string | null;

const UNFIT = /[\0\p{Surrogate}]/u;
const text: Check = (value) => {
  if (typeof value !== 'string') return 'is not text';
  // A text of PostgreSQL can hold neither.
  return UNFIT.test(value) ? 'holds a character that PostgreSQL refuses' : null;
};
const name: Check = (value) => (value === '' ? 'is empty' : text(value));
const number: Check = (value) => (Number.isFinite(value) ? null : 'is not a number');
const numberBetween =
  (least: number, most: number): Check =>
  (value) =>
    number(value) ?? ((value as number) >= least && (value as number) <= most ? null : notBetween(least, most));
const integerBetween =
  (least: number, most: number): Check =>
  (value) =>
    number(value) ?? (Number.isInteger(value) ? numberBetween(least, most)(value) : 'is not a whole number');
const notBetween = (least: number, most: number): string => `is not between ${least} and ${most}`;
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value) ? null : `is not one of ${values.join(', ')}`;
const bool: Check = (value) => (typeof value === 'boolean' ? null : 'is not true or false');
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value);
const listOf =
  (check: Check, most = Number.POSITIVE_INFINITY): Check =>
  (value) => {
    if (!Array.isArray(value)) return 'is not a list';
    if (value.length > most) return `has more than ${most} items`;
    for (let i = 0; i < value.length; i += 1) {
      const mistake = check(value[i]);
      if (mistake !== null) return at(`[${i}]`, mistake);
    }
    return null;
  };
const mapOf =
  (check: Check): Check =>
  (value) => {
    if (!isJsonObject(value)) return 'is not an object';
    for (const [key, each] of Object.entries(value)) {
      const mistake = text(key) ?? check(each);
      if (mistake !== null) return at(`.${key}`, mistake);
    }
    return null;
  };
const shape = (fields: Readonly<Record<string, Check>>): Check => {
  const entries = Object.entries(fields);
  return (value) => {
    if (!isJsonObject(value)) return 'is not an object';
    for (const [key, check] of entries) {
      const mistake = check(value[key]);
      if (mistake !== null) return at(`.${key}`, mistake);
    }
    return null;
  };
};
const all =
  (...checks: readonly Check[]): Check =>
  (value) => {
    for (const check of checks) {
      const mistake = check(value);
      if (mistake !== null) return mistake;
    }
    return null;
  };

/** A list in which no two items have the same values of these fields. */
function eachOnce(check: Check, ...fields: readonly string[]): Check {
  return all(listOf(check), (value) => {
    const seen = new Set<string>();
    for (const [i, item] of (value as Record<string, unknown>[]).entries()) {
      const key =
        fields.length === 1 ? String(item[fields[0] as string]) : JSON.stringify(fields.map((field) => item[field]));
      if (seen.has(key)) return `[${i}] is a duplicate`;
      seen.add(key);
    }
    return null;
  });
}

function at(place: string, mistake: string): string {
  return mistake.startsWith('.') || mistake.startsWith('[') ? `${place}${mistake}` : `${place} ${mistake}`;
}

/** The greatest int2, int4, float4 and BlockNumber. */
const [INT2, INT4, FLOAT4, BLOCKS] = [32_767, 2_147_483_647, 3.4028235e38, 4_294_967_295] as const;
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
    shape({ attname: name, type: text, default: optional(orNull(text)), collation: optional(orNull(text)) }),
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

/** `2026-01-02T03:04:05.678901+00`, on a date that exists. */
const moment: Check = (value) => {
  const mistake = text(value);
  if (mistake !== null) return mistake;
  const [, seconds] =
    /^(\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,6})?(?:\+00(?::00)?|Z)$/.exec(value as string) ?? [];
  const time = new Date(`${seconds}Z`);
  const isReal = !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === seconds;
  return isReal ? null : 'is not a time in UTC, such as 2026-01-02T03:04:05.678901+00';
};

const MANIFEST = shape({
  regress: text,
  capturedAt: moment,
  capturedUntil: optional(moment),
  server: shape({
    version: text,
    server_version_num: integerBetween(1, INT4),
    platform: text,
    block_size: oneOf(1024, 2048, 4096, 8192, 16_384, 32_768),
    system_identifier: orNull(text),
    database: text,
    encoding: text,
    lc_collate: text,
    lc_ctype: text,
    locale_provider: text,
    locale: orNull(text),
    collation_version: orNull(text),
    collations: mapOf(orNull(text)),
    extensions: listOf(shape({ name: text, schema: text, version: text })),
    shared_preload_libraries: text,
    icu_rules: optional(text),
    session_preload_libraries: optional(text),
  }),
  settings: mapOf(text),
  role_settings: listOf(shape({ role: orNull(text), database: bool, settings: mapOf(text) })),
  role: optional(text),
  roles: optional(
    listOf(shape({ name: text, superuser: bool, bypassrls: bool, inherit: bool, member_of: listOf(text) })),
  ),
  tablespaces: mapOf(listOf(text)),
  default_tablespace: text,
  values: bool,
  transactions: optional(number),
  plans: optional(text),
  coverage: optional(
    shape({
      reader: text,
      columns: shape({ all: number, read: number }),
      indexes: shape({ all: number, exact: number }),
    }),
  ),
  unreadable: listOf(shape({ object: text, what: text, reason: text, fatal: bool })),
  files: mapOf(text),
  catalogs: optional(mapOf(text)),
  digest: text,
});

const PLAN: Check = (value) =>
  shape({
    nodeType: text,
    startupCost: number,
    totalCost: number,
    planRows: number,
    planWidth: number,
    properties: mapOf(() => null),
    plans: listOf(PLAN),
  })(value);
const PLANS = listOf(
  shape({
    suite: text,
    query: text,
    case: orNull(text),
    digest: text,
    now: text,
    plan: orNull(PLAN),
    error: orNull(text),
    changed: optional(listOf(text)),
  }),
);

/** Says what is wrong with the structure of a manifest, such as `.values is not true or false`; null if nothing is. */
export function manifestMistake(value: unknown): string | null {
  return MANIFEST(value);
}

/** Like manifestMistake, for the file of production's plans. */
export function plansMistake(value: unknown): string | null {
  return PLANS(value);
}

/** Like manifestMistake, for a relation's file. */
export function relationMistake(value: unknown): string | null {
  return RELATION(value);
}
