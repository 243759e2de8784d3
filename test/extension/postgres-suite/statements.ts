import { loadModule, type Node, parseSync, type VariableSetStmt } from 'libpg-query';

/** A statement of the suite that EXPLAIN may accept, and the settings that hold where it stands. */
export interface Planned {
  readonly sql: string;
  /** Statements that set them, in their order, such as `SET enable_seqscan = off`. */
  readonly settings: readonly string[];
}

/** Settings by name; a statement for each. */
type Settings = Map<string, string>;

const PLANNED = [
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'DeclareCursorStmt',
  'CreateTableAsStmt',
];

/** Another user may not be there any more. */
const NOT_SETTINGS = ['role', 'session_authorization', 'transaction_isolation', 'transaction_read_only'];

/** The statements of a file of the suite that can be planned, also those that it asks EXPLAIN about. */
export async function plannedStatements(file: string): Promise<Planned[]> {
  await loadModule();
  const found: Planned[] = [];
  const settings = new SettingsOfSession();
  for (const sql of splitStatements(file)) {
    const [kind, node] = kindOf(sql);
    if (kind === 'VariableSetStmt') settings.set(sql, (node as { VariableSetStmt: VariableSetStmt }).VariableSetStmt);
    else if (kind === 'TransactionStmt') settings.transaction(sql);
    else if (PLANNED.includes(kind) && !makesTemporary(node)) found.push({ sql, settings: settings.statements() });
    else if (kind === 'ExplainStmt' && !makesTemporary(node))
      found.push({ sql: withoutExplain(sql), settings: settings.statements() });
  }
  return found;
}

/** The kind of a statement, '' where it is none, as psql's variables make it. */
function kindOf(sql: string): [string, Node | undefined] {
  try {
    const { stmts } = parseSync(sql);
    const node = stmts?.length === 1 ? stmts[0]?.stmt : undefined;
    return [Object.keys(node ?? {})[0] ?? '', node];
  } catch {
    return ['', undefined];
  }
}

/** EXPLAIN makes the session's temporary schema for it, and pg_namespace grows with each that is rolled back. */
function makesTemporary(node: Node | undefined): boolean {
  return JSON.stringify(node).includes('"relpersistence":"t"');
}

/** `explain (costs off, analyze) select 1` without what stands before the query. */
function withoutExplain(sql: string): string {
  return sql.replace(/^explain\s*(\([^)]*\)\s*|((analyze|verbose)\s+)*)/i, '');
}

/** What SET leaves in a session, as far as it is undone by RESET and by the ends of transactions. */
class SettingsOfSession {
  #session: Settings = new Map();
  #local: Settings = new Map();
  #before: Settings | null = null;

  set(sql: string, { kind, name = '', is_local }: VariableSetStmt): void {
    if (kind === 'VAR_RESET_ALL') this.#session = new Map();
    if (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT') this.#session.delete(name);
    if (kind !== 'VAR_SET_VALUE' || NOT_SETTINGS.includes(name)) return;
    const [into, statement] = is_local ? [this.#local, sql.replace(/^set\s+local\b/i, 'SET')] : [this.#session, sql];
    into.delete(name);
    into.set(name, statement);
  }

  transaction(sql: string): void {
    if (/^(begin|start)\b/i.test(sql)) this.#before = new Map(this.#session);
    if (!/^(commit|end|rollback|abort|prepare)\b/i.test(sql) || /^rollback\s+(work\s+|transaction\s+)?to\b/i.test(sql))
      return;
    if (/^(rollback|abort)\b/i.test(sql) && this.#before !== null) this.#session = this.#before;
    this.#before = null;
    this.#local = new Map();
  }

  statements(): string[] {
    return [...this.#session.values(), ...this.#local.values()];
  }
}

/** Tokens of psql's lexer that may hold a semicolon or a backslash; one that does not end reaches to the end. */
const TOKENS =
  /--[^\n]*|\/\*|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'[^']*(?:'|$)|"[^"]*(?:"|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|[();]|\\[^\n]*|[^-/eE'"$();\\]+|[\s\S]/y;

/** psql's commands that send the statement before them. */
const SENDS = /^\\(g|gx|gset|gexec|gdesc|crosstabview|bind\b.*\\g)\b/;

/** Statements as psql takes them from a file, without their semicolons and the comments before them. */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let statement = '';
  let depth = 0;
  let position = 0;
  const end = () => {
    statements.push(statement.trim());
    statement = '';
    depth = 0;
  };
  while (position < text.length) {
    TOKENS.lastIndex = position;
    const token =
      text[position] === '/' && text[position + 1] === '*' ? comment(text, position) : (TOKENS.exec(text)?.[0] ?? '');
    position += token.length;
    if (token.startsWith('--') || token.startsWith('/*')) statement += statement === '' ? '' : token;
    else if (token.startsWith('\\')) {
      if (SENDS.test(token)) end();
      if (/^\\r\b/.test(token)) statement = '';
    } else if (token === ';' && depth <= 0) {
      const copies = /^copy\b[\s\S]*\bfrom\s+stdin\b/i.test(statement);
      end();
      if (copies) position = endOfData(text, position);
    } else {
      if (token === '(') depth++;
      if (token === ')') depth--;
      statement += statement === '' ? token.trimStart() : token;
    }
  }
  return statements.filter((one) => one !== '');
}

/** A comment with those that are nested in it. */
function comment(text: string, from: number): string {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return text.slice(from, marks.lastIndex);
  }
  return text.slice(from);
}

/** Where the rows of a COPY end. */
function endOfData(text: string, from: number): number {
  const end = text.indexOf('\n\\.\n', from - 1);
  return end === -1 ? text.length : end + '\n\\.\n'.length;
}
