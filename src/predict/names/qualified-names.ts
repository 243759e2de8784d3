/** Returns the new schema of a qualified name, quoted as SQL needs it; null keeps the schema. */
export type SchemaOf = (schema: string, name: string) => string | null;

const IDENTIFIER = String.raw`"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*`;
const OPERATOR = '[-+*/<>=~!@#%^&|`?]+';
/** Matches a schema and the name after its dot. Matches strings and other quoted names too, to skip them. */
const STRING_OR_SCHEMA = new RegExp(
  String.raw`(?<![\p{L}\p{N}_$])[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'` +
    String.raw`|(?<![\p{L}\p{N}_$.])(?<schema>${IDENTIFIER})\.(?=(?<name>${IDENTIFIER}|${OPERATOR}))|"(?:[^"]|"")*"`,
  'gsu',
);

/**
 * Rewrites the schemas of qualified names in SQL that the server deparsed (definitions, types, operators). Ignores text
 * in string literals. `schemaOf` gets names without quotes.
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
