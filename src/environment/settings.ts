import type { RoleSettings } from '../model/manifest.ts';
import type { DifferingSetting } from '../model/target/condition.ts';
import type { Connection } from '../postgres/index.ts';
import { EXTENSION_PREFIX, READ_SETTINGS } from './settable-settings.ts';
import type { MajorSql } from './sql-by-major.ts';

/**
 * The planner settings that the session started with, in the unit of pg_settings, so that the bare number means the same
 * to SET. Must be sent before any SET LOCAL.
 */
export function settingsSql(dialect: MajorSql): string {
  return `SELECT s.name, s.reset_val
FROM pg_catalog.pg_settings s
WHERE ${dialect.isPlannerSetting}
   OR s.name = ANY ('{${READ_SETTINGS.join(',')}}'::pg_catalog.text[])
   OR s.name ^@ '${EXTENSION_PREFIX}'
ORDER BY s.name`;
}

/** Planner settings of ALTER ROLE and ALTER DATABASE … SET; other settings do not leave the server. */
export const ROLE_SETTINGS_SQL = `SELECT r.rolname AS role, s.setdatabase <> 0 AS database,
       pg_catalog.split_part(c.config, '=', 1) AS name,
       pg_catalog.substr(c.config, pg_catalog.strpos(c.config, '=') + 1) AS value
FROM pg_catalog.pg_db_role_setting s
LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c (config)
WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
  AND (s.setrole = 0 OR r.oid IS NOT NULL)
  AND (pg_catalog.split_part(c.config, '=', 1) = ANY ($1::pg_catalog.text[]) OR c.config ^@ '${EXTENSION_PREFIX}')
ORDER BY r.rolname NULLS FIRST, 2, 3`;

interface RoleSettingRow {
  readonly role: string | null;
  readonly database: boolean;
  readonly name: string;
  readonly value: string;
}

/** Reads the settings that a plan depends on, by name. */
export async function readSettings(connection: Connection, dialect: MajorSql): Promise<Record<string, string>> {
  const rows = await connection.query<{ name: string; reset_val: string | null }>(settingsSql(dialect));
  return Object.fromEntries(rows.map((row) => [row.name, row.reset_val ?? '']));
}

/** Reads which of the named settings roles and the database override. */
export async function readRoleSettings(connection: Connection, names: readonly string[]): Promise<RoleSettings[]> {
  const found = new Map<string, { role: string | null; database: boolean; settings: Record<string, string> }>();
  for (const row of await connection.query<RoleSettingRow>(ROLE_SETTINGS_SQL, [names])) {
    const key = JSON.stringify([row.role, row.database]);
    const entry = found.get(key) ?? { role: row.role, database: row.database, settings: {} };
    entry.settings[row.name] = row.value;
    found.set(key, entry);
  }
  return [...found.values()];
}

/** Not compared: plans are made with jit off, and what EXPLAIN prints about it is dropped. */
const NO_PART_OF_A_PLAN = /^jit(_|$)/;

/** Settings that differ between the servers, by name; a setting that only one of them knows is left out. */
export function differingSettings(
  source: Readonly<Record<string, string>>,
  target: Readonly<Record<string, string>>,
): DifferingSetting[] {
  return Object.keys(source)
    .filter((name) => target[name] !== undefined && target[name] !== source[name] && !NO_PART_OF_A_PLAN.test(name))
    .sort()
    .map((name) => ({ name, source: source[name] ?? null, target: target[name] ?? null }));
}
