/** CI's schemas, and the schema of production whose statistics each gets. Others follow their names. */
export type SchemaMap = ReadonlyMap<string, string>;
