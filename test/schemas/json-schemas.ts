import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { suiteSchema } from '../../src/suite/schema.ts';
import { CONFIG_TEXTS, SUITE_TEXTS } from './texts.ts';

/** A node of a JSON Schema. */
export type JsonSchema = Record<string, unknown>;

/** The JSON Schema of regress.yaml, from the schema it is read with. */
export function configJsonSchema(): JsonSchema {
  return described(jsonSchemaOf(configSchema, 'regress.yaml'), CONFIG_TEXTS);
}

/** The JSON Schema of a suite in YAML. */
export function suiteJsonSchema(): JsonSchema {
  return described(jsonSchemaOf(suiteSchema, 'a suite of regress'), SUITE_TEXTS);
}

const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f`;

function jsonSchemaOf(schema: z.ZodType, title: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      // Not every validator knows \p; control characters are what a slip of the hand brings in.
      if (jsonSchema.pattern !== undefined) jsonSchema.pattern = jsonSchema.pattern.replaceAll('\\p{C}', CONTROL);
      // Only "auto" is written instead of what a pipe makes of it.
      if (zodSchema._zod.def.type !== 'pipe') return;
      const map = { ...jsonSchema };
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
      jsonSchema.anyOf = [{ const: 'auto' }, map];
    },
  });
  return { $schema, title, ...rest };
}

/** With the text of each path as its description. Throws for a path that is not there. */
function described(schema: JsonSchema, texts: Readonly<Record<string, string>>): JsonSchema {
  for (const [path, text] of Object.entries(texts)) {
    const node = path.split('.').reduce<JsonSchema | undefined>(inside, schema);
    if (node === undefined) throw new Error(`no ${path} in ${schema.title}`);
    node.description = text;
  }
  return schema;
}

/** What is below a key: of a map, or of the items of a list. */
function inside(node: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const map = (node?.items as JsonSchema | undefined) ?? node;
  return (map?.properties as Record<string, JsonSchema> | undefined)?.[key];
}
