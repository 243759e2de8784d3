import type { Connection } from '../../postgres/index.ts';
import { ALONE_LIMIT, attempt, OWN_SEARCH_PATH_SQL } from '../transaction.ts';

/** Queries per statement: they are sent together, as the branches of a UNION ALL, to save round trips. */
const BRANCHES_PER_STATEMENT = 20;

/** A node of EXPLAIN (FORMAT JSON), as the server prints it. */
export interface ExplainNode {
  readonly 'Node Type': string;
  readonly Alias?: string;
  readonly 'Index Name'?: string;
  readonly 'Startup Cost': number;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly ExplainNode[];
}

/** Builds a SELECT whose table has the given alias, by which its nodes are found in the plan. */
export type Branch = (alias: string) => string;

/** Result of one branch, or the server's error. */
export type BranchResult<T> = { readonly value: T } | { readonly error: BranchError };

export interface BranchError {
  readonly code: string | undefined;
  readonly message: string;
}

/** Runs EXPLAIN of the branches. Each result is the path of plan nodes from the root to the scan of the branch's table. */
export function explainBranches(
  connection: Connection,
  branches: readonly Branch[],
  settings: readonly string[],
): Promise<BranchResult<readonly ExplainNode[]>[]> {
  return inChunks(connection, branches, settings, async (chunk) => {
    const [row] = await connection.run<{ 'QUERY PLAN': [{ Plan: ExplainNode }] }>(explainSql(chunk));
    const root = row?.['QUERY PLAN'][0].Plan;
    return chunk.map((_, i) => (root === undefined ? [] : pathTo(root, aliasOf(i))));
  });
}

/** Runs the branches, each a SELECT of one text column named `value`. Each result is the first row's value, or null. */
export function readBranches(
  connection: Connection,
  branches: readonly Branch[],
  settings: readonly string[],
): Promise<BranchResult<string | null>[]> {
  return inChunks(connection, branches, settings, async (chunk) => {
    const rows = await connection.run<{ branch: number; value: string | null }>(readSql(chunk));
    return chunk.map((_, i) => rows.find((row) => row.branch === i)?.value ?? null);
  });
}

export function explainSql(branches: readonly Branch[]): string {
  return `EXPLAIN (FORMAT JSON, COSTS ON)\n${unionOf(branches, '')}`;
}

export function readSql(branches: readonly Branch[]): string {
  return unionOf(branches, ', q.value');
}

function unionOf(branches: readonly Branch[], output: string): string {
  return branches
    .map((branch, i) => `SELECT ${i} AS branch${output} FROM (${branch(aliasOf(i))}) AS q`)
    .join('\nUNION ALL\n');
}

function aliasOf(i: number): string {
  return `regress_${i}`;
}

/**
 * A statement fails if one of its branches does, so the branches of a failed chunk are then sent one by one. A branch may
 * fail because the planner inlines an index's SQL function that uses names without a schema. It is then tried again under
 * the session's own search_path, as the application plans it.
 */
async function inChunks<T>(
  connection: Connection,
  branches: readonly Branch[],
  settings: readonly string[],
  send: (chunk: readonly Branch[]) => Promise<T[]>,
): Promise<BranchResult<T>[]> {
  const results: BranchResult<T>[] = [];
  for (let start = 0; start < branches.length; start += BRANCHES_PER_STATEMENT) {
    const chunk = branches.slice(start, start + BRANCHES_PER_STATEMENT);
    const whole = await attempt(connection, settings, () => send(chunk));
    if (whole.ok) results.push(...whole.value.map((value) => ({ value })));
    else for (const branch of chunk) results.push(await alone(connection, [branch], settings, send));
  }
  return results;
}

/** SQLSTATEs of names that were not found or are ambiguous: functions, tables, types, columns and schemas. */
const NAME_NOT_FOUND = ['42883', '42P01', '42704', '42703', '3F000', '42725', '42P18', '42702'];

async function alone<T>(
  connection: Connection,
  branch: readonly Branch[],
  settings: readonly string[],
  send: (chunk: readonly Branch[]) => Promise<T[]>,
): Promise<BranchResult<T>> {
  const own = [...settings, ALONE_LIMIT];
  const usual = await attempt(connection, own, () => send(branch));
  const again =
    !usual.ok && NAME_NOT_FOUND.includes(usual.error.code ?? '')
      ? await attempt(connection, [...own, OWN_SEARCH_PATH_SQL], () => send(branch))
      : usual;
  if (again.ok && again.value[0] !== undefined) return { value: again.value[0] };
  const error = usual.ok ? { code: undefined, message: 'no result' } : usual.error;
  return { error: { code: error.code, message: error.message } };
}

/** The nodes from `node` down to the scan with the alias; empty if the plan has none. */
function pathTo(node: ExplainNode, alias: string): ExplainNode[] {
  if (node.Alias === alias) return [node];
  for (const child of node.Plans ?? []) {
    const path = pathTo(child, alias);
    if (path.length > 0) return [node, ...path];
  }
  return [];
}
