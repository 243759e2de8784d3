import type { Connection } from '../postgres/index.ts';

/** A view and its query. */
export interface ViewDefinition {
  readonly schemaname: string;
  readonly relname: string;
  readonly definition: string;
}

const VIEWS_SQL = `
SELECT n.nspname AS schemaname, c.relname, pg_catalog.pg_get_viewdef(c.oid) AS definition
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'v' AND c.relname = ANY ($1) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
 ORDER BY n.nspname, c.relname`;

/** The views with these names, in any schema. */
export async function viewDefinitions(connection: Connection, names: readonly string[]): Promise<ViewDefinition[]> {
  return names.length === 0 ? [] : connection.query<ViewDefinition>(VIEWS_SQL, [names]);
}
