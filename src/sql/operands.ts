import type { TableColumn, ValueShape } from '../model/sql/parameter-use.ts';
import { isJsonObject } from '../model/text/json.ts';
import { columnFields, list, resolveColumn, type Scope, stringOf } from './scopes.ts';
import type { Json } from './text/json.ts';

/** A column on one side of a comparison. */
export interface ColumnSide {
  readonly column: TableColumn;
  readonly through: ValueShape['through'];
}

/** A parameter on one side of a comparison. */
export interface ParameterSide extends Pick<ValueShape, 'plus' | 'before' | 'after'> {
  readonly parameter: number;
  /** True if the parameter's value is only approximate, as in `$1 - interval '1 day'`. */
  readonly about: boolean;
}

/** Functions that do not change a value already in their form, such as lower() of lower-case text. */
const KEEPING = ['lower', 'upper', 'trim', 'btrim', 'ltrim', 'rtrim', 'unaccent'];

/** A column, possibly in a cast, COALESCE, lower or upper. */
export function columnSide(node: unknown, scope: Scope): ColumnSide | null {
  const fields = columnFields(node);
  if (fields !== undefined) {
    const column = resolveColumn(fields, scope);
    return column === undefined ? null : { column, through: null };
  }
  const inner = insideOf(node);
  if (inner !== null) return columnSide(inner, scope);
  const { name, args } = functionCall(node);
  if ((name === 'lower' || name === 'upper') && args.length === 1) {
    const side = columnSide(args[0], scope);
    return side === null ? null : { ...side, through: name };
  }
  return null;
}

/** A parameter, possibly in an expression from which its value can be derived. */
export function parameterSide(node: unknown): ParameterSide | null {
  if (!isJsonObject(node)) return null;
  if (isJsonObject(node.ParamRef)) {
    return { parameter: Number(node.ParamRef.number ?? 0), plus: 0, before: '', after: '', about: false };
  }
  const inner = insideOf(node);
  if (inner !== null) return parameterSide(inner);
  const { name, args } = functionCall(node);
  if (KEEPING.includes(name) && args.length === 1) return parameterSide(args[0]);
  if (name === 'concat') return concatenated(args);
  return isJsonObject(node.A_Expr) ? calculated(node.A_Expr) : null;
}

/** The argument of a cast or collation, and the first of COALESCE and NULLIF. */
function insideOf(node: unknown): unknown {
  if (!isJsonObject(node)) return null;
  if (isJsonObject(node.TypeCast)) return node.TypeCast.arg;
  if (isJsonObject(node.CollateClause)) return node.CollateClause.arg;
  if (isJsonObject(node.CoalesceExpr)) return list(node.CoalesceExpr.args)[0] ?? null;
  if (isJsonObject(node.A_Expr) && node.A_Expr.kind === 'AEXPR_NULLIF') return node.A_Expr.lexpr;
  return null;
}

function functionCall(node: unknown): { readonly name: string; readonly args: readonly unknown[] } {
  const call = isJsonObject(node) && isJsonObject(node.FuncCall) ? node.FuncCall : {};
  return { name: stringOf(list(call.funcname).at(-1)), args: list(call.args) };
}

function calculated(expression: Json): ParameterSide | null {
  const { lexpr, rexpr } = expression;
  const operator = stringOf(list(expression.name).at(-1));
  if (operator === '||') return concatenated([lexpr, rexpr]);
  if (operator !== '+' && operator !== '-') return null;
  const sides = [parameterSide(lexpr), operator === '+' ? parameterSide(rexpr) : null];
  const side = sides[0] ?? sides[1] ?? null;
  const other = sides[0] === null ? lexpr : rexpr;
  if (side === null) return null;
  const amount = integerOf(other);
  if (amount !== null) return { ...side, plus: side.plus + (operator === '+' ? amount : -amount) };
  return isInterval(other) ? { ...side, about: true } : null;
}

function concatenated(parts: readonly unknown[]): ParameterSide | null {
  const texts = parts.map(textOf);
  const sides = parts.map(parameterSide);
  const at = sides.findIndex((side) => side !== null);
  const side = sides[at];
  if (!side || texts.some((text, index) => text === null && index !== at)) return null;
  const before = texts.slice(0, at).join('');
  return { ...side, before: before + side.before, after: side.after + texts.slice(at + 1).join('') };
}

function textOf(node: unknown): string | null {
  const constant = isJsonObject(node) && isJsonObject(node.TypeCast) ? node.TypeCast.arg : node;
  if (!isJsonObject(constant) || !isJsonObject(constant.A_Const)) return null;
  const { sval } = constant.A_Const;
  return isJsonObject(sval) ? String(sval.sval ?? '') : null;
}

function integerOf(node: unknown): number | null {
  if (!isJsonObject(node) || !isJsonObject(node.A_Const)) return null;
  const { ival } = node.A_Const;
  return isJsonObject(ival) ? Number(ival.ival ?? 0) : null;
}

/** `interval '1 day'`, or a constant cast to interval. */
function isInterval(node: unknown): boolean {
  if (!isJsonObject(node) || !isJsonObject(node.TypeCast)) return false;
  const { typeName } = node.TypeCast;
  return textOf(node) !== null && isJsonObject(typeName) && stringOf(list(typeName.names).at(-1)) === 'interval';
}
