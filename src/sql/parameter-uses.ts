import type { ComparisonOperator, FindRelation, ParameterUse, TableColumn } from '../model/sql/parameter-use.ts';
import { isJsonObject } from '../model/text/json.ts';
import { columnSide, parameterSide } from './operands.ts';
import {
  columnFields,
  emptyScope,
  list,
  resolveColumn,
  type Scope,
  scopeOf,
  statementIn,
  statementsOf,
  stringOf,
} from './scopes.ts';
import type { Json } from './text/json.ts';
import { parseStatement } from './text/libpg-query.ts';

const ORDERINGS = ['=', '<', '<=', '>', '>='] as const;
type Ordering = (typeof ORDERINGS)[number];

const FLIPPED: Readonly<Record<Ordering, Ordering>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** Kinds of use, beginning with the one that says most about a value. */
const WEIGHTS: readonly ((use: ParameterUse) => boolean)[] = [
  (use) => use.kind === 'compared' && ['=', 'any', 'element', 'array'].includes(use.operator),
  (use) => use.kind === 'compared',
  (use) => use.kind === 'limit' || use.kind === 'offset',
  (use) => use.kind === 'other',
  (use) => use.kind === 'output',
];

/**
 * How a query uses each of its parameters, `$1` first. Of several uses, returns the one that says most about its
 * values. Searches the parse tree, through aliases, joins, subqueries, WITH and views. If this parser does not
 * understand the query, all uses are `other`. Needs loadScanner().
 */
export function parameterUses(statement: string, parameters: number, find: FindRelation): ParameterUse[] {
  const uses: ParameterUse[] = [];
  const found = (use: ParameterUse) => uses.push(use);
  for (const each of statementsOf(parseStatement(statement)))
    visit(each, { scope: emptyScope(find), output: null, found });
  const weight = (use: ParameterUse) => WEIGHTS.findIndex((fits) => fits(use));
  return Array.from({ length: parameters }, (_, index) => {
    const own = uses.filter(({ parameter }) => parameter === index + 1).sort((a, b) => weight(a) - weight(b));
    return own[0] ?? { parameter: index + 1, kind: 'other' };
  });
}

interface Visit {
  readonly scope: Scope;
  /** Set within what is returned or stored; `column` is the one it is stored in. */
  readonly output: { readonly column: TableColumn | null } | null;
  readonly found: (use: ParameterUse) => void;
}

function visit(node: unknown, at: Visit): void {
  if (Array.isArray(node)) for (const each of node) visit(each, at);
  if (!isJsonObject(node)) return;
  const statement = statementIn(node);
  if (statement !== null) visitStatement(statement, at);
  else if (isJsonObject(node.ParamRef)) {
    const parameter = Number(node.ParamRef.number ?? 0);
    at.found(at.output === null ? { parameter, kind: 'other' } : { parameter, kind: 'output', ...at.output });
  } else if (at.output !== null || !isJsonObject(node.A_Expr) || !visitComparison(node.A_Expr, at)) {
    for (const value of Object.values(node)) visit(value, at);
  }
}

function visitStatement(statement: Json, { scope: outer, found }: Visit): void {
  const scope = scopeOf(statement, outer);
  const at: Visit = { scope, output: null, found };
  for (const [key, value] of Object.entries(statement)) {
    if (key === 'larg' || key === 'rarg') visitStatement(value as Json, at);
    else if (key === 'limitCount' || key === 'limitOffset')
      visitLimit(value, key === 'limitCount' ? 'limit' : 'offset', at);
    else if (key === 'targetList' || key === 'onConflictClause') visitTargets(value, at);
    else if (key === 'valuesLists' || key === 'returningClause' || key === 'returningList')
      visit(value, { ...at, output: { column: null } });
    else if (key === 'mergeWhenClauses') visit(value, { ...at, output: { column: null } });
    else if (key === 'cols') continue;
    else visit(value, at);
  }
}

/** Visits what is returned, and what an UPDATE assigns to columns. Subqueries in it are visited as queries. */
function visitTargets(node: unknown, at: Visit): void {
  for (const target of Array.isArray(node) ? node : [node]) {
    const { name, val } =
      isJsonObject(target) && isJsonObject(target.ResTarget) ? target.ResTarget : { name: null, val: target };
    const column = typeof name === 'string' ? (resolveColumn([name], at.scope) ?? null) : null;
    visit(val, { ...at, output: { column } });
  }
}

function visitLimit(node: unknown, kind: 'limit' | 'offset', at: Visit): void {
  const side = parameterSide(node);
  if (side === null) visit(node, at);
  else at.found({ parameter: side.parameter, kind });
}

/** True if nothing below the expression needs another visit. */
function visitComparison(expression: Json, at: Visit): boolean {
  const { kind, lexpr, rexpr } = expression;
  const operator = stringOf(list(expression.name).at(-1));
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_BETWEEN_SYM') {
    const [low, high] = listItems(rexpr);
    return [compare(lexpr, '>=', low, at), compare(lexpr, '<=', high, at)].some(Boolean);
  }
  if (kind === 'AEXPR_IN' && operator === '=')
    return anyOf(listItems(rexpr), (item) => compare(lexpr, '=', item, at), at);
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE')
    return operator.startsWith('~') && compareOne(lexpr, 'like', rexpr, at);
  if (kind === 'AEXPR_NOT_DISTINCT') return compare(lexpr, '=', rexpr, at);
  if (kind === 'AEXPR_OP_ANY' && operator === '=') {
    const items = isJsonObject(rexpr) && isJsonObject(rexpr.A_ArrayExpr) ? list(rexpr.A_ArrayExpr.elements) : null;
    if (items !== null) return anyOf(items, (item) => compare(lexpr, '=', item, at), at);
    return compareOne(lexpr, 'any', rexpr, at) || compareOne(rexpr, 'element', lexpr, at);
  }
  if (kind !== 'AEXPR_OP') return false;
  if (operator === '@>' || operator === '&&') return compareOne(lexpr, 'array', rexpr, at);
  const ordering = ORDERINGS.find((known) => known === operator);
  if (ordering === undefined) return false;
  const [left, right] = [rowItems(lexpr), rowItems(rexpr)];
  if (left === null || right === null) return compare(lexpr, ordering, rexpr, at);
  return anyOf(left, (item, index) => compare(item, ordering, right[index], at), at);
}

/** Compares each item, and visits those without a finding. */
function anyOf(items: readonly unknown[], compareItem: (item: unknown, index: number) => boolean, at: Visit): boolean {
  for (const [index, item] of items.entries()) if (!compareItem(item, index)) visit(item, at);
  return true;
}

function listItems(node: unknown): readonly unknown[] {
  return isJsonObject(node) && isJsonObject(node.List) ? list(node.List.items) : list(node);
}

function rowItems(node: unknown): readonly unknown[] | null {
  return isJsonObject(node) && isJsonObject(node.RowExpr) ? list(node.RowExpr.args) : null;
}

function compare(left: unknown, operator: Ordering, right: unknown, at: Visit): boolean {
  return compareOne(left, operator, right, at) || compareOne(right, FLIPPED[operator], left, at);
}

function compareOne(columnNode: unknown, operator: ComparisonOperator, parameterNode: unknown, at: Visit): boolean {
  const parameter = parameterSide(parameterNode);
  const side =
    parameter === null || columnFields(parameterNode) !== undefined ? null : columnSide(columnNode, at.scope);
  if (parameter === null || side === null) return false;
  const { plus, before, after } = parameter;
  const isText = before !== '' || after !== '';
  const fits = operator === 'like' ? plus === 0 && !parameter.about : !isText && !(parameter.about && operator === '=');
  if (!fits) return false;
  const shape = { through: side.through, plus, before, after };
  at.found({ parameter: parameter.parameter, kind: 'compared', column: side.column, operator, shape });
  return true;
}
