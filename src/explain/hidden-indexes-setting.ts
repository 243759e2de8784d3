import type { IndexName } from '../model/plans/runner-up.ts';
import type { Connection } from '../postgres/index.ts';

const OIDS_SQL = `
SELECT c.oid::pg_catalog.text AS oid
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS wanted (schema, name)
  JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name AND c.relkind = 'i'
 ORDER BY c.oid`;

/** The setting that hides these indexes from the planner, and what it derives from them; empty if there are none. */
export async function hidingSetting(
  connection: Connection,
  indexes: readonly IndexName[],
): Promise<Readonly<Record<string, string>>> {
  if (indexes.length === 0) return {};
  const names = [indexes.map(({ schema }) => schema), indexes.map(({ name }) => name)];
  const rows = await connection.query<{ oid: string }>(OIDS_SQL, names);
  return { 'regress_planner.hidden_indexes': rows.map(({ oid }) => oid).join(',') };
}
