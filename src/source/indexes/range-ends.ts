import type { IndexStatistics, RangeEnd, Unreadable } from '../../model/snapshot.ts';
import { type Connection, quoteIdent } from '../../postgres/index.ts';
import type { Privileges } from '../rights/privileges.ts';
import { ALONE_LIMIT, attempt } from '../transaction.ts';
import { type BranchError, type ExplainNode, explainBranches, readBranches } from './branches.ts';
import { findGivenUp, type Probe } from './given-up.ts';
import { type End, endBranch } from './index-queries.ts';
import type { IndexRow } from './indexes.ts';
import type { MetapageAccess } from './metapages.ts';

export type Range = NonNullable<IndexStatistics['range']>;

/** Settings under which an end is read by one descent of the B-tree. */
export const RANGE_SETTINGS = [
  'SET LOCAL enable_seqscan = off',
  'SET LOCAL enable_bitmapscan = off',
  'SET LOCAL enable_sort = off',
  'SET LOCAL enable_indexscan = on',
  'SET LOCAL enable_indexonlyscan = on',
  'SET LOCAL max_parallel_workers_per_gather = 0',
];

const ENDS = ['min', 'max'] as const;

export interface RangeContext {
  readonly privileges: Privileges;
  readonly access: MetapageAccess;
  readonly unreadable: Unreadable[];
}

/**
 * Reads the ends of the leading key of every valid B-tree that is not partial, by the index's OID. An end is read only if
 * its plan is an ordered index scan under a Limit. An end that could not be read is noted in `unreadable` and has no value;
 * an index has no range if neither end could be read. A role that may not read pg_statistic does not learn whether
 * production's probe gives up.
 */
export async function readRangeEnds(
  connection: Connection,
  indexes: readonly IndexRow[],
  context: RangeContext,
): Promise<Map<number, Range>> {
  const all = indexes.flatMap((index) => ENDS.flatMap((end) => probeOf(index, end)));
  const probes = all.filter(({ index }) => !isHelped(index, context.access));
  const helped = all.filter((probe) => !probes.includes(probe));
  const { planned, refused } = await keepIndexScans(connection, probes);
  const values = await readBranches(connection, planned.map(branchOf), RANGE_SETTINGS);
  const read = new Map<Probe, string | null>();
  planned.forEach((probe, i) => {
    const result = values[i];
    if (result === undefined || 'error' in result) refused.set(probe, result?.error);
    else read.set(probe, result.value);
  });
  noteRefused(refused, context);
  const complete = planned.filter((probe) => read.has(probe));
  const gaveUp = context.privileges.pg_statistic ? await findGivenUp(connection, complete, read) : new Set<Probe>();
  const ends = await readHelped(connection, helped, context);
  return rangesOf([...complete, ...ends.keys()], new Map([...read, ...ends]), gaveUp);
}

/** True if the helper function reads the ends of the index, because the role cannot select from its table. */
export function isHelped({ selectable }: IndexRow, { helpers }: MetapageAccess): boolean {
  return !selectable && helpers.includes('range_end');
}

/** Reads ends by the helper function, which supports only plain columns with a default operator class. */
export const HELPED_ENDS_SQL = `SELECT i.oid, i.greatest, regress.range_end(i.oid::pg_catalog.regclass, i.greatest) AS value
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.bool[])) AS i (oid, greatest)
ORDER BY i.oid, i.greatest`;

/** Reads the ends of indexes on tables that the role cannot select from. */
async function readHelped(
  connection: Connection,
  probes: readonly Probe[],
  context: RangeContext,
): Promise<Map<Probe, string | null>> {
  const plain = probes.filter(({ key }) => key.attnum > 0 && key.opcdefault);
  for (const index of new Set(probes.filter((probe) => !plain.includes(probe)).map((probe) => probe.index))) {
    const message = 'the helper function tells the ends of plain columns only';
    context.unreadable.push(unreadableRange(index, { code: undefined, message }, context.privileges.role));
  }
  const found = new Map<Probe, string | null>();
  const refused = new Map<Probe, BranchError>();
  const read = async (chunk: readonly Probe[]): Promise<void> => {
    const result = await attempt(connection, chunk.length === 1 ? [ALONE_LIMIT] : [], () =>
      readHelpedChunk(connection, chunk),
    );
    if (result.ok) for (const [probe, value] of result.value) found.set(probe, value);
    else if (chunk.length > 1) for (const probe of chunk) await read([probe]);
    else refused.set(chunk[0] as Probe, result.error);
  };
  for (let start = 0; start < plain.length; start += HELPED_PER_STATEMENT) {
    await read(plain.slice(start, start + HELPED_PER_STATEMENT));
  }
  noteRefused(refused, context);
  return found;
}

/** Few, because their tables stay locked until the transaction ends. */
const HELPED_PER_STATEMENT = 20;

async function readHelpedChunk(connection: Connection, probes: readonly Probe[]): Promise<Map<Probe, string | null>> {
  const rows = await connection.query<{ oid: number; greatest: boolean; value: string | null }>(HELPED_ENDS_SQL, [
    probes.map(({ index }) => index.oid),
    probes.map(({ end }) => end === 'max'),
  ]);
  const found = new Map(rows.map(({ oid, greatest, value }) => [`${oid} ${greatest}`, value]));
  return new Map(probes.map((probe) => [probe, found.get(`${probe.index.oid} ${probe.end === 'max'}`) ?? null]));
}

/** Notes each index once, even if both of its ends were refused. */
function noteRefused(
  refused: ReadonlyMap<Probe, BranchError | undefined>,
  { unreadable, privileges }: RangeContext,
): void {
  for (const [index, error] of new Map([...refused].map(([probe, each]) => [probe.index, each]))) {
    unreadable.push(unreadableRange(index, error, privileges.role));
  }
}

function probeOf(index: IndexRow, end: End): Probe[] {
  const key = index.keys[0];
  const ordered = index.am === 'btree' && key !== undefined && key.less !== null && key.greater !== null;
  return ordered && index.relkind === 'i' && index.indisvalid && !index.partial ? [{ index, key, end }] : [];
}

function branchOf(probe: Probe) {
  return endBranch(probe.index, probe.key, probe.end);
}

async function keepIndexScans(connection: Connection, probes: readonly Probe[]) {
  const refused = new Map<Probe, BranchError | undefined>();
  for (const probe of probes) if (probe.index.row_security) refused.set(probe, hiddenRows(probe.index));
  const asked = probes.filter((probe) => !refused.has(probe));
  const plans = await explainBranches(connection, asked.map(branchOf), RANGE_SETTINGS);
  asked.forEach((probe, i) => {
    const plan = plans[i];
    if (plan === undefined || 'error' in plan) refused.set(probe, plan?.error);
    else if (!isOrderedIndexScan(plan.value)) refused.set(probe, undefined);
  });
  return { planned: probes.filter((probe) => !refused.has(probe)), refused };
}

/** True for a Limit over an index scan, with no node between that reads all of its input. */
export function isOrderedIndexScan(path: readonly ExplainNode[]): boolean {
  const types = path.map((node) => node['Node Type']);
  const scan = types.pop();
  return (
    (scan === 'Index Scan' || scan === 'Index Only Scan') &&
    types.includes('Limit') &&
    types.every((type) => ['Append', 'Subquery Scan', 'Result', 'Limit'].includes(type))
  );
}

function rangesOf(
  probes: readonly Probe[],
  read: ReadonlyMap<Probe, string | null>,
  gaveUp: ReadonlySet<Probe>,
): Map<number, Range> {
  const ends = new Map<number, Partial<Record<End, RangeEnd>>>();
  for (const probe of probes) {
    const end: RangeEnd = gaveUp.has(probe) ? { value: null, gaveUp: true } : { value: read.get(probe) ?? null };
    ends.set(probe.index.oid, { ...ends.get(probe.index.oid), [probe.end]: end });
  }
  return new Map(
    [...ends].map(([oid, { min, max }]) => [oid, { min: min ?? { value: null }, max: max ?? { value: null } }]),
  );
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** The error that the server would return under row_security = off (check_enable_rls in rls.c). */
function hiddenRows(index: IndexRow): BranchError {
  const message = `query would be affected by row-level security policy for table ${index.table}`;
  return { code: INSUFFICIENT_PRIVILEGE, message };
}

function unreadableRange(index: IndexRow, error: BranchError | undefined, role: string): Unreadable {
  // This error has no SQLSTATE of its own. Its text is ours (hiddenRows), or the server's, which may be translated.
  const rowSecurity = error?.code === INSUFFICIENT_PRIVILEGE && error.message.includes('row-level security');
  return {
    object: index.name,
    what: 'range ends',
    reason: error?.message ?? 'the planner chose no ordered scan of the index',
    hint: rowSecurity ? `ALTER ROLE ${quoteIdent(role)} BYPASSRLS` : null,
    fatal: false,
  };
}
