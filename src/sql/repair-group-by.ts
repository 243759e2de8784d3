import { isJsonObject } from '../model/text/json.ts';
import type { Json } from './text/json.ts';
import { scan } from './text/scan.ts';
import { byteOffset, type Edit, itemsOf, nameOf, paramOf, walk } from './text/tree.ts';

/** A constant or a parameter in an expression. */
interface Leaf {
  readonly location: number;
  /** null for a constant. */
  readonly number: number | null;
}

/**
 * Reunites expressions that pg_stat_statements has split, such as `SELECT date_trunc($1, x) … GROUP BY
 * date_trunc('day', x)`. These were one expression, or PostgreSQL would have rejected the query. So an expression in
 * GROUP BY or DISTINCT gets the same constants and parameters everywhere: the constant if any occurrence still has it.
 * Skips aggregates, which may contain other constants.
 */
export function sameExpressions(sql: string, tree: Json): Edit[] {
  const edits = new Map<number, Edit>();
  walk(tree, (kind, select) => {
    if (kind !== 'SelectStmt') return;
    for (const alike of alikeIn(select)) {
      for (const edit of editsOf(sql, alike)) edits.set(edit.start, edit);
    }
  });
  return [...edits.values()];
}

/** The expressions that GROUP BY or DISTINCT unify; for each, the leaves of every occurrence. */
function alikeIn({ targetList, groupClause, distinctClause, sortClause, havingClause }: Json): Leaf[][][] {
  const distinct = itemsOf(distinctClause);
  // DISTINCT without ON is a list of one node without a kind.
  const on = distinct.filter((item) => isJsonObject(item) && Object.keys(item).length > 0);
  const selected = itemsOf(targetList).map((target) =>
    isJsonObject(target) && isJsonObject(target.ResTarget) ? target.ResTarget.val : undefined,
  );
  const models = [...(distinct.length > 0 ? selected : []), ...itemsOf(groupClause), ...on].filter(isExpression);
  if (models.length === 0) return [];
  const places = new Map(models.map((model) => [canonical(model), [] as Leaf[][]]));
  for (const node of nodesOf([targetList, groupClause, on, sortClause, havingClause])) {
    places.get(canonical(node))?.push(leavesOf(node));
  }
  return [...places.values()];
}

function editsOf(sql: string, places: readonly Leaf[][]): Edit[] {
  const [first = []] = places;
  return first.flatMap((_, index) => {
    const leaves = places.flatMap((leavesThere) => leavesThere[index] ?? []);
    const constant = leaves.find(({ number }) => number === null);
    const text = constant === undefined ? `$${leaves[0]?.number}` : tokenAt(sql, constant.location);
    if (text === undefined) return [];
    return leaves.flatMap(({ number, location }): Edit[] => {
      const written = `$${number}`;
      return number === null || written === text ? [] : [{ start: location, end: location + written.length, text }];
    });
  });
}

function tokenAt(sql: string, place: number): string | undefined {
  return scan(sql).find(({ start }) => byteOffset(sql, start) === place)?.text;
}

/** True for expressions with a column and a constant or parameter: `GROUP BY $1` alone says nothing. */
function isExpression(node: unknown): boolean {
  if (!isJsonObject(node) || isLeaf(node)) return false;
  let hasColumn = false;
  walk(node, (kind) => {
    if (kind === 'ColumnRef') hasColumn = true;
  });
  return hasColumn && leavesOf(node).length > 0;
}

function isLeaf(node: Json): boolean {
  return paramOf(node) !== undefined || isJsonObject(node.A_Const);
}

function leavesOf(node: unknown): Leaf[] {
  const found: Leaf[] = [];
  walk(node, (kind, { number, location = 0 }) => {
    if (typeof location !== 'number') return;
    if (kind === 'A_Const') found.push({ location, number: null });
    if (kind === 'ParamRef' && typeof number === 'number') found.push({ location, number });
  });
  return found;
}

const AGGREGATE =
  /^(?:count|sum|avg|min|max|any_value|every|bool_(?:and|or)|bit_(?:and|or|xor)|(?:array|string|xml|jsonb?|range|range_intersect)_?(?:object_)?agg\w*|stddev\w*|var(?:iance|_\w+)|corr|covar_\w+|regr_\w+|percentile_\w+|mode)$/;

/** All nodes below, outer before inner, as the parse tree wraps them. Skips the arguments of aggregates. */
function nodesOf(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(nodesOf);
  if (!isJsonObject(node)) return [];
  const call = node.FuncCall;
  if (isJsonObject(call) && AGGREGATE.test(nameOf(call.funcname) ?? '')) return [node];
  return [node, ...Object.values(node).flatMap(nodesOf)];
}

function canonical(node: unknown): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'location') return undefined;
    return isJsonObject(value) && isLeaf(value) ? '$' : value;
  });
}
