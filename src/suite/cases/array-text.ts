/**
 * The elements of an array of one dimension as array_out prints it (utils/adt/arrayfuncs.c), null for NULL. Lower bounds
 * before it are stepped over.
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
