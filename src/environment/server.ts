import { USER_RELATION } from '../catalog/index.ts';
import type { SourceServer, Unreadable } from '../model/manifest.ts';
import { FIRST_USER_OID } from '../model/sql/oid-values.ts';
import { type Connection, quoteIdent, type ServerVersion } from '../postgres/index.ts';
import type { MajorSql } from './sql-by-major.ts';

/** The facts about the server and the database that must be the same in CI for plans to be the same. */
export function serverSql(dialect: MajorSql): string {
  return `SELECT pg_catalog.version() AS full_version,
       pg_catalog.current_setting('block_size')::pg_catalog.int4 AS block_size,
       d.datname AS database,
       pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
       d.datcollate AS lc_collate, d.datctype AS lc_ctype,
       ${dialect.localeProvider} AS locale_provider, ${dialect.locale} AS locale, ${dialect.icuRules} AS icu_rules,
       ${dialect.collationVersion} AS collation_version,
       t.spcname AS default_tablespace,
       pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may_read_control,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00"') AS captured_at
FROM pg_catalog.pg_database d
JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname = pg_catalog.current_database()
ORDER BY d.oid`;
}

export const SYSTEM_IDENTIFIER_SQL = `SELECT s.system_identifier::pg_catalog.text AS system_identifier
FROM pg_catalog.pg_control_system() s
ORDER BY 1`;

/**
 * The first is NULL for a role without pg_read_all_settings, which may not see it. The others may also be set for roles
 * and for the database, where everybody can see them.
 */
export const PRELOAD_SQL = `SELECT pg_catalog.max(s.setting) FILTER (WHERE s.name = 'shared_preload_libraries') AS shared_preload_libraries,
       pg_catalog.concat_ws(', ',
         pg_catalog.max(NULLIF(s.reset_val, '')) FILTER (WHERE s.name = 'session_preload_libraries'),
         pg_catalog.max(NULLIF(s.reset_val, '')) FILTER (WHERE s.name = 'local_preload_libraries'),
         (SELECT pg_catalog.string_agg(DISTINCT c.libraries, ', ' ORDER BY c.libraries)
          FROM pg_catalog.pg_db_role_setting r
          CROSS JOIN LATERAL (
            SELECT pg_catalog.substr(u.config, pg_catalog.strpos(u.config, '=') + 1) AS libraries
            FROM pg_catalog.unnest(r.setconfig) AS u (config)
            WHERE u.config ^@ 'session_preload_libraries=' OR u.config ^@ 'local_preload_libraries=') c
          WHERE c.libraries <> '' AND r.setdatabase IN (0, (
            SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())))
       ) AS session_preload_libraries
FROM pg_catalog.pg_settings s
WHERE s.name IN ('shared_preload_libraries', 'session_preload_libraries', 'local_preload_libraries')
ORDER BY 1`;

export const EXTENSIONS_SQL = `SELECT e.extname AS name, n.nspname AS schema, e.extversion AS version
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
ORDER BY e.extname`;

/** The collations of columns and index columns, except the default one, whose version is the database's. */
export const COLLATIONS_SQL = `SELECT pg_catalog.format('%I.%I', cn.nspname, o.collname) AS name,
       pg_catalog.pg_collation_actual_version(o.oid) AS version
FROM pg_catalog.pg_collation o
JOIN pg_catalog.pg_namespace cn ON cn.oid = o.collnamespace
WHERE o.collname <> 'default' AND o.oid IN (
  SELECT a.attcollation
  FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = a.attrelid
  JOIN pg_catalog.pg_class c ON c.oid = COALESCE(i.indrelid, a.attrelid)
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${USER_RELATION} AND a.attnum > 0 AND NOT a.attisdropped)
ORDER BY 1`;

/** Options of the tablespaces that relations or indexes live in, and of the database's own. */
export const TABLESPACES_SQL = `SELECT t.spcname AS name, COALESCE(t.spcoptions, '{}') AS options
FROM pg_catalog.pg_tablespace t
WHERE t.oid IN (SELECT c.reltablespace FROM pg_catalog.pg_class c WHERE c.oid >= ${FIRST_USER_OID})
   OR t.oid = (SELECT d.dattablespace FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
ORDER BY t.spcname`;

interface ServerRow {
  readonly full_version: string;
  readonly block_size: number;
  readonly database: string;
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  readonly locale_provider: string;
  readonly locale: string | null;
  readonly icu_rules: string | null;
  readonly collation_version: string | null;
  readonly default_tablespace: string;
  readonly may_read_control: boolean;
  readonly in_recovery: boolean;
  readonly captured_at: string;
}

interface Preload {
  readonly shared_preload_libraries: string | null;
  readonly session_preload_libraries: string;
}

export interface ServerFacts {
  readonly server: SourceServer;
  readonly capturedAt: string;
  /** True if the server is a standby. */
  readonly inRecovery: boolean;
  readonly unreadable: readonly Unreadable[];
  readonly default_tablespace: string;
  readonly tablespaces: Readonly<Record<string, readonly string[]>>;
}

/** Reads the manifest's facts about the server. */
export async function readServer(
  connection: Connection,
  version: ServerVersion,
  dialect: MajorSql,
  role: string,
): Promise<ServerFacts> {
  const [row] = (await connection.query<ServerRow>(serverSql(dialect))) as [ServerRow];
  const control = row.may_read_control
    ? await connection.query<{ system_identifier: string }>(SYSTEM_IDENTIFIER_SQL)
    : [];
  const [preload] = await connection.query<Preload>(PRELOAD_SQL);
  const collations = await connection.query<{ name: string; version: string | null }>(COLLATIONS_SQL);
  const tablespaces = await connection.query<{ name: string; options: string[] }>(TABLESPACES_SQL);
  const {
    full_version,
    may_read_control: _,
    in_recovery,
    captured_at,
    default_tablespace,
    icu_rules,
    ...database
  } = row;
  return {
    server: {
      ...database,
      ...(icu_rules !== null && { icu_rules }),
      version: version.version,
      server_version_num: version.server_version_num,
      platform: platformOf(full_version),
      system_identifier: control[0]?.system_identifier ?? null,
      collations: Object.fromEntries(collations.map((collation) => [collation.name, collation.version])),
      extensions: await connection.query(EXTENSIONS_SQL),
      shared_preload_libraries: preload?.shared_preload_libraries ?? '',
      ...(preload?.session_preload_libraries && { session_preload_libraries: preload.session_preload_libraries }),
    },
    capturedAt: captured_at,
    inRecovery: in_recovery,
    unreadable: preload?.shared_preload_libraries == null ? [unreadablePreload(role)] : [],
    default_tablespace,
    tablespaces: Object.fromEntries(tablespaces.map((tablespace) => [tablespace.name, tablespace.options])),
  };
}

function unreadablePreload(role: string): Unreadable {
  return {
    object: 'shared_preload_libraries',
    what: 'setting',
    reason: 'permission denied, so planner extensions of the source are not known',
    hint: `GRANT pg_read_all_settings TO ${quoteIdent(role)}`,
    fatal: false,
  };
}

/** The platform in the text of version(), such as `x86_64-pc-linux-gnu`. */
function platformOf(fullVersion: string): string {
  return / on ([^ ,]+)/.exec(fullVersion)?.[1] ?? '';
}
