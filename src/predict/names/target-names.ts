import type { SchemaMap } from '../../model/schema-map.ts';
import type { Connection } from '../../postgres/index.ts';
import type { MappedSnapshot, TargetSnapshot } from './map-snapshot.ts';
import { NO_TARGET, nameKey, type TargetNames } from './schema-map.ts';

const SCHEMAS_SQL = `
SELECT n.nspname AS schema, pg_catalog.quote_ident(n.nspname) AS quoted
  FROM pg_catalog.pg_namespace n
 ORDER BY n.nspname`;

const OBJECTS_SQL = `
SELECT DISTINCT n.nspname AS schema, o.name
  FROM pg_catalog.pg_namespace n
  JOIN (SELECT t.typnamespace AS namespace, t.typname AS name FROM pg_catalog.pg_type t
        UNION ALL SELECT o.oprnamespace, o.oprname FROM pg_catalog.pg_operator o
        UNION ALL SELECT p.pronamespace, p.proname FROM pg_catalog.pg_proc p
        UNION ALL SELECT c.opcnamespace, c.opcname FROM pg_catalog.pg_opclass c
        UNION ALL SELECT c.collnamespace, c.collname FROM pg_catalog.pg_collation c) AS o ON o.namespace = n.oid
 WHERE n.nspname = ANY ($1)
 ORDER BY n.nspname, o.name`;

/** The snapshot for the database of a connection, whose names decide how it is mapped where it is mapped at all. */
export async function ontoTarget(connection: Connection, snapshot: MappedSnapshot): Promise<TargetSnapshot> {
  return snapshot.onto(snapshot.map.size === 0 ? NO_TARGET : await readTargetNames(connection, snapshot.map));
}

async function readTargetNames(connection: Connection, map: SchemaMap): Promise<TargetNames> {
  const schemas = await connection.query<{ schema: string; quoted: string }>(SCHEMAS_SQL);
  const concerned = [...new Set([...map].flat())];
  const objects = await connection.query<{ schema: string; name: string }>(OBJECTS_SQL, [concerned]);
  const quoted = new Map(schemas.map((each) => [each.schema, each.quoted]));
  return {
    schemas: new Set(quoted.keys()),
    objects: new Set(objects.map(({ schema, name }) => nameKey(schema, name))),
    quoted: (schema) => quoted.get(schema) ?? `"${schema.replaceAll('"', '""')}"`,
  };
}
