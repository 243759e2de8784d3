/** Quotes an identifier always; quote_ident does only if necessary (src/backend/utils/adt/ruleutils.c). */
export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a qualified name. */
export function quoteQualified(schemaname: string, name: string): string {
  return `${quoteIdent(schemaname)}.${quoteIdent(name)}`;
}

/** Quotes a string literal; as E'' if it holds a backslash, like quote_literal. */
export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return value.includes('\\') ? `E${quoted}` : quoted;
}

/** A quoted, qualified name without its quotes: `"Odd ""one"""."t"` is `Odd "one".t`. */
export function plainName(quoted: string): string {
  return quoted.replace(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'));
}
