import type { CatalogRelation, FindRelation, TableColumn } from '../model/sql/parameter-use.ts';
import { isJsonObject } from '../model/text/json.ts';
import type { Json } from './text/json.ts';
import { parseStatement } from './text/libpg-query.ts';

/** A column of an item in FROM; it has no origin if it is computed. */
export interface ScopeColumn {
  readonly name: string;
  readonly origin: TableColumn | undefined;
}

/** An item in FROM. */
interface ScopeEntry {
  readonly alias: string;
  /** undefined: unknown. */
  readonly columns: readonly ScopeColumn[] | undefined;
}

type Columns = readonly ScopeColumn[] | undefined;

/** The names that are visible in a part of a query. */
export interface Scope {
  readonly find: FindRelation;
  /** Subqueries of WITH, by name. Evaluated only when used, because a recursive one refers to itself. */
  readonly subqueries: ReadonlyMap<string, () => Columns>;
  readonly entries: readonly ScopeEntry[];
  readonly outer: Scope | null;
}

export function emptyScope(find: FindRelation): Scope {
  return { find, subqueries: new Map(), entries: [], outer: null };
}

/** The statement in a node such as `{ SelectStmt: … }`. */
export function statementIn(node: unknown): Json | null {
  if (!isJsonObject(node)) return null;
  const wrapped = Object.entries(node).find(([kind]) => /^(?:Select|Insert|Update|Delete|Merge)Stmt$/.test(kind))?.[1];
  return isJsonObject(wrapped) ? wrapped : null;
}

/** The scope inside a statement, within the surrounding one. */
export function scopeOf(statement: Json, outer: Scope): Scope {
  const within = withSubqueries(statement, outer);
  const from = [
    statement.relation,
    ...list(statement.fromClause),
    ...list(statement.usingClause),
    statement.sourceRelation,
  ];
  // Earlier items are visible to all later ones, not only to LATERAL: valid queries do not depend on the difference.
  let scope: Scope = { ...within, entries: [], outer };
  for (const item of from) scope = { ...scope, entries: [...scope.entries, ...entriesOf(item, scope)] };
  return scope;
}

/** The surrounding scope, with the subqueries of WITH. */
function withSubqueries({ withClause }: Json, outer: Scope): Scope {
  const subqueries = new Map(outer.subqueries);
  const scope: Scope = { ...outer, subqueries, entries: [], outer };
  for (const each of isJsonObject(withClause) ? list(withClause.ctes) : []) {
    const cte = isJsonObject(each) && isJsonObject(each.CommonTableExpr) ? each.CommonTableExpr : null;
    if (cte === null || typeof cte.ctename !== 'string') continue;
    const columns = once(() => renamed(outputOf(statementIn(cte.ctequery), scope), cte.aliascolnames));
    subqueries.set(cte.ctename, columns);
  }
  return scope;
}

/** Evaluates columns once. A recursive subquery that refers to itself gets undefined. */
function once(columns: () => Columns): () => Columns {
  let known: { readonly value: Columns } | undefined;
  return () => {
    if (known === undefined) {
      known = { value: undefined };
      known = { value: columns() };
    }
    return known.value;
  };
}

function entriesOf(item: unknown, scope: Scope): ScopeEntry[] {
  if (!isJsonObject(item)) return [];
  if (isJsonObject(item.JoinExpr)) {
    const left = entriesOf(item.JoinExpr.larg, scope);
    const right = entriesOf(item.JoinExpr.rarg, { ...scope, entries: [...scope.entries, ...left] });
    return [...left, ...right];
  }
  if (isJsonObject(item.RangeSubselect)) {
    const { subquery, alias } = item.RangeSubselect;
    return [entry(alias, '', outputOf(statementIn(subquery), scope))];
  }
  if (isJsonObject(item.RangeFunction)) return [entry(item.RangeFunction.alias, '', undefined)];
  const range = isJsonObject(item.RangeVar) ? item.RangeVar : item;
  return typeof range.relname === 'string' ? [entry(range.alias, range.relname, relationColumns(range, scope))] : [];
}

function entry(alias: unknown, name: string, columns: Columns): ScopeEntry {
  if (!isJsonObject(alias)) return { alias: name, columns };
  return { alias: String(alias.aliasname), columns: renamed(columns, alias.colnames) };
}

function renamed(columns: Columns, names: unknown): Columns {
  const given = list(names).map(stringOf);
  return columns?.map((column, at) => ({ ...column, name: given[at] ?? column.name }));
}

function relationColumns({ schemaname, relname }: Json, scope: Scope): Columns {
  const name = String(relname);
  const subquery = schemaname === undefined ? scope.subqueries.get(name) : undefined;
  if (subquery !== undefined) return subquery();
  const relation = scope.find(typeof schemaname === 'string' ? schemaname : undefined, name);
  return relation && catalogColumns(relation, scope.find);
}

function catalogColumns(relation: CatalogRelation, find: FindRelation): Columns {
  if (relation.kind === 'view') {
    const [first] = statementsOf(parseStatement(relation.definition));
    return first === undefined ? undefined : outputOf(statementIn(first), emptyScope(find));
  }
  const { schemaname, relname } = relation;
  return relation.columns.map((attname) => ({ name: attname, origin: { schemaname, relname, attname } }));
}

/** The statements of a parsed text. */
export function statementsOf(parsed: unknown): unknown[] {
  return isJsonObject(parsed) ? list(parsed.stmts).flatMap((each) => (isJsonObject(each) ? [each.stmt] : [])) : [];
}

/** The columns that a statement returns. */
function outputOf(statement: Json | null, outer: Scope): Columns {
  if (statement === null) return undefined;
  // The first arm of a UNION names the columns.
  if (isJsonObject(statement.larg)) return outputOf(statement.larg, withSubqueries(statement, outer));
  const scope = scopeOf(statement, outer);
  const { returningClause } = statement;
  const targets = isJsonObject(returningClause)
    ? returningClause.exprs
    : (statement.returningList ?? statement.targetList);
  const columns: ScopeColumn[] = [];
  for (const target of list(targets)) {
    const { name, val } = isJsonObject(target) && isJsonObject(target.ResTarget) ? target.ResTarget : {};
    const fields = columnFields(val);
    if (fields?.at(-1) === '*') {
      const all = starColumns(fields, scope);
      // After a star of unknown width, positions are unknown.
      if (all === undefined) return undefined;
      columns.push(...all);
    } else {
      columns.push({ name: String(name ?? fields?.at(-1) ?? ''), origin: fields && resolveColumn(fields, scope) });
    }
  }
  return statement.valuesLists === undefined ? columns : undefined;
}

function starColumns(fields: readonly string[], scope: Scope): Columns {
  const wanted = fields.at(-2);
  const entries = scope.entries.filter(({ alias }) => wanted === undefined || alias === wanted);
  if (entries.length === 0 || entries.some(({ columns }) => columns === undefined)) return undefined;
  return entries.flatMap(({ columns }) => columns ?? []);
}

/** The parts of a ColumnRef, with `*` for a star; undefined for any other node. */
export function columnFields(node: unknown): string[] | undefined {
  if (!isJsonObject(node) || !isJsonObject(node.ColumnRef)) return undefined;
  return list(node.ColumnRef.fields).map((field) => (isJsonObject(field) && 'A_Star' in field ? '*' : stringOf(field)));
}

/** The table column that a name refers to; undefined if it is computed, ambiguous or unknown. */
export function resolveColumn(fields: readonly string[], scope: Scope): TableColumn | undefined {
  const [column = '', alias] = [...fields].reverse();
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const entries = at.entries.filter((each) => alias === undefined || each.alias === alias);
    const found = entries.flatMap(({ columns }) => columns?.filter(({ name }) => name === column).slice(0, 1) ?? []);
    // After JOIN … USING both sides have the name; either is right.
    if (found[0] !== undefined) return found[0].origin;
    if (entries.some(({ columns }) => columns === undefined) || (alias !== undefined && entries.length > 0)) break;
  }
  return undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function stringOf(node: unknown): string {
  return isJsonObject(node) && isJsonObject(node.String) ? String(node.String.sval ?? '') : '';
}
