import {
  bool,
  type Check,
  INT4,
  integerBetween,
  listOf,
  mapOf,
  number,
  oneOf,
  optional,
  orNull,
  shape,
  text,
} from './checks.ts';

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
  unreadable: listOf(shape({ object: text, what: text, reason: text, hint: optional(orNull(text)), fatal: bool })),
  files: mapOf(text),
  catalogs: optional(mapOf(text)),
  digest: text,
});

/** Says what is wrong with the structure of a manifest, such as `.values is not true or false`; null if nothing is. */
export function manifestMistake(value: unknown): string | null {
  return MANIFEST(value);
}
