import type * as LibpgQuery from 'libpg-query';

/** A relation by its schema and name, unquoted. */
interface Name {
  readonly schemaname: string;
  readonly name: string;
}

/** A statement proven to create one thing and do nothing else. */
export interface ProvenStatement {
  readonly sql: string;
  /** Functions that its expressions call, with the schema where one is written. */
  readonly calls: readonly { readonly schemaname: string | null; readonly name: string }[];
}

/** Why a definition is none. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

type Node = Readonly<Record<string, unknown>>;

/** Parts of the statements as PostgreSQL's own parser names them (nodes/parsenodes.h); one more is one too many. */
const PARTS = {
  index: [
    'idxname relation accessMethod tableSpace indexParams indexIncludingParams options whereClause unique',
    'nulls_not_distinct',
  ],
  table: ['relation inhRelations partbound partspec oncommit'],
  relation: ['schemaname relname inh relpersistence location'],
} as const;

/** What expressions cannot hold: a query, or a value that comes from elsewhere. */
const REFUSED_NODES = /^(?:SubLink|ParamRef|SetToDefault|CurrentOfExpr|\w+Stmt|Range\w+)$/;

/** Ends of a range that the parser takes for columns. */
const OPEN_ENDS = ['minvalue', 'maxvalue'];

let library: typeof LibpgQuery | undefined;

/** Loads PostgreSQL's parser, which the proofs need; late, because that takes longer than a command without it. */
export async function loadParser(): Promise<void> {
  const loaded = await import('libpg-query');
  await loaded.loadModule();
  library = loaded;
}

/**
 * Proves that a definition (pg_get_indexdef) is one CREATE INDEX of this name on this table, and gives it without ONLY,
 * which is printed for partitioned tables and would leave their partitions without. Throws DefinitionError.
 */
export function provenIndex(definition: string, indexname: string, table: Name): ProvenStatement {
  const printed = onlyStatement(definition, 'IndexStmt');
  const { location = 0, inh } = (printed.relation ?? {}) as { readonly location?: number; readonly inh?: boolean };
  const sql = inh === true ? definition : withoutOnly(definition, location);
  const index = inh === true ? printed : onlyStatement(sql, 'IndexStmt');
  requireParts(index, PARTS.index, 'CREATE INDEX');
  requireRelation(index.relation, table);
  if (index.idxname !== indexname) throw new DefinitionError(`it creates index "${index.idxname}"`);
  const { indexParams, indexIncludingParams, options, whereClause } = index;
  return { sql, calls: callsOf([indexParams, indexIncludingParams, options, whereClause]) };
}

/**
 * Proves that the parts of a partition (its parent's quoted name, pg_get_expr of its bound, pg_get_partkeydef) make one
 * CREATE TABLE … PARTITION OF and nothing more. The bound holds constants alone, for the server evaluates it. Throws
 * DefinitionError.
 */
export function provenPartition(
  quoted: string,
  table: Name,
  { parent, bound, key }: { readonly parent: string; readonly bound: string; readonly key: string | null },
): ProvenStatement {
  const sql = `CREATE TABLE ${quoted} PARTITION OF ${parent} ${bound}${key === null ? '' : ` PARTITION BY ${key}`}`;
  const created = onlyStatement(sql, 'CreateStmt');
  requireParts(created, PARTS.table, 'CREATE TABLE … PARTITION OF');
  requireRelation(created.relation, table);
  const parents = listOf(created.inhRelations);
  if (parents.length !== 1 || created.partbound === undefined)
    throw new DefinitionError('it is not a partition of one table');
  requireParts(inner(parents[0], 'RangeVar'), PARTS.relation, 'a table name');
  for (const bounds of ['listdatums', 'lowerdatums', 'upperdatums']) {
    for (const value of listOf((created.partbound as Node)[bounds])) requireConstant(value);
  }
  if (callsOf(created.partbound).length > 0) throw new DefinitionError('its bound holds more than constants');
  return { sql, calls: callsOf(created.partspec) };
}

/** The one statement of a text, of the kind wanted. */
function onlyStatement(sql: string, kind: 'IndexStmt' | 'CreateStmt'): Node {
  if (library === undefined) throw new Error('loadParser() was not called');
  // The parser would stop at a NUL, and the server's read nothing behind it.
  if (sql.includes('\0')) throw new DefinitionError('it holds a character that SQL cannot hold');
  let statements: readonly { readonly stmt?: Node }[];
  try {
    statements = (library.parseSync(sql) as { readonly stmts?: readonly { readonly stmt?: Node }[] }).stmts ?? [];
  } catch (error) {
    throw new DefinitionError(`it cannot be parsed: ${(error as Error).message}`);
  }
  const [only, second] = statements;
  const statement = only?.stmt?.[kind];
  const wanted = kind === 'IndexStmt' ? 'CREATE INDEX' : 'CREATE TABLE';
  if (second !== undefined) throw new DefinitionError(`it is ${statements.length} statements, not one ${wanted}`);
  if (statement === undefined) throw new DefinitionError(`it is no ${wanted}`);
  return statement as Node;
}

/** `location` counts bytes of UTF-8. */
function withoutOnly(definition: string, location: number): string {
  const bytes = Buffer.from(definition);
  const head = bytes.subarray(0, location).toString();
  return head.replace(/\bONLY\s*$/i, '') + bytes.subarray(location).toString();
}

function requireParts(node: Node, allowed: readonly string[], what: string): void {
  const known = allowed.join(' ').split(' ');
  const stray = Object.keys(node).find((part) => !known.includes(part));
  if (stray !== undefined) throw new DefinitionError(`it is more than ${what}: it has ${stray}`);
}

function requireRelation(value: unknown, { schemaname, name }: Name): void {
  const relation = value as Node;
  requireParts(relation, PARTS.relation, 'a table name');
  if (relation.relpersistence !== 'p' || relation.schemaname !== schemaname || relation.relname !== name) {
    throw new DefinitionError(`it is about "${relation.schemaname ?? ''}"."${relation.relname}"`);
  }
}

/** Bounds are printed as constants (get_rule_expr of a PartitionBoundSpec, ruleutils.c); a call would be run. */
function requireConstant(value: unknown): void {
  let node = value as Node;
  while (node.TypeCast !== undefined) node = (node.TypeCast as Node).arg as Node;
  if (node.A_Const !== undefined) return;
  const fields = listOf((node.ColumnRef as Node | undefined)?.fields);
  if (fields.length === 1 && OPEN_ENDS.includes(textOf(fields[0]) ?? '')) return;
  throw new DefinitionError('its bound holds more than constants');
}

/** Names of functions below a node. Throws DefinitionError for what no expression of an index or partition key holds. */
function callsOf(root: unknown): ProvenStatement['calls'] {
  const calls: { schemaname: string | null; name: string }[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) walk(each);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [kind, each] of Object.entries(value)) {
      if (REFUSED_NODES.test(kind)) throw new DefinitionError(`an expression of it holds a ${kind}`);
      if (kind === 'FuncCall') calls.push(nameOf(listOf((each as Node).funcname)));
      walk(each);
    }
  };
  walk(root);
  return calls;
}

function nameOf(parts: readonly unknown[]): { schemaname: string | null; name: string } {
  const texts = parts.map(textOf);
  const name = texts.at(-1);
  if (name === undefined || texts.length > 2) throw new DefinitionError('it calls a function of no name');
  return { schemaname: texts.length === 2 ? (texts[0] ?? null) : null, name };
}

function textOf(node: unknown): string | undefined {
  const text = ((node as Node | undefined)?.String as Node | undefined)?.sval;
  return typeof text === 'string' ? text : undefined;
}

function inner(node: unknown, kind: string): Node {
  return ((node as Node | undefined)?.[kind] ?? {}) as Node;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
