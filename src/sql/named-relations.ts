import { isJsonObject } from '../model/text/json.ts';
import { parseStatement } from './text/scan.ts';

/**
 * The relations a query names, with their schema where it is named too: `public.orders` or `orders`. Names of its own
 * subqueries (WITH) are among them; none of a query the parser does not know. Needs loadScanner().
 */
export function namedRelations(statement: string): string[] {
  const names = new Set<string>();
  collectRelations(parseStatement(statement), names);
  return [...names].sort();
}

function collectRelations(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) for (const each of node) collectRelations(each, names);
  if (!isJsonObject(node)) return;
  // A RangeVar, or the relation of a statement that writes; a column has no relname.
  if (typeof node.relname === 'string') {
    names.add(typeof node.schemaname === 'string' ? `${node.schemaname}.${node.relname}` : node.relname);
  }
  for (const value of Object.values(node)) collectRelations(value, names);
}
