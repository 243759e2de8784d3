/** An object of a parse tree. */
export type Json = Readonly<Record<string, unknown>>;
