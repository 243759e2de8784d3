/** Tags that say where in the application a query comes from and are the same each time it is sent. */
const KEPT = ['application', 'app', 'controller', 'action', 'route', 'job', 'resolver', 'operation'];

/**
 * The tags that libraries add in a comment before or after a statement: `key='value'` of sqlcommenter, whose values are
 * URL-encoded, or `key:value` of Rails. Keeps only tags that name a place in the application.
 */
export function tagsOf(comments: readonly string[]): Record<string, string> {
  const pairs = comments.flatMap((comment) => pairsOf(comment.replace(/^\/\*|\*\/$/g, '').replace(/^--/, '')));
  return Object.fromEntries(pairs.filter(([key, value]) => KEPT.includes(key) && value !== '').sort());
}

function pairsOf(text: string): [string, string][] {
  const quoted = [...text.matchAll(/([\w%-]+)='((?:[^'\\]|\\.)*)'/g)].map(([, key, value]): [string, string] => [
    decoded(key ?? ''),
    decoded((value ?? '').replace(/\\(.)/g, '$1')),
  ]);
  if (quoted.length > 0) return quoted;
  return [...text.matchAll(/(?:^|,)\s*(\w+):([^,]*?)\s*(?=,|$)/g)].map(([, key = '', value = '']) => [key, value]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
