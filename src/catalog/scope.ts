import { FIRST_USER_OID } from '../model/sql/oid-values.ts';
/**
 * Relations of any kind in the schemas of users, over pg_class `c` and pg_namespace `n`. Names that start with `pg_` are
 * the system's (catalogs, TOAST, temporary schemas); regress_planner is the extension's.
 */
export const IN_USER_SCHEMA = `c.relpersistence <> 't' AND NOT n.nspname ^@ 'pg_'
  AND n.nspname NOT IN ('information_schema', 'regress_planner')`;

/** The relations that belong to a snapshot, over the same. Their indexes go with them. */
export const USER_RELATION = `c.relkind IN ('r', 'p', 'm', 'f', 'S') AND ${IN_USER_SCHEMA}`;

/**
 * The system catalogs, including shared ones, and the tables of information_schema: everything that initdb created.
 * Condition as above. Their TOAST tables do not matter, because no query names them.
 */
export const SYSTEM_CATALOG = `c.relkind = 'r' AND c.oid < ${FIRST_USER_OID} AND n.nspname IN ('pg_catalog', 'information_schema')`;
