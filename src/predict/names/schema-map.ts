import type { SchemaMap } from '../../model/schema-map.ts';

/** The target's names that decide how names are mapped. */
export interface TargetNames {
  /** Schemas of the target. */
  readonly schemas: ReadonlySet<string>;
  /** Types, operators, functions, operator classes and collations, as keys of `nameKey`. */
  readonly objects: ReadonlySet<string>;
  /** Quotes a schema as the server's quote_ident does. */
  quoted(schema: string): string;
}

/** Used before a target is known: every name follows its schema. */
export const NO_TARGET: TargetNames = { schemas: new Set(), objects: new Set(), quoted: displaySchema };

/** Quotes a schema only if necessary. Ignores reserved words, which only the server knows. */
export function displaySchema(schema: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(schema) ? schema : `"${schema.replaceAll('"', '""')}"`;
}

export function nameKey(schema: string, name: string): string {
  return `${schema}\u0000${name}`;
}

/** CI's schemas that get the statistics of a schema of production: its own name if the map does not mention it. */
export function schemasFor(production: string, map: SchemaMap, { schemas }: TargetNames): readonly string[] {
  const mapped = [...map].filter(([, value]) => value === production).map(([key]) => key);
  // A mapped schema also keeps its own name if CI has a schema of that name that the map gives to no other.
  const own = map.has(production) || (mapped.length > 0 && !schemas.has(production)) ? [] : [production];
  return [...mapped, ...own.filter((each) => !mapped.includes(each))];
}

/** The first of these schemas, for references from other schemas; null if CI uses the name for another schema. */
export function schemaFor(production: string, map: SchemaMap): string | null {
  const [first] = [...map].find(([, value]) => value === production) ?? [];
  return first ?? (map.has(production) ? null : production);
}
