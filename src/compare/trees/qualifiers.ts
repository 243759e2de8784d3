/** An identifier, quoted or not, with a dot behind it and nothing of a name or string before it. */
const QUALIFIER = /(?<![\w$".'])("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?=\.)/gu;

/** Replaces the aliases before columns; what `replace` gives undefined for stays as it is written. */
export function replaceQualifiers(expression: string, replace: (alias: string) => string | undefined): string {
  return expression.replace(QUALIFIER, (written) => replace(unquoted(written)) ?? written);
}

function unquoted(identifier: string): string {
  return identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier;
}
