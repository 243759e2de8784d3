import { z } from 'zod';
import { isJsonObject } from '../../model/text/json.ts';

/** A place where a value does not match its schema. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * The first mistake in a value, or null. zod lists all mistakes, which takes gigabytes of memory for a file of a few
 * megabytes that holds nothing else. This validates a large value part by part and stops at the first mistake.
 */
export function firstMistake(schema: z.ZodType, value: unknown): Mistake | null {
  const below = (part: z.ZodType, key: PropertyKey, each: unknown): Mistake | null => {
    const mistake = firstMistake(part, each);
    return mistake === null ? null : { ...mistake, path: [key, ...mistake.path] };
  };
  if (isSmall(value)) return firstOfAll(schema, value);
  if (schema instanceof z.ZodLazy) return firstMistake(schema.def.getter() as z.ZodType, value);
  if (schema instanceof z.ZodNullable || isOptional(schema))
    return firstMistake(schema.def.innerType as z.ZodType, value);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return first(value.entries(), ([key, each]) => below(schema.def.element as z.ZodType, key, each));
  }
  if (schema instanceof z.ZodRecord && isJsonObject(value)) {
    return first(Object.entries(value), ([key, each]) => below(schema.def.valueType as z.ZodType, key, each));
  }
  if (schema instanceof z.ZodObject && isJsonObject(value)) {
    return first(Object.entries(schema.def.shape), ([key, part]) =>
      Object.hasOwn(value, key) || !isOptional(part as z.ZodType) ? below(part as z.ZodType, key, value[key]) : null,
    );
  }
  if (schema instanceof z.ZodUnion) {
    const fits = schema.def.options.some((option) => firstMistake(option as z.ZodType, value) === null);
    return fits ? null : { path: [], message: 'Invalid input' };
  }
  return firstOfAll(schema, value);
}

function firstOfAll(schema: z.ZodType, value: unknown): Mistake | null {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue === undefined ? null : { path: issue.path, message: issue.message };
}

/** Parts with at most this many values are validated as a whole. */
const FEW = 500;

/** True if a value contains few values, over all levels. */
function isSmall(value: unknown): boolean {
  const open = [value];
  for (let seen = 0; seen < open.length; seen++) {
    const each = open[seen];
    if (typeof each !== 'object' || each === null) continue;
    const parts = Object.values(each);
    if (open.length + parts.length > FEW) return false;
    open.push(...parts);
  }
  return true;
}

function first<T>(parts: Iterable<T>, mistakeIn: (part: T) => Mistake | null): Mistake | null {
  for (const part of parts) {
    const mistake = mistakeIn(part);
    if (mistake !== null) return mistake;
  }
  return null;
}

function isOptional(schema: z.ZodType): schema is z.ZodOptional {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional;
}
