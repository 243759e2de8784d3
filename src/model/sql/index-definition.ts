const NAME = /^(CREATE (?:UNIQUE )?INDEX) (?:"(?:[^"]|"")+"|\S+) ON /;

/**
 * The definition of an index (pg_get_indexdef) without its name. pg_dump and ORMs rename indexes, and a name does not
 * change what an index can do.
 */
export function withoutIndexName(definition: string): string {
  return definition.replace(NAME, '$1 ON ');
}
