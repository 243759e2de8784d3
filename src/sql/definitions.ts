import type * as LibpgQuery from 'libpg-query';

/** The schema and name of a relation, unquoted. */
interface Name {
  readonly schemaname: string;
  readonly name: string;
}

/** A statement that is proven to create one object and to do nothing else. */
export interface ProvenStatement {
  readonly sql: string;
  /** Functions in its expressions, with their schema if given. */
  readonly calls: readonly { readonly schemaname: string | null; readonly name: string }[];
}

/** Why a definition failed its proof: a clause about the definition. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

type Node = Readonly<Record<string, unknown>>;

/**
 * The parts that statements may have, by the names of PostgreSQL's parser (nodes/parsenodes.h). Any other part is
 * refused.
 */
const PARTS = {
  index: [
    'idxname relation accessMethod tableSpace indexParams indexIncludingParams options whereClause unique',
    'nulls_not_distinct',
  ],
  table: ['relation inhRelations partbound partspec oncommit'],
  relation: ['schemaname relname inh relpersistence location'],
} as const;

/** Nodes that cannot occur in expressions: queries, and values from elsewhere. */
const REFUSED_NODES = /^(?:SubLink|ParamRef|SetToDefault|CurrentOfExpr|\w+Stmt|Range\w+)$/;

/** Unbounded range ends, which the parser reads as columns. */
const OPEN_ENDS = ['minvalue', 'maxvalue'];

let library: typeof LibpgQuery | undefined;

/**
 * Loads PostgreSQL's parser, which the proofs need. Loaded on demand, because it takes longer than a command without
 * it.
 */
export async function loadParser(): Promise<void> {
  const loaded = await import('libpg-query');
  await loaded.loadModule();
  library = loaded;
}

/**
 * Proves that a definition (pg_get_indexdef) is one CREATE INDEX of this name on this table. Returns it without ONLY,
 * which PostgreSQL prints for partitioned tables: with ONLY, their partitions would get no index. Throws
 * DefinitionError.
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
 * CREATE TABLE … PARTITION OF and nothing else. The bound may hold only constants, because the server evaluates it.
 * Throws DefinitionError.
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

/** The only statement in a text, of the given kind. Throws DefinitionError for anything else. */
function onlyStatement(sql: string, kind: 'IndexStmt' | 'CreateStmt'): Node {
  if (library === undefined) throw new Error('loadParser() was not called');
  // Both parsers stop at a NUL, so a proof would not cover the text after it.
  if (sql.includes('\0')) throw new DefinitionError('it contains a character that SQL cannot contain');
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
  if (statement === undefined) throw new DefinitionError(`it is not a ${wanted}`);
  return statement as Node;
}

/** Removes ONLY. `location` counts bytes of UTF-8. */
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
    throw new DefinitionError(`it is for "${relation.schemaname ?? ''}"."${relation.relname}"`);
  }
}

/**
 * Requires a constant. PostgreSQL prints bounds as constants (get_rule_expr of a PartitionBoundSpec, ruleutils.c), and
 * would run a function call.
 */
function requireConstant(value: unknown): void {
  let node = value as Node;
  while (node.TypeCast !== undefined) node = (node.TypeCast as Node).arg as Node;
  if (node.A_Const !== undefined) return;
  const fields = listOf((node.ColumnRef as Node | undefined)?.fields);
  if (fields.length === 1 && OPEN_ENDS.includes(textOf(fields[0]) ?? '')) return;
  throw new DefinitionError('its bound holds more than constants');
}

/** Names of functions below a node. Throws DefinitionError for nodes that an index or partition key cannot contain. */
function callsOf(root: unknown): ProvenStatement['calls'] {
  const calls: { schemaname: string | null; name: string }[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) walk(each);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [kind, each] of Object.entries(value)) {
      if (REFUSED_NODES.test(kind)) throw new DefinitionError(`one of its expressions contains a ${kind}`);
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
  if (name === undefined || texts.length > 2) throw new DefinitionError('it calls a function without a valid name');
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
