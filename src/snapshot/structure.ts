/** A check of one value: what is wrong, or null. */
type Check = (value: unknown) => string | null;

const text: Check = (value) => (typeof value === 'string' ? null : 'is not text');
const number: Check = (value) => (typeof value === 'number' ? null : 'is not a number');
const bool: Check = (value) => (typeof value === 'boolean' ? null : 'is not true or false');
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value);
/** null where there is none, and absent in older snapshots. */
const maybe = (check: Check): Check => optional(orNull(check));
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) ? first(value.map((each, i) => at(`[${i}]`, check(each)))) : 'is not a list';
const mapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value)
      ? first(Object.entries(value).map(([key, each]) => at(`.${key}`, check(each))))
      : 'is not an object';
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value)
      ? first(Object.entries(fields).map(([name, check]) => at(`.${name}`, check(value[name]))))
      : 'is not an object';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(mistakes: readonly (string | null)[]): string | null {
  return mistakes.find((mistake) => mistake !== null) ?? null;
}

function at(place: string, mistake: string | null): string | null {
  if (mistake === null) return null;
  return mistake.startsWith('is ') ? `${place} ${mistake}` : `${place}${mistake}`;
}

const SLOT = shape({
  stakind: number,
  staop: orNull(text),
  stacoll: orNull(text),
  stanumbers: orNull(text),
  stavalues: orNull(text),
  elemtype: orNull(text),
  names: optional(mapOf(text)),
});
const ATTRIBUTE = { null_frac: number, avg_width: number, n_distinct: number, slots: listOf(SLOT) };
const END = shape({ value: orNull(text), gaveUp: optional(bool) });
const GIN = shape({
  nPendingPages: number,
  nTotalPages: number,
  nEntryPages: number,
  nDataPages: number,
  nEntries: number,
});
const INDEX = shape({
  schemaname: text,
  indexname: text,
  definition: text,
  constraint: maybe(text),
  am: text,
  relkind: text,
  indisvalid: bool,
  partial: bool,
  pages: orNull(number),
  relpages: number,
  reltuples: number,
  ordinal: number,
  tablespace: maybe(text),
  tree_height: orNull(number),
  tree_height_source: maybe(text),
  gin: orNull(GIN),
  gin_source: optional(text),
  brin_revmap_pages: orNull(number),
  brin_source: maybe(text),
  range_source: optional(text),
  range: orNull(shape({ min: END, max: END })),
  statistics: listOf(shape({ attnum: number, inherited: bool, ...ATTRIBUTE })),
});
const EXTENDED_DATA = shape({
  inherited: bool,
  ndistinct: orNull(listOf(shape({ attributes: listOf(text), ndistinct: number }))),
  dependencies: orNull(listOf(shape({ attributes: listOf(text), degree: number }))),
  mcv: orNull(listOf(shape({ values: listOf(orNull(text)), frequency: number, base_frequency: number }))),
  expressions: orNull(listOf(orNull(shape(ATTRIBUTE)))),
});
const RELATION = shape({
  schemaname: text,
  relname: text,
  relkind: text,
  relpersistence: text,
  pages: orNull(number),
  relpages: number,
  reltuples: number,
  relallvisible: number,
  relallfrozen: maybe(number),
  relhassubclass: bool,
  reloptions: listOf(text),
  tablespace: maybe(text),
  inherits: listOf(text),
  partition_bound: maybe(text),
  partition_key: maybe(text),
  children: listOf(text),
  dropped_columns: number,
  columns: listOf(
    shape({
      attname: text,
      type: text,
      notnull: bool,
      default: maybe(text),
      generated: text,
      identity: text,
      collation: maybe(text),
    }),
  ),
  statistics: listOf(shape({ attname: text, inherited: bool, ...ATTRIBUTE })),
  indexes: listOf(INDEX),
  extended_statistics: listOf(
    shape({
      schemaname: text,
      statistics_name: text,
      definition: text,
      columns: listOf(text),
      ordinal: number,
      data: listOf(EXTENDED_DATA),
    }),
  ),
});
const MANIFEST = shape({
  regress: text,
  capturedAt: text,
  server: shape({
    version: text,
    server_version_num: number,
    platform: text,
    block_size: number,
    system_identifier: maybe(text),
    database: text,
    encoding: text,
    lc_collate: text,
    lc_ctype: text,
    locale_provider: text,
    locale: maybe(text),
    icu_rules: optional(text),
    collation_version: maybe(text),
    collations: mapOf(orNull(text)),
    extensions: listOf(shape({ name: text, schema: text, version: text })),
    shared_preload_libraries: text,
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
  unreadable: listOf(shape({ object: text, what: text, reason: text, hint: maybe(text), fatal: bool })),
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
    schema: optional(text),
    relationName: optional(text),
    alias: optional(text),
    indexName: optional(text),
    properties: mapOf((property) => (property === null ? 'is null' : null)),
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
  }),
);

/** What is wrong with the structure of a manifest, such as `.values is not true or false`; null when nothing is. */
export function manifestMistake(value: unknown): string | null {
  return MANIFEST(value);
}

/** As manifestMistake, of the file of production's plans. */
export function plansMistake(value: unknown): string | null {
  return PLANS(value);
}

/** As manifestMistake, of a relation's file. */
export function relationMistake(value: unknown): string | null {
  return RELATION(value);
}
