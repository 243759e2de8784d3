import { createHash } from 'node:crypto';
import { isJsonObject } from '../model/text/json.ts';
import type { Json } from './text/json.ts';
import { fingerprint, parseStatement } from './text/libpg-query.ts';
import { itemsOf, nameOf, walk } from './text/tree.ts';

/**
 * The query shape: what statements share that differ only in constants, numbers of parameters, lengths of lists and
 * spelling.
 */
export interface Shape {
  /** 16 hexadecimal digits. */
  readonly digest: string;
  readonly verb: 'select' | 'insert' | 'update' | 'delete' | 'merge';
  /** The relations it names, in order, with their schema if given; without its own subqueries (WITH). */
  readonly relations: readonly string[];
  /** Functions in FROM, with their schema if given. */
  readonly functions: readonly string[];
  /** Number of values in each list of IN, array and VALUES, in the order of the parse tree. */
  readonly lists: readonly number[];
  /** True if it inserts rows that are written in the statement. */
  readonly insertsValues: boolean;
  /** True if it updates or deletes every row of a table. */
  readonly wholeTable: boolean;
}

const VERBS: Readonly<Record<string, Shape['verb']>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
};

/**
 * The shape of a statement; null if it cannot be planned, or if this parser does not understand it. Needs
 * loadScanner().
 */
export function shapeOf(statement: string): Shape | null {
  const tree = statementTree(statement);
  const [kind, body] = (tree && Object.entries(tree)[0]) ?? [];
  const verb = VERBS[kind ?? ''];
  const print = fingerprint(statement);
  if (verb === undefined || !isJsonObject(body) || print === null || isJsonObject(body.intoClause)) return null;
  const { names, own, functions } = relationsOf(body);
  const { lists, comparisons } = listsOf(body);
  return {
    // libpg-query gives `= $1`, IN and = ANY the same fingerprint, but the planner treats them differently.
    digest: digestOf([print, ...comparisons.sort()]),
    verb,
    relations: names.filter((name) => !own.has(name)),
    functions,
    lists,
    insertsValues: verb === 'insert' && isValues(body.selectStmt),
    wholeTable: (verb === 'delete' || verb === 'update') && body.whereClause === undefined,
  };
}

/** The parse tree of a single statement; null if this parser does not understand it. */
export function statementTree(statement: string): Json | null {
  const parsed = parseStatement(statement);
  const [first] = isJsonObject(parsed) ? itemsOf(parsed.stmts) : [];
  return isJsonObject(first) && isJsonObject(first.stmt) ? first.stmt : null;
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

function relationsOf(body: Json) {
  const names = new Set<string>();
  const own = new Set<string>();
  const functions = new Set<string>();
  // The relation of a statement that writes is a RangeVar too, but without that name in the tree.
  walk({ body }, (kind, value) => {
    if (typeof value.relname === 'string') {
      names.add(typeof value.schemaname === 'string' ? `${value.schemaname}.${value.relname}` : value.relname);
    }
    if (kind === 'CommonTableExpr' && typeof value.ctename === 'string') own.add(value.ctename);
    if (kind === 'RangeFunction') walk(value.functions, (inner, call) => inner === 'FuncCall' && addFunction(call));
  });
  function addFunction({ funcname }: Json): void {
    const parts = itemsOf(funcname).map((_, index, all) => nameOf(all.slice(0, index + 1)) ?? '');
    functions.add(parts.join('.'));
  }
  return { names: [...names], own, functions: [...functions] };
}

function listsOf(body: Json) {
  const lists: number[] = [];
  const comparisons: string[] = [];
  walk(body, (kind, value) => {
    if (kind === 'A_ArrayExpr') lists.push(itemsOf(value.elements).length);
    if (kind === 'SelectStmt' && Array.isArray(value.valuesLists)) lists.push(value.valuesLists.length);
    if (kind !== 'A_Expr' || typeof value.kind !== 'string') return;
    if (value.kind === 'AEXPR_IN') lists.push(itemsOf(value.rexpr).length);
    if (/^AEXPR_(?:IN|OP_ANY|OP_ALL)$/.test(value.kind)) comparisons.push(value.kind);
  });
  return { lists, comparisons };
}

function isValues(node: unknown): boolean {
  return isJsonObject(node) && isJsonObject(node.SelectStmt) && Array.isArray(node.SelectStmt.valuesLists);
}
