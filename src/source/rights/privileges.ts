import { SYSTEM_CATALOG, USER_RELATION } from '../../catalog/index.ts';
import type { MajorSql } from '../../environment/index.ts';
import type { Coverage, Unreadable } from '../../model/manifest.ts';
import { type Connection, quoteIdent } from '../../postgres/index.ts';
import type { Helper, MetapageAccess } from '../indexes/metapages.ts';
import { qualifiedName } from '../read/scope.ts';
import { CATALOGS, HELPER_FUNCTIONS, type StatisticsSource } from '../read/statistics.ts';
import { OWNER_FUNCTIONS, statisticsOfViews, VIEWS } from './visible-statistics.ts';

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

/** Tables that the owner of the helper functions ($1) cannot read as a whole, because of privileges or row-level security. */
export const OWNER_PRIVILEGES_SQL = `SELECT ${qualifiedName('n', 'c')} AS object
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_roles r ON r.rolname = $1
WHERE ${USER_RELATION} AND c.relkind IN ('r', 'p', 'm') AND NOT r.rolsuper AND (
  NOT pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT') OR NOT pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
  OR c.relrowsecurity AND NOT r.rolbypassrls AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE')))
ORDER BY n.nspname, c.relname`;

export interface Privileges {
  readonly role: string;
  /** Where statistics are read from. */
  readonly from: StatisticsSource;
  /** The right by which they are read. */
  readonly reader: Coverage['reader'];
  readonly pg_statistic: boolean;
  readonly pg_statistic_ext_data: boolean;
  readonly unreadable: readonly Unreadable[];
}

type StatisticsRights = Pick<Privileges, 'role' | 'pg_statistic' | 'pg_statistic_ext_data'>;

/**
 * Finds out what the role may not read, each with the GRANT that allows it. Without `values` no table itself is checked;
 * system catalogs are checked only with `systemCatalogs`.
 */
export async function readPrivileges(
  connection: Connection,
  dialect: MajorSql,
  values: boolean,
  access: MetapageAccess,
  systemCatalogs = false,
): Promise<Privileges> {
  const [row] = (await connection.query<StatisticsRights>(STATISTICS_PRIVILEGE_SQL)) as [StatisticsRights];
  const reader = readerOf(row, access);
  const unreadable = [...unreadableStatistics(row, reader, access)];
  if (access.owner !== null && reader !== 'direct') {
    const hint = (object: string) => `GRANT SELECT ON ${object} TO ${quoteIdent(access.owner ?? '')}`;
    for (const { object } of await connection.query<{ object: string }>(OWNER_PRIVILEGES_SQL, [access.owner])) {
      unreadable.push(denied(object, 'column statistics and range ends', hint(object)));
    }
  }
  const asked = systemCatalogs ? [TABLE_PRIVILEGES_SQL, CATALOG_PRIVILEGES_SQL] : [TABLE_PRIVILEGES_SQL];
  for (const sql of values && !access.helpers.includes('range_end') ? asked : []) {
    const tables = await connection.query<{ object: string }>(sql);
    unreadable.push(...tables.map(({ object }) => denied(object, 'range ends', readAllData(row.role))));
  }
  return { ...row, reader, from: sourceOf(row, reader, dialect, access), unreadable };
}

const VIEW_HELPERS: readonly Helper[] = ['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs'];

function readsCatalogs({ helpers }: MetapageAccess): boolean {
  return helpers.includes('statistics') && helpers.includes('extended_statistics');
}

function readerOf(rights: StatisticsRights, access: MetapageAccess): Coverage['reader'] {
  if (rights.pg_statistic && rights.pg_statistic_ext_data) return 'direct';
  if (readsCatalogs(access)) return access.owner === null ? 'helpers' : 'owner';
  return VIEW_HELPERS.every((helper) => access.helpers.includes(helper)) ? 'owner' : 'views';
}

/** Each of the two catalogs is read directly if the role may. */
function sourceOf(
  rights: StatisticsRights,
  reader: Coverage['reader'],
  dialect: MajorSql,
  access: MetapageAccess,
): StatisticsSource {
  if (reader === 'direct') return CATALOGS;
  if (readsCatalogs(access)) return HELPER_FUNCTIONS;
  const views = statisticsOfViews(reader === 'owner' ? OWNER_FUNCTIONS : VIEWS, dialect);
  return {
    ...(rights.pg_statistic_ext_data ? CATALOGS : views),
    statistics: rights.pg_statistic ? CATALOGS.statistics : views.statistics,
  };
}

function unreadableStatistics(
  rights: StatisticsRights,
  reader: Coverage['reader'],
  access: MetapageAccess,
): Unreadable[] {
  const [columns, extended] = ['pg_catalog.pg_statistic', 'pg_catalog.pg_statistic_ext_data'];
  if (reader === 'owner' && !readsCatalogs(access)) {
    const owner = quoteIdent(access.owner ?? '');
    return [
      {
        object: columns,
        what: 'what pg_stats does not show',
        reason: `${owner}, who owns the helper functions, sees statistics in pg_stats only: none of the kinds of extensions, and before 17 none of ranges`,
        hint: readAllData(access.owner ?? ''),
        fatal: false,
      },
    ];
  }
  if (reader !== 'views') return [];
  return [
    ...(rights.pg_statistic ? [] : [denied(columns, 'column statistics', readAllData(rights.role))]),
    ...(rights.pg_statistic_ext_data ? [] : [denied(extended, 'extended statistics', readAllData(rights.role))]),
  ];
}

function readAllData(role: string): string {
  return `GRANT pg_read_all_data TO ${quoteIdent(role)}`;
}

function denied(object: string, what: string, hint: string): Unreadable {
  return { object, what, reason: `permission denied for ${object}`, hint, fatal: true };
}
