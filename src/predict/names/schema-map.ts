import type { SchemaMap } from '../../model/schema-map.ts';

/** What of the target decides how names are mapped. */
export interface TargetNames {
  /** Schemas of the target. */
  readonly schemas: ReadonlySet<string>;
  /** Types, operators, functions, operator classes and collations, as `nameKey` joins schema and name. */
  readonly objects: ReadonlySet<string>;
  /** A schema as the server's quote_ident writes it. */
  quoted(schema: string): string;
}

/** Where no target is known yet: every name goes with its schema. */
export const NO_TARGET: TargetNames = { schemas: new Set(), objects: new Set(), quoted: displaySchema };

/** Quoted only where it must be, but for reserved words, which only the server knows. */
export function displaySchema(schema: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(schema) ? schema : `"${schema.replaceAll('"', '""')}"`;
}

export function nameKey(schema: string, name: string): string {
  return `${schema}\u0000${name}`;
}

/** CI's schemas that get the statistics of a schema of production; its own name where nothing is said of it. */
export function schemasFor(production: string, map: SchemaMap, { schemas }: TargetNames): readonly string[] {
  const mapped = [...map].filter(([, value]) => value === production).map(([key]) => key);
  // A schema that serves under other names also keeps its own where CI has it and nothing else is to stand there.
  const own = map.has(production) || (mapped.length > 0 && !schemas.has(production)) ? [] : [production];
  return [...mapped, ...own.filter((each) => !mapped.includes(each))];
}

/** The first of them: what a mention in another schema means. Null where CI has no place for the schema. */
export function schemaFor(production: string, map: SchemaMap): string | null {
  const [first] = [...map].find(([, value]) => value === production) ?? [];
  return first ?? (map.has(production) ? null : production);
}
