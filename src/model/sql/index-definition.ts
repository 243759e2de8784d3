const NAME = /^(CREATE (?:UNIQUE )?INDEX) (?:"(?:[^"]|"")+"|\S+) ON /;

/**
 * The definition of an index (pg_get_indexdef) without its name: pg_dump and ORMs rename indexes, and what one is for
 * does not depend on its name.
 */
export function withoutIndexName(definition: string): string {
  return definition.replace(NAME, '$1 ON ');
}
