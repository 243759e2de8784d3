/**
 * Which relations belong to a snapshot, over pg_class `c` and pg_namespace `n`: those of users. Names that start with
 * `pg_` are the system's (catalogs, TOAST, temporary schemas); regress_planner is the extension's.
 */
export const USER_RELATION = `c.relkind IN ('r', 'p', 'm', 'f', 'S') AND c.relpersistence <> 't'
  AND NOT n.nspname ^@ 'pg_' AND n.nspname NOT IN ('information_schema', 'regress_planner')`;
