/** A qualified name as people write it: each part is quoted only if necessary. */
export function displayName(...parts: readonly string[]): string {
  return parts.map((part) => (/^[a-z_][a-z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join('.');
}
