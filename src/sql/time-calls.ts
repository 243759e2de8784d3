import { isJsonObject } from '../model/text/json.ts';
import { list, stringOf } from './scopes.ts';
import type { Json } from './text/json.ts';
import { parseStatement } from './text/libpg-query.ts';

/** Time and random functions in a query's conditions, as SQL writes them. */
export interface TimeCalls {
  /** Constant within a transaction or statement (stable), so PostgreSQL estimates with their values while it plans. */
  readonly stable: readonly string[];
  /** Different at every call, so PostgreSQL cannot. */
  readonly volatile: readonly string[];
}

const STABLE = ['now', 'transaction_timestamp', 'statement_timestamp'];
const VOLATILE = ['clock_timestamp', 'timeofday', 'random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7'];

/** Parts of a statement whose expressions determine the number of rows, and with it the plan. */
const CONDITIONS = ['whereClause', 'quals', 'joinCondition', 'havingClause', 'limitCount', 'limitOffset'];

/** Words that date and time input reads as a moment (datetime.c). */
const TIME_WORDS = /^\s*(?:now|today|tomorrow|yesterday)\s*$/i;
const TIME_TYPES = ['date', 'time', 'timetz', 'timestamp', 'timestamptz'];

/** The calls in a query's conditions. Empty if this parser does not understand the query. Needs loadScanner(). */
export function timeCalls(statement: string): TimeCalls {
  const stable = new Set<string>();
  const volatile = new Set<string>();
  const visit = (node: unknown, inCondition: boolean): void => {
    if (Array.isArray(node)) for (const each of node) visit(each, inCondition);
    if (!isJsonObject(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (inCondition && isJsonObject(value)) {
        const call = callOf(key, value);
        if (call !== null) (call.isStable ? stable : volatile).add(call.text);
      }
      // A subquery has its own conditions.
      visit(value, CONDITIONS.includes(key) || (inCondition && !key.endsWith('Stmt')));
    }
  };
  visit(parseStatement(statement), false);
  return { stable: [...stable].sort(), volatile: [...volatile].sort() };
}

function callOf(kind: string, node: Json): { readonly text: string; readonly isStable: boolean } | null {
  if (kind === 'SQLValueFunction') {
    const name = /^SVFOP_(CURRENT_DATE|CURRENT_TIME(?:STAMP)?|LOCALTIME(?:STAMP)?)(?:_N)?$/.exec(String(node.op))?.[1];
    return name === undefined ? null : { text: name.toLowerCase(), isStable: true };
  }
  if (kind === 'TypeCast') {
    const word = isJsonObject(node.arg) && isJsonObject(node.arg.A_Const) ? node.arg.A_Const.sval : null;
    const text = isJsonObject(word) ? String(word.sval ?? '') : '';
    const type = isJsonObject(node.typeName) ? stringOf(list(node.typeName.names).at(-1)) : '';
    return TIME_WORDS.test(text) && TIME_TYPES.includes(type) ? { text: `'${text.trim()}'`, isStable: true } : null;
  }
  if (kind !== 'FuncCall') return null;
  const name = stringOf(list(node.funcname).at(-1));
  // With one argument, age() counts from today.
  const isStable = STABLE.includes(name) || (name === 'age' && list(node.args).length === 1);
  return isStable || VOLATILE.includes(name) ? { text: `${name}()`, isStable } : null;
}
