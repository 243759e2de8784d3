import { isObject, type Json } from './json.ts';
import { scan } from './scan.ts';
import { statementTree } from './shape.ts';
import { byteOffset, type Edit, itemsOf, nameOf, paramOf, paramRefs, walk, withEdits } from './tree.ts';

/**
 * What pg_stat_statements from 18 on leaves of a list of constants: its first value and this comment
 * (generate_normalized_query in pg_stat_statements.c).
 */
const SQUASHED = '/*, ... */';

/**
 * Values a list gets whose length is not known: what the planner itself assumes of an array that it does not know
 * (estimate_array_length in selfuncs.c).
 */
export const ASSUMED_LIST_LENGTH = 10;

/** A statement mended, and what was done that a person should know. */
export interface Repaired {
  readonly sql: string;
  readonly notes: readonly string[];
}

/**
 * Makes of a normalised statement one that PostgreSQL takes, where there is only one way to: `date $1` is no syntax and
 * becomes `$1::date`; `extract($1 FROM x)` becomes the function it stands for; a constant that GROUP BY or DISTINCT had
 * twice gets one number again; a list whose length was lost gets one; numbers run from 1 without a gap.
 * Text that needs nothing comes back unchanged. Needs loadScanner().
 */
export function repairNormalised(sql: string): Repaired {
  const listed = withLists(sql);
  const steps = [typedLiterals, extractCalls, sameExpressions];
  const mended = steps.reduce((text, step) => {
    const tree = statementTree(text);
    return tree === null ? text : withEdits(text, step(text, tree));
  }, listed.sql);
  return { sql: renumbered(mended), notes: listed.notes };
}

function withLists(sql: string): Repaired {
  if (!sql.includes(SQUASHED)) return { sql, notes: [] };
  const tokens = scan(sql);
  let next = Math.max(0, ...tokens.map(({ text }) => (/^\$\d+$/.test(text) ? Number(text.slice(1)) : 0)));
  const edits = tokens.flatMap((token, index): Edit[] => {
    const before = tokens[index - 1];
    if (token.text !== SQUASHED || before === undefined) return [];
    const more = Array.from({ length: ASSUMED_LIST_LENGTH - 1 }, () => `, $${++next}`).join('');
    return [{ start: byteOffset(sql, before.end), end: byteOffset(sql, token.end), text: more }];
  });
  const note = `a list has ${ASSUMED_LIST_LENGTH} values: PostgreSQL did not record how many`;
  return { sql: withEdits(sql, edits), notes: edits.length === 0 ? [] : [note] };
}

/** `TYPE $1`, which only a constant may follow; the parser marks it by a cast without a place (makeStringConstCast in gram.y). */
function typedLiterals(sql: string, tree: Json): Edit[] {
  const bytes = Buffer.from(sql);
  const edits: Edit[] = [];
  walk(tree, (kind, { arg, typeName, location }) => {
    const param = kind === 'TypeCast' && location === -1 ? paramOf(arg) : undefined;
    const start = isObject(typeName) ? (typeName.location ?? 0) : undefined;
    if (param === undefined || typeof start !== 'number') return;
    const type = bytes.subarray(start, param.location).toString().trim();
    const placeholder = `$${param.number}`;
    const rest = bytes.subarray(param.location + placeholder.length).toString();
    const fields = type.toLowerCase().startsWith('interval') ? (INTERVAL_FIELDS.exec(rest)?.[0] ?? '') : '';
    const end = param.location + placeholder.length + Buffer.byteLength(fields);
    edits.push({ start, end, text: `${placeholder}::${type}${fields}` });
  });
  return edits;
}

const FIELD = '(?:year|month|day|hour|minute|second(?:\\s*\\(\\s*\\d+\\s*\\))?)\\b';
const INTERVAL_FIELDS = new RegExp(`^\\s+${FIELD}(?:\\s+to\\s+${FIELD})?`, 'i');

/** `extract($1 FROM x)`: a field is a word or a constant (extract_arg in gram.y), so only the function itself takes a parameter. */
function extractCalls(sql: string, tree: Json): Edit[] {
  const edits: Edit[] = [];
  const tokens = scan(sql).filter((token) => !token.isComment);
  walk(tree, (kind, { funcname, funcformat, args, location = 0 }) => {
    if (kind !== 'FuncCall' || funcformat !== 'COERCE_SQL_SYNTAX' || nameOf(funcname) !== 'extract') return;
    const field = paramOf(itemsOf(args)[0]);
    if (field === undefined || typeof location !== 'number') return;
    const index = tokens.findIndex(({ start }) => byteOffset(sql, start) === field.location);
    const from = tokens[index + 1];
    if (index < 0 || from?.text.toLowerCase() !== 'from') return;
    edits.push(
      { start: location, end: location + 'extract'.length, text: 'pg_catalog.extract' },
      { start: byteOffset(sql, tokens[index]?.end ?? 0), end: byteOffset(sql, from.end), text: ',' },
    );
  });
  return edits;
}

/**
 * `SELECT date_trunc($1, x) … GROUP BY date_trunc($2, x)` was one constant written twice, or PostgreSQL had not taken
 * it: what GROUP BY and DISTINCT name gets the same numbers wherever it stands.
 */
function sameExpressions(_: string, tree: Json): Edit[] {
  const edits = new Map<number, Edit>();
  walk(tree, (kind, select) => {
    if (kind !== 'SelectStmt') return;
    const { targetList, groupClause, distinctClause, sortClause, havingClause } = select;
    const distinct = itemsOf(distinctClause);
    // The first is told from an empty one by a node without a kind.
    const distinctOn = distinct.filter((item) => isObject(item) && Object.keys(item).length > 0);
    const selected = distinct.length > 0 ? itemsOf(targetList).map(valueOf) : [];
    const models = [...selected, ...itemsOf(groupClause), ...distinctOn].filter(isExpression);
    const first = new Map<string, number[]>();
    for (const node of nodesOf([targetList, groupClause, distinctOn, sortClause, havingClause])) {
      const text = withoutNumbers(node);
      const isModel = models.some((model) => withoutNumbers(model) === text);
      if (!isModel) continue;
      const params = paramRefs(node);
      const numbers = first.get(text) ?? params.map(({ number }) => number);
      first.set(text, numbers);
      params.forEach(({ number, location }, index) => {
        const wanted = numbers[index] ?? number;
        const length = `$${number}`.length;
        if (wanted !== number) edits.set(location, { start: location, end: location + length, text: `$${wanted}` });
      });
    }
  });
  return [...edits.values()];
}

function valueOf(target: unknown): unknown {
  return isObject(target) && isObject(target.ResTarget) ? target.ResTarget.val : undefined;
}

/** More than a parameter alone, of which `GROUP BY $1` says nothing. */
function isExpression(node: unknown): boolean {
  return isObject(node) && paramOf(node) === undefined && paramRefs(node).length > 0;
}

/** All nodes below, outer before inner, each as the parse tree wraps it. */
function nodesOf(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(nodesOf);
  if (!isObject(node)) return [];
  return [node, ...Object.values(node).flatMap(nodesOf)];
}

function withoutNumbers(node: unknown): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'location') return undefined;
    return key === 'ParamRef' ? '$' : value;
  });
}

/** Numbers from 1 in the order in which parameters first stand, where numbers are left out. */
function renumbered(sql: string): string {
  const params = scan(sql).filter(({ text }) => /^\$\d+$/.test(text));
  const numbers = [...new Set(params.map(({ text }) => Number(text.slice(1))))];
  if (Math.max(0, ...numbers) === numbers.length) return sql;
  const edits = params.map(({ text, start, end }) => ({
    start: byteOffset(sql, start),
    end: byteOffset(sql, end),
    text: `$${numbers.indexOf(Number(text.slice(1))) + 1}`,
  }));
  return withEdits(sql, edits);
}
