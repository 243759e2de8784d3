import { IN_USER_SCHEMA, SYSTEM_CATALOG } from '../../catalog/index.ts';
import { FIRST_USER_OID } from '../../model/sql/oid-values.ts';
import type { Connection } from '../../postgres/index.ts';

/** Traces of an earlier restore into this database, read before anything is replaced. */
export interface PreviousRestore {
  /** Names of the settings that it set on the database. */
  readonly settings: readonly string[];
  /** OIDs of the relations and indexes that it knew. */
  readonly relations: readonly number[];
  /** True if it restored system catalogs. */
  readonly catalogs: boolean;
}

const HAS_PREVIOUS_SQL = `SELECT pg_catalog.to_regclass('regress_planner.restored') IS NOT NULL AS previous`;

const SETTINGS_SQL =
  'SELECT COALESCE(r.settings, ARRAY[]::pg_catalog.text[]) AS settings FROM regress_planner.restored r';

/** Side tables list relations that have a file. Relations without a file have figures only from a restore. */
const RELATIONS_SQL = `
SELECT r.relid AS oid FROM regress_planner.relation r WHERE r.relid >= ${FIRST_USER_OID}
UNION SELECT i.indexrelid FROM regress_planner.index i WHERE i.indexrelid >= ${FIRST_USER_OID}
UNION SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('p', 'f', 'I') AND c.reltuples >= 0 AND ${IN_USER_SCHEMA}
ORDER BY 1`;

const CATALOGS_SQL = `
SELECT EXISTS (SELECT FROM regress_planner.relation r WHERE r.relid < ${FIRST_USER_OID}) AS catalogs`;

/** Reads the traces of an earlier restore; null if there was none. */
export async function readPrevious(connection: Connection): Promise<PreviousRestore | null> {
  const [row] = await connection.query<{ previous: boolean }>(HAS_PREVIOUS_SQL);
  if (!row?.previous) return null;
  const [restored] = await connection.query<{ settings: string[] }>(SETTINGS_SQL);
  if (restored === undefined) return null;
  const relations = await connection.query<{ oid: number }>(RELATIONS_SQL);
  const [known] = await connection.query<{ catalogs: boolean }>(CATALOGS_SQL);
  return {
    settings: restored.settings,
    relations: relations.map(({ oid }) => oid),
    catalogs: known?.catalogs ?? false,
  };
}

const DELETE_STATISTICS_SQL = `
DELETE FROM pg_catalog.pg_statistic s
USING pg_catalog.pg_class c, pg_catalog.pg_namespace n
WHERE c.oid = s.starelid AND n.oid = c.relnamespace AND ${IN_USER_SCHEMA}`;

const DELETE_EXTENDED_STATISTICS_SQL = `
DELETE FROM pg_catalog.pg_statistic_ext_data d
USING pg_catalog.pg_statistic_ext e, pg_catalog.pg_class c, pg_catalog.pg_namespace n
WHERE e.oid = d.stxoid AND c.oid = e.stxrelid AND n.oid = c.relnamespace AND ${IN_USER_SCHEMA}`;

const DELETE_CATALOG_STATISTICS_SQL = `
DELETE FROM pg_catalog.pg_statistic s
USING pg_catalog.pg_class c, pg_catalog.pg_namespace n
WHERE c.oid = s.starelid AND n.oid = c.relnamespace AND ${SYSTEM_CATALOG}`;

/** Figures as after CREATE TABLE. */
const FORGET_FIGURES_SQL = `
UPDATE pg_catalog.pg_class c SET relpages = 0, reltuples = -1, relallvisible = 0
WHERE c.oid = ANY ($1::pg_catalog.oid[])`;

/** Removes the statistics of all user relations, also those that a restore did not write. */
export async function forgetStatistics(connection: Connection): Promise<void> {
  await connection.query(DELETE_STATISTICS_SQL);
  await connection.query(DELETE_EXTENDED_STATISTICS_SQL);
}

/** Removes this database's statistics of the system catalogs. */
export async function forgetCatalogStatistics(connection: Connection): Promise<void> {
  await connection.query(DELETE_CATALOG_STATISTICS_SQL);
}

/** Resets figures in pg_class to those of a new, empty relation. */
export async function forgetFigures(connection: Connection, oids: readonly number[]): Promise<void> {
  await connection.query(FORGET_FIGURES_SQL, [oids]);
}
