import { isJsonObject } from '../model/text/json.ts';
import type { Json } from './text/json.ts';
import { parseStatement } from './text/libpg-query.ts';

/**
 * Names of the functions that a query calls without row-dependent arguments, sorted, without schemas. PostgreSQL may
 * run these while it plans (eval_const_expressions and estimate_expression_value in clauses.c). Empty if this parser
 * does not understand the query. Needs loadScanner().
 */
export function constantCalls(statement: string): string[] {
  const names = new Set<string>();
  collectCalls(parseStatement(statement), names);
  return [...names].sort();
}

function collectCalls(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) for (const each of node) collectCalls(each, names);
  if (!isJsonObject(node)) return;
  for (const [kind, value] of Object.entries(node)) {
    // PostgreSQL calls a function in FROM only when it executes the plan.
    if (kind === 'RangeFunction') continue;
    const name =
      kind === 'FuncCall' && isJsonObject(value) && !holdsColumn(value.args) ? functionName(value) : undefined;
    if (name !== undefined) names.add(name);
    collectCalls(value, names);
  }
}

function holdsColumn(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(holdsColumn);
  return isJsonObject(node) && Object.entries(node).some(([kind, value]) => kind === 'ColumnRef' || holdsColumn(value));
}

function functionName({ funcname }: Json): string | undefined {
  const last: unknown = Array.isArray(funcname) ? funcname.at(-1) : undefined;
  const text = isJsonObject(last) && isJsonObject(last.String) ? last.String.sval : undefined;
  return typeof text === 'string' ? text : undefined;
}
