/**
 * The items of a list-valued setting such as search_path or session_preload_libraries, unquoted. An unquoted item keeps
 * its case, unless `foldCase` says that the server folds it (SplitIdentifierString, src/backend/utils/adt/varlena.c).
 */
export function parseGucList(value: string, { foldCase }: { foldCase: boolean }): string[] {
  const items = value.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  return items
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      if (item.startsWith('"')) return item.slice(1, -1).replaceAll('""', '"');
      return foldCase ? item.toLowerCase() : item;
    });
}

/** True for a library of the extension, by bare name or by path, whatever folder it lies in. */
function isPlannerLibrary(library: string): boolean {
  return /(^|\/)regress_planner(\.so|\.dylib|\.dll)?$/.test(library);
}

/** The libraries a session must load: those it loads already, with one library of the extension at the end. */
export function withPlannerLibrary(libraries: readonly string[], library: string): string[] {
  return [...libraries.filter((each) => !isPlannerLibrary(each)), library];
}
