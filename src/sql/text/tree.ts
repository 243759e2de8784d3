import { isJsonObject } from '../../model/text/json.ts';
import type { Json } from './json.ts';

/** A replacement of part of a statement; offsets count bytes of UTF-8, as PostgreSQL's parser does. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A parameter of a parse tree. */
export interface ParamRef {
  readonly number: number;
  /** Byte offset of its `$`. */
  readonly location: number;
}

/** Calls `visit` for every node of a parse tree, outer before inner, with the node's kind, such as `FuncCall`. */
export function walk(node: unknown, visit: (kind: string, value: Json) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, visit);
  if (!isJsonObject(node)) return;
  for (const [kind, value] of Object.entries(node)) {
    if (isJsonObject(value)) visit(kind, value);
    walk(value, visit);
  }
}

/** The parameters below a node. */
export function paramRefs(node: unknown): ParamRef[] {
  const found: ParamRef[] = [];
  walk(node, (kind, value) => {
    const param = kind === 'ParamRef' ? asParamRef(value) : undefined;
    if (param !== undefined) found.push(param);
  });
  return found;
}

/** The parameter, if the node is one; undefined for any other node. */
export function paramOf(node: unknown): ParamRef | undefined {
  return isJsonObject(node) && isJsonObject(node.ParamRef) ? asParamRef(node.ParamRef) : undefined;
}

function asParamRef({ number, location = 0 }: Json): ParamRef | undefined {
  return typeof number === 'number' && typeof location === 'number' ? { number, location } : undefined;
}

/** The last part of a name that a parse tree gives as a list of strings. */
export function nameOf(list: unknown): string | undefined {
  const last: unknown = Array.isArray(list) ? list.at(-1) : undefined;
  const text = isJsonObject(last) && isJsonObject(last.String) ? last.String.sval : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** The items of a list in a parse tree; empty if it is not a list. */
export function itemsOf(list: unknown): readonly unknown[] {
  if (Array.isArray(list)) return list;
  return isJsonObject(list) && isJsonObject(list.List) ? itemsOf(list.List.items) : [];
}

/** The text with all edits applied; edits must not overlap. */
export function withEdits(sql: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return sql;
  const bytes = Buffer.from(sql);
  const parts: Buffer[] = [];
  let copied = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(bytes.subarray(copied, start), Buffer.from(text));
    copied = end;
  }
  return Buffer.concat([...parts, bytes.subarray(copied)]).toString();
}

/** The byte offset of a string offset. */
export function byteOffset(sql: string, offset: number): number {
  return Buffer.byteLength(sql.slice(0, offset));
}
