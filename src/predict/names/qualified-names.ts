/** Gives the schema to write in place of the one of a qualified name, as SQL writes it; null leaves it. */
export type SchemaOf = (schema: string, name: string) => string | null;

const IDENTIFIER = String.raw`"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*`;
const OPERATOR = '[-+*/<>=~!@#%^&|`?]+';
/** A schema with the name behind its dot; strings and other quoted names are stepped over. */
const STRING_OR_SCHEMA = new RegExp(
  String.raw`(?<![\p{L}\p{N}_$])[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'` +
    String.raw`|(?<![\p{L}\p{N}_$.])(?<schema>${IDENTIFIER})\.(?=(?<name>${IDENTIFIER}|${OPERATOR}))|"(?:[^"]|"")*"`,
  'gsu',
);

/**
 * Rewrites the schemas of qualified names in SQL as the server deparses it (definitions, types, operators); text inside
 * string literals is no name. Names are given without their quotes.
 */
export function mapQualifiedNames(sql: string, schemaOf: SchemaOf): string {
  return sql.replace(STRING_OR_SCHEMA, (written, ...rest) => {
    const { schema, name } = rest.at(-1) as { readonly schema?: string; readonly name?: string };
    if (schema === undefined || name === undefined) return written;
    const other = schemaOf(unquoted(schema), unquoted(name));
    return other === null ? written : `${other}.`;
  });
}

function unquoted(identifier: string): string {
  return identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier;
}
