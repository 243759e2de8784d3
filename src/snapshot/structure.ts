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
const END = shape({ value: orNull(text) });
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
  am: text,
  relkind: text,
  indisvalid: bool,
  partial: bool,
  pages: orNull(number),
  relpages: number,
  reltuples: number,
  ordinal: number,
  tree_height: orNull(number),
  gin: orNull(GIN),
  brin_revmap_pages: orNull(number),
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
  pages: orNull(number),
  relpages: number,
  reltuples: number,
  relallvisible: number,
  relhassubclass: bool,
  columns: listOf(shape({ attname: text, type: text })),
  statistics: listOf(shape({ attname: text, inherited: bool, ...ATTRIBUTE })),
  indexes: listOf(INDEX),
  extended_statistics: listOf(
    shape({ schemaname: text, statistics_name: text, definition: text, ordinal: number, data: listOf(EXTENDED_DATA) }),
  ),
});
const MANIFEST = shape({
  regress: text,
  capturedAt: text,
  capturedUntil: optional(text),
  server: shape({
    version: text,
    server_version_num: number,
    block_size: number,
    database: text,
    encoding: text,
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
