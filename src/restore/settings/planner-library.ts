/** True for the extension's library, by bare name or by a path in any folder. */
function isPlannerLibrary(library: string): boolean {
  return /(^|\/)regress_planner(\.so|\.dylib|\.dll)?$/.test(library);
}

/**
 * The libraries a session must load: those that it already loads, then `library` in place of any other of the
 * extension.
 */
export function withPlannerLibrary(libraries: readonly string[], library: string): string[] {
  return [...libraries.filter((each) => !isPlannerLibrary(each)), library];
}
