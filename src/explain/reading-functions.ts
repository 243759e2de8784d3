import type { Connection } from '../postgres/index.ts';

/**
 * Condition on pg_proc `p`: its body depends on a table, or has FROM or JOIN outside of expressions such as extract().
 */
export const MAY_READ_TABLES = `(EXISTS (SELECT FROM pg_catalog.pg_depend d
                 WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
                   AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
        OR pg_catalog.regexp_replace(p.prosrc,
             '(extract|substring|trim|overlay|position)\\s*\\([^)]*\\)|distinct\\s+from|--[^\\n]*', '', 'gi')
           ~* '\\m(from|join)\\M')`;

/**
 * Users' functions, by name ($1), that PostgreSQL may run while it plans (immutable and stable ones,
 * eval_const_expressions in clauses.c) and whose body seems to read a table.
 */
const READING_FUNCTIONS_SQL = `
SELECT p.proname AS name, pg_catalog.min(p.oid::pg_catalog.regprocedure::pg_catalog.text) AS description
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE p.proname = ANY ($1) AND p.prokind = 'f' AND p.provolatile IN ('i', 's')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND l.lanname NOT IN ('internal', 'c')
   AND ${MAY_READ_TABLES}
 GROUP BY p.proname
 ORDER BY p.proname`;

/** Those of the named functions that may read tables while a query is planned: regprocedure text by name. */
export async function readingFunctions(
  connection: Connection,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await connection.query<{ name: string; description: string }>(READING_FUNCTIONS_SQL, [names]);
  return new Map(rows.map(({ name, description }) => [name, description]));
}
