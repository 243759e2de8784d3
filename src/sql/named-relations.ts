import { isJsonObject } from '../model/text/json.ts';
import { parseStatement } from './text/libpg-query.ts';

/**
 * The relations that a query names, as `public.orders` or `orders`. Includes names of its own subqueries (WITH). Empty
 * if this parser does not understand the query. Needs loadScanner().
 */
export function namedRelations(statement: string): string[] {
  const names = new Set<string>();
  collectRelations(parseStatement(statement), names);
  return [...names].sort();
}

function collectRelations(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) for (const each of node) collectRelations(each, names);
  if (!isJsonObject(node)) return;
  // A RangeVar, or the relation of a statement that writes. A column has no relname.
  if (typeof node.relname === 'string') {
    names.add(typeof node.schemaname === 'string' ? `${node.schemaname}.${node.relname}` : node.relname);
  }
  for (const value of Object.values(node)) collectRelations(value, names);
}
