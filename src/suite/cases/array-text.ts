/**
 * The elements of a one-dimensional array as array_out prints it (utils/adt/arrayfuncs.c); null for NULL. Ignores a
 * prefix of lower bounds.
 */
export function arrayElements(text: string): (string | null)[] {
  const body = text.slice(text.indexOf('{') + 1, -1);
  const elements: (string | null)[] = [];
  for (const [, quoted, bare = ''] of body.matchAll(/"((?:[^"\\]|\\.)*)"|([^,"]+)/gs)) {
    if (quoted === undefined) elements.push(bare === 'NULL' ? null : bare);
    else elements.push(quoted.replaceAll(/\\(.)/gs, '$1'));
  }
  return elements;
}
