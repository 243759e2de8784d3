/** An identifier, quoted or not, followed by a dot, and not preceded by part of a name or string. */
const QUALIFIER = /(?<![\w$".'])("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?=\.)/gu;

/** Replaces the aliases before columns. An alias stays as written if `replace` returns undefined. */
export function replaceQualifiers(expression: string, replace: (alias: string) => string | undefined): string {
  return expression.replace(QUALIFIER, (written) => replace(unquoted(written)) ?? written);
}

function unquoted(identifier: string): string {
  return identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier;
}
