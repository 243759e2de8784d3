/** True for a library of the extension, by bare name or by path, whatever folder it lies in. */
function isPlannerLibrary(library: string): boolean {
  return /(^|\/)regress_planner(\.so|\.dylib|\.dll)?$/.test(library);
}

/** The libraries a session must load: those it loads already, with one library of the extension at the end. */
export function withPlannerLibrary(libraries: readonly string[], library: string): string[] {
  return [...libraries.filter((each) => !isPlannerLibrary(each)), library];
}
