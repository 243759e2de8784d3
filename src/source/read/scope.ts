/** SQL of a qualified name, quoted only if necessary, over a pg_namespace and a pg_class alias. */
export function qualifiedName(namespace: string, relation: string): string {
  return `pg_catalog.format('%I.%I', ${namespace}.nspname, ${relation}.relname)`;
}

/**
 * SQL of the current number of pages of a relation's main fork, over a pg_class alias. On a standby an unlogged relation
 * has no file, so there it is the size at its last VACUUM.
 */
export function currentPages(relation: string): string {
  return `(CASE WHEN ${relation}.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery() THEN ${relation}.relpages
         ELSE pg_catalog.pg_relation_size(${relation}.oid, 'main')
              / pg_catalog.current_setting('block_size')::pg_catalog.int4 END)::pg_catalog.float8`;
}
