import { FIRST_USER_OID } from '../model/sql/oid-values.ts';
import type { Connection } from '../postgres/index.ts';

/**
 * Names of objects that users created, with their kind, by OID ($1; NULL: all). Statistics of system catalogs refer to
 * objects by OIDs, which differ between databases. Needs an empty search_path, so that names are qualified.
 */
export const OBJECT_NAMES_SQL = `SELECT o.oid, o.kind || ' ' || o.name AS name FROM (
  SELECT c.oid, 'regclass' AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, 1 AS place
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT n.nspname ^@ 'pg_'
  UNION ALL SELECT n.oid, 'regnamespace', pg_catalog.quote_ident(n.nspname), 2 FROM pg_catalog.pg_namespace n
  WHERE NOT n.nspname ^@ 'pg_'
  UNION ALL SELECT t.oid, 'regtype', pg_catalog.format_type(t.oid, NULL), 3 FROM pg_catalog.pg_type t
  UNION ALL SELECT p.oid, 'regprocedure', p.oid::pg_catalog.regprocedure::pg_catalog.text, 4 FROM pg_catalog.pg_proc p
  UNION ALL SELECT r.oid, 'regrole', pg_catalog.quote_ident(r.rolname), 5 FROM pg_catalog.pg_roles r) o
WHERE o.oid >= ${FIRST_USER_OID} AND ($1::pg_catalog.oid[] IS NULL OR o.oid = ANY ($1))
ORDER BY o.oid, o.place`;

/** Names by OID, such as `regclass public.orders`. */
export async function readObjectNames(
  connection: Connection,
  oids: readonly number[] | null,
): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (const { oid, name } of await connection.query<{ oid: number; name: string }>(OBJECT_NAMES_SQL, [oids])) {
    if (!names.has(oid)) names.set(oid, name);
  }
  return names;
}
