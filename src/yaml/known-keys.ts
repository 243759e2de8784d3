import type { z } from 'zod';
import { nearest } from '../model/text/nearest.ts';

type Path = readonly PropertyKey[];

/** The parts of zod's internal definition of a schema that lead to keys. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  /** For a pipe: the schema of the preprocessed value. */
  readonly out?: z.core.$ZodType;
}

/** A hint for an unknown key: the key most likely meant, and all keys allowed there. Undefined if the schema has no keys there. */
export function keyHint(schema: z.core.$ZodType, path: Path): string | undefined {
  const keys = keysAt(schema, path.slice(0, -1));
  if (keys.length === 0) return undefined;
  const meant = nearest(String(path.at(-1)), keys);
  return `${meant === null ? '' : `Did you mean ${meant}? `}${keys.length === 1 ? 'The key' : 'Keys'} here: ${[...keys].sort().join(', ')}.`;
}

function keysAt(schema: z.core.$ZodType | undefined, path: Path): readonly string[] {
  if (schema === undefined) return [];
  const { shape, innerType, element, valueType, out } = schema._zod.def as unknown as Definition;
  const inside = innerType ?? out;
  if (inside !== undefined) return keysAt(inside, path);
  const [step, ...rest] = path;
  if (step === undefined) return Object.keys(shape ?? {});
  return keysAt(shape?.[String(step)] ?? element ?? valueType, rest);
}
