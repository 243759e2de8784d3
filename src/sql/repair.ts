import { isJsonObject } from '../model/text/json.ts';
import { sameExpressions } from './repair-group-by.ts';
import { statementTree } from './shape.ts';
import { ASSUMED_LIST_LENGTH } from './text/assumed-list-length.ts';
import type { Json } from './text/json.ts';
import { scan } from './text/scan.ts';
import { byteOffset, type Edit, itemsOf, nameOf, paramOf, walk, withEdits } from './text/tree.ts';

/**
 * From 18 on, pg_stat_statements replaces a list of constants with its first value and this comment
 * (generate_normalized_query in pg_stat_statements.c).
 */
const SQUASHED = '/*, ... */';

/** A repaired statement, and remarks for people on the repairs. */
export interface Repaired {
  readonly sql: string;
  readonly notes: readonly string[];
}

/**
 * Turns a normalised statement into one that PostgreSQL accepts, by repairs that are unambiguous. `date $1`, a syntax
 * error, becomes `$1::date`; `extract($1 FROM x)` becomes a plain function call; a constant that GROUP BY or DISTINCT
 * repeats becomes one parameter again; a list of unknown length gets one; parameters are numbered from 1 without gaps.
 * Returns the same text if there is nothing to repair. Needs loadScanner().
 */
export function repairNormalised(sql: string): Repaired {
  const listed = withLists(sql);
  const steps = [typedLiterals, sameExpressions, extractCalls];
  const repaired = steps.reduce((text, step) => {
    const tree = statementTree(text);
    return tree === null ? text : withEdits(text, step(text, tree));
  }, listed.sql);
  return { sql: renumbered(repaired, listed.sql !== sql), notes: listed.notes };
}

function withLists(sql: string): Repaired {
  if (!sql.includes(SQUASHED)) return { sql, notes: [] };
  const tokens = scan(sql);
  let next = tokens.reduce(
    (most, { text }) => (/^\$\d+$/.test(text) ? Math.max(most, Number(text.slice(1))) : most),
    0,
  );
  const edits = tokens.flatMap((token, index): Edit[] => {
    const before = tokens[index - 1];
    if (token.text !== SQUASHED || before === undefined) return [];
    const more = Array.from({ length: ASSUMED_LIST_LENGTH - 1 }, () => `, $${++next}`).join('');
    return [{ start: byteOffset(sql, before.end), end: byteOffset(sql, token.end), text: more }];
  });
  const note = `a list has ${ASSUMED_LIST_LENGTH} values: PostgreSQL did not record how many`;
  return { sql: withEdits(sql, edits), notes: edits.length === 0 ? [] : [note] };
}

/**
 * Repairs `TYPE $1`: only a constant may follow the type. The parser marks it by a cast without a location
 * (makeStringConstCast in gram.y).
 */
function typedLiterals(sql: string, tree: Json): Edit[] {
  const bytes = Buffer.from(sql);
  const edits: Edit[] = [];
  walk(tree, (kind, { arg, typeName, location }) => {
    const param = kind === 'TypeCast' && location === -1 ? paramOf(arg) : undefined;
    const start = isJsonObject(typeName) ? (typeName.location ?? 0) : undefined;
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

/**
 * Repairs `extract($1 FROM x)`: the field must be a word or a constant (extract_arg in gram.y), but the function itself
 * accepts a parameter.
 */
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

/** Numbers parameters from 1 in order of appearance, if there are gaps or new parameters. */
function renumbered(sql: string, always: boolean): string {
  const params = scan(sql).filter(({ text }) => /^\$\d+$/.test(text));
  const numbers = new Map<string, number>();
  for (const { text } of params) if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
  const highest = params.reduce((most, { text }) => Math.max(most, Number(text.slice(1))), 0);
  if (!always && highest === numbers.size) return sql;
  // In one pass, because a list may have tens of thousands of values.
  const parts: string[] = [];
  let copied = 0;
  for (const { text, start, end } of params) {
    parts.push(sql.slice(copied, start), `$${numbers.get(text)}`);
    copied = end;
  }
  return [...parts, sql.slice(copied)].join('');
}
