import { isJsonObject } from '../model/text/json.ts';
import type { Repaired } from './repair.ts';
import { statementTree } from './shape.ts';
import type { Json } from './text/json.ts';
import {
  byteOffset,
  type Edit,
  itemsOf,
  nameOf,
  type ParamRef,
  paramOf,
  paramRefs,
  walk,
  withEdits,
} from './text/tree.ts';

/** PostgreSQL's error for a statement whose types it cannot determine. */
export interface TypingError {
  /** SQLSTATE. */
  readonly code: string | undefined;
  readonly message: string;
  /** Position in the statement, in characters from 1. */
  readonly position: number | undefined;
}

const AMBIGUOUS_PARAMETER = '42P08';
const INDETERMINATE_TYPE = '42P18';
const UNDEFINED_FUNCTION = '42883';
const AMBIGUOUS_FUNCTION = '42725';

/**
 * The next repair to try if PostgreSQL cannot determine the types of a normalised statement's parameters; null if there
 * is none. Each repair relies on the statement having run before it was normalised:
 * - A parameter with two types was two constants, or a constant and a parameter, with the same number.
 * - A quoted constant has no type of its own, like a parameter. If no function or operator fits it, it was a number
 * instead, and becomes an integer. The same applies to a subquery's column that is such a constant.
 * - If any type is possible, it becomes a text, as a quoted constant does.
 *
 * Needs loadScanner().
 */
export function repairTypes(sql: string, { code, message, position }: TypingError): Repaired | null {
  const tree = statementTree(sql);
  if (tree === null) return null;
  if (code === AMBIGUOUS_PARAMETER) return apart(sql, tree);
  if (code === INDETERMINATE_TYPE) return untyped(sql, tree, /\$(\d+)/.exec(message)?.[1]);
  if ((code !== UNDEFINED_FUNCTION && code !== AMBIGUOUS_FUNCTION) || position === undefined) return null;
  const place = byteOffset(sql, [...sql].slice(0, position - 1).join('').length);
  const params: ParamRef[] = [];
  walk(tree, (kind, value) => {
    if ((value.location ?? 0) !== place || (kind !== 'FuncCall' && kind !== 'A_Expr')) return;
    const columns = constantColumns(tree, value);
    params.push(...(columns.length > 0 ? columns : operands(kind, value).flatMap(results)));
  });
  return withType(sql, params, 'integer', 'PostgreSQL does not accept text here');
}

function withType(sql: string, params: readonly ParamRef[], type: string, why: string): Repaired | null {
  if (params.length === 0) return null;
  const edits = new Map<number, Edit>();
  for (const { number, location } of params) {
    const end = location + `$${number}`.length;
    edits.set(end, { start: end, end, text: `::${type}` });
  }
  const names = [...new Set(params.map(({ number }) => `$${number}`))].join(', ');
  const article = type === 'integer' ? 'an' : 'a';
  return { sql: withEdits(sql, [...edits.values()]), notes: [`${names} treated as ${article} ${type}: ${why}`] };
}

/** Adds a type to the first parameter of this number, unless it has one. */
function untyped(sql: string, tree: Json, number: string | undefined): Repaired | null {
  const param = paramRefs(tree).find((each) => String(each.number) === number);
  const isTyped =
    param !== undefined && Buffer.from(sql).subarray(param.location).toString().startsWith(`$${number}::`);
  return param === undefined || isTyped ? null : withType(sql, [param], 'text', 'any type is possible');
}

/** The parameters that are subquery columns named in an expression. */
function constantColumns(tree: Json, expression: Json): ParamRef[] {
  const columns = new Set<string | undefined>();
  walk(expression, (kind, { fields }) => {
    if (kind === 'ColumnRef') columns.add(nameOf(fields));
  });
  const found: ParamRef[] = [];
  walk(tree, (kind, { name, val }) => {
    const param = kind === 'ResTarget' && typeof name === 'string' && columns.has(name) ? paramOf(val) : undefined;
    if (param !== undefined) found.push(param);
  });
  return found;
}

/** Gives every occurrence of a parameter its own number. */
function apart(sql: string, tree: Json): Repaired | null {
  const params = paramRefs(tree).sort((a, b) => a.location - b.location);
  if (new Set(params.map(({ number }) => number)).size === params.length) return null;
  const edits = params.map(({ number, location }, index) => {
    return { start: location, end: location + `$${number}`.length, text: `$${index + 1}` };
  });
  return { sql: withEdits(sql, edits), notes: [] };
}

function operands(kind: string, { args, lexpr, rexpr }: Json): unknown[] {
  return kind === 'FuncCall' ? [...itemsOf(args)] : [lexpr, rexpr];
}

/** The parameters that determine an expression's type; not those in conditions or other function calls. */
function results(node: unknown): ParamRef[] {
  const param = paramOf(node);
  if (param !== undefined) return [param];
  if (!isJsonObject(node)) return [];
  const [kind, value] = Object.entries(node)[0] ?? [];
  if (!isJsonObject(value)) return [];
  switch (kind) {
    case 'CaseExpr':
      return [...itemsOf(value.args), value.defresult].flatMap(results);
    case 'CaseWhen':
      return results(value.result);
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return itemsOf(value.args).flatMap(results);
    case 'A_ArrayExpr':
      return itemsOf(value.elements).flatMap(results);
    case 'List':
      return itemsOf(value.items).flatMap(results);
    case 'A_Expr':
      return /^[-+*/%]$/.test(nameOf(value.name) ?? '') ? [value.lexpr, value.rexpr].flatMap(results) : [];
    default:
      return [];
  }
}
