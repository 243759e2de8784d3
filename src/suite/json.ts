import { isJsonObject } from '../model/json.ts';

/** An object of a parse tree. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return isJsonObject(value);
}
