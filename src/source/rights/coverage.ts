import { USER_RELATION } from '../../catalog/index.ts';
import type { Coverage, IndexStatistics, RelationSnapshot } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';
import type { Privileges } from './privileges.ts';
import { OWNER_FUNCTIONS, VIEWS } from './visible-statistics.ts';

/** Counts a relation's indexes, and those whose figures and, in a snapshot with values, range ends are production's own. */
export function indexCoverage({ indexes }: RelationSnapshot, values: boolean): Coverage['indexes'] {
  const usable = indexes.filter(({ relkind, indisvalid, pages }) => relkind === 'i' && indisvalid && pages !== null);
  return { all: usable.length, exact: usable.filter((index) => isExact(index, values)).length };
}

function isExact({ am, partial, gin, tree_height_source, range }: IndexStatistics, values: boolean): boolean {
  if (am === 'gin') return gin !== null;
  if (am !== 'btree') return true;
  return tree_height_source !== 'model' && (partial || range !== null || !values);
}

/** Columns of analyzed tables that should have statistics, and those the role sees; all if it may read all of them ($1). */
const columnsSql = (stats: string): string => `SELECT COALESCE(pg_catalog.sum(t.columns), 0)::pg_catalog.int4 AS all,
       COALESCE(pg_catalog.sum(LEAST(t.columns, t.seen)), 0)::pg_catalog.int4 AS read
FROM (SELECT
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND COALESCE(a.attstattarget, -1) <> 0) AS columns,
    CASE WHEN NOT $1::pg_catalog.bool THEN (SELECT pg_catalog.count(DISTINCT s.attname) FROM ${stats} s
     WHERE s.schemaname = n.nspname AND s.tablename = c.relname) END AS seen
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${USER_RELATION} AND c.relkind IN ('r', 'm') AND c.reltuples > 0) t
ORDER BY 1`;

export const SEEN_COLUMNS_SQL = columnsSql(VIEWS.stats);
/** Like SEEN_COLUMNS_SQL, through the helper function of the tables' owner. */
export const OWNER_SEEN_COLUMNS_SQL = columnsSql(OWNER_FUNCTIONS.stats.replace('$1::pg_catalog.oid[]', 'ARRAY[c.oid]'));

/** Counts how much of what the planner reads was read. Throws DatabaseError. */
export async function coverageOf(
  connection: Connection,
  privileges: Privileges,
  indexes: readonly Coverage['indexes'][],
): Promise<Coverage> {
  const { reader, pg_statistic } = privileges;
  const seesAll = pg_statistic || reader === 'direct' || reader === 'helpers';
  const sql = reader === 'owner' ? OWNER_SEEN_COLUMNS_SQL : SEEN_COLUMNS_SQL;
  const [columns] = await connection.query<Coverage['columns']>(sql, [seesAll]);
  return { reader, columns: columns ?? { all: 0, read: 0 }, indexes: sum(indexes) };
}

function sum(indexes: readonly Coverage['indexes'][]): Coverage['indexes'] {
  return indexes.reduce((one, two) => ({ all: one.all + two.all, exact: one.exact + two.exact }), { all: 0, exact: 0 });
}
