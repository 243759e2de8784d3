/** The items of a list-valued setting such as search_path, as they are written there. */
export function gucListItems(value: string): string[] {
  const items = value.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/**
 * The items of a list-valued setting such as search_path or session_preload_libraries, unquoted. An unquoted item keeps
 * its case, unless `foldCase` says that the server folds it (SplitIdentifierString, src/backend/utils/adt/varlena.c).
 */
export function parseGucList(value: string, { foldCase }: { foldCase: boolean }): string[] {
  return gucListItems(value).map((item) => {
    if (item.startsWith('"')) return item.slice(1, -1).replaceAll('""', '"');
    return foldCase ? item.toLowerCase() : item;
  });
}
