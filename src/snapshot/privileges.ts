import { SYSTEM_CATALOG, USER_RELATION } from '../environment/index.ts';
import type { Unreadable } from '../model/snapshot.ts';
import { type Connection, quoteIdent } from '../postgres/index.ts';
import type { MetapageAccess } from './metapages.ts';
import { qualifiedName } from './scope.ts';
import { CATALOGS, HELPER_FUNCTIONS, type StatisticsSource } from './statistics.ts';

/** Whether the role may read the statistics themselves. */
export const STATISTICS_PRIVILEGE_SQL = `SELECT current_user::pg_catalog.text AS role,
       pg_catalog.has_table_privilege('pg_catalog.pg_statistic', 'SELECT') AS pg_statistic,
       pg_catalog.has_table_privilege('pg_catalog.pg_statistic_ext_data', 'SELECT') AS pg_statistic_ext_data
ORDER BY 1`;

/** Tables with a full B-tree whose ends the role may not read: no USAGE on the schema, or no SELECT on a key's columns. */
const tablePrivilegesSql = (scope: string): string => `SELECT ${qualifiedName('n', 'c')} AS object
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE ${scope}
  AND NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))
  AND EXISTS (
    SELECT FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = x.relam
    WHERE i.indrelid = c.oid AND x.relkind = 'i' AND i.indisvalid AND m.amname = 'btree' AND i.indpred IS NULL
      AND (i.indkey[0] = 0 OR NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
           OR NOT pg_catalog.has_column_privilege(c.oid, i.indkey[0], 'SELECT')))
ORDER BY n.nspname, c.relname`;

export const TABLE_PRIVILEGES_SQL = tablePrivilegesSql(USER_RELATION);
export const CATALOG_PRIVILEGES_SQL = tablePrivilegesSql(SYSTEM_CATALOG);

export interface Privileges {
  readonly role: string;
  /** Where statistics are read from. */
  readonly from: StatisticsSource;
  /** They are read by helper functions. */
  readonly helped: boolean;
  readonly pg_statistic: boolean;
  readonly pg_statistic_ext_data: boolean;
  readonly unreadable: readonly Unreadable[];
}

/**
 * What the role may not read, each with the GRANT that mends it. Without `values` no table itself is read, and system
 * catalogs are where `systemCatalogs` are asked for.
 */
export async function readPrivileges(
  connection: Connection,
  values: boolean,
  { helpers }: MetapageAccess,
  systemCatalogs = false,
): Promise<Privileges> {
  type Row = Omit<Privileges, 'unreadable' | 'from' | 'helped'>;
  const [row] = (await connection.query<Row>(STATISTICS_PRIVILEGE_SQL)) as [Row];
  const direct = row.pg_statistic && row.pg_statistic_ext_data;
  const helped = !direct && helpers.includes('statistics') && helpers.includes('extended_statistics');
  const asked = systemCatalogs ? [TABLE_PRIVILEGES_SQL, CATALOG_PRIVILEGES_SQL] : [TABLE_PRIVILEGES_SQL];
  const tables = [];
  for (const sql of values && !helpers.includes('range_end') ? asked : []) {
    tables.push(...(await connection.query<{ object: string }>(sql)));
  }
  const hint = `GRANT pg_read_all_data TO ${quoteIdent(row.role)}`;
  const denied = (object: string, what: string): Unreadable => ({
    object,
    what,
    reason: `permission denied for ${object}`,
    hint,
    fatal: true,
  });
  return {
    ...row,
    helped,
    from: helped ? HELPER_FUNCTIONS : CATALOGS,
    unreadable: [
      ...(row.pg_statistic || helped ? [] : [denied('pg_catalog.pg_statistic', 'column statistics')]),
      ...(row.pg_statistic_ext_data || helped
        ? []
        : [denied('pg_catalog.pg_statistic_ext_data', 'extended statistics')]),
      ...tables.map(({ object }) => denied(object, 'range ends')),
    ],
  };
}
