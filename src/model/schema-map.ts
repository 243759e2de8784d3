/**
 * Maps each of CI's schemas to the schema of production whose statistics it gets. Schemas that are not in it have the
 * same name at both ends.
 */
export type SchemaMap = ReadonlyMap<string, string>;
