import type { IndexStatistics, RangeEnd, Unreadable } from '../model/snapshot.ts';
import { type Connection, quoteIdent } from '../postgres/index.ts';
import { type BranchError, type ExplainNode, explainBranches, readBranches } from './branches.ts';
import { beyondBranch, type End, endBranch } from './index-queries.ts';
import type { IndexKey, IndexRow } from './indexes.ts';
import type { Privileges } from './privileges.ts';

export type Range = NonNullable<IndexStatistics['range']>;

/** An end is one step down a B-tree; what takes longer wades through dead rows, and production must not wait for us. */
export const RANGE_SETTINGS = [
  `SET LOCAL statement_timeout = '3s'`,
  'SET LOCAL enable_seqscan = off',
  'SET LOCAL enable_bitmapscan = off',
  'SET LOCAL enable_sort = off',
  'SET LOCAL enable_indexscan = on',
  'SET LOCAL enable_indexonlyscan = on',
  'SET LOCAL max_parallel_workers_per_gather = 0',
];

/** The bounds of the histogram and the common values of the leading key of indexes ($1), as text. */
export const KEY_VALUES_SQL = `SELECT i.indexrelid AS oid,
       COALESCE(h.bounds[1], '') AS first, COALESCE(h.bounds[pg_catalog.cardinality(h.bounds)], '') AS last,
       pg_catalog.array_remove(COALESCE(m.common, '{}'), NULL) AS common
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_statistic s ON s.stainherit = false
  AND s.starelid = CASE WHEN i.indkey[0] = 0 THEN i.indexrelid ELSE i.indrelid END
  AND s.staattnum = CASE WHEN i.indkey[0] = 0 THEN 1 ELSE i.indkey[0] END
CROSS JOIN LATERAL (SELECT CASE 2 WHEN s.stakind1 THEN s.stavalues1 WHEN s.stakind2 THEN s.stavalues2
  WHEN s.stakind3 THEN s.stavalues3 WHEN s.stakind4 THEN s.stavalues4 WHEN s.stakind5 THEN s.stavalues5
  END::pg_catalog.text::pg_catalog.text[] AS bounds) h
CROSS JOIN LATERAL (SELECT CASE 1 WHEN s.stakind1 THEN s.stavalues1 WHEN s.stakind2 THEN s.stavalues2
  WHEN s.stakind3 THEN s.stavalues3 WHEN s.stakind4 THEN s.stavalues4 WHEN s.stakind5 THEN s.stavalues5
  END::pg_catalog.text::pg_catalog.text[] AS common) m
WHERE i.indexrelid = ANY ($1::pg_catalog.oid[]) AND pg_catalog.array_ndims(h.bounds) = 1
ORDER BY i.indexrelid`;

interface KeyValuesRow {
  readonly oid: number;
  readonly first: string;
  readonly last: string;
  readonly common: readonly (string | null)[];
}

/** The planner's probe stops after so many heap pages of dead rows: VISITED_PAGES_LIMIT in selfuncs.c. */
const VISITED_PAGES_LIMIT = 100;

const ENDS = ['min', 'max'] as const;

export interface RangeContext {
  readonly privileges: Privileges;
  readonly unreadable: Unreadable[];
}

/** One end of one index, on its way. */
interface Probe {
  readonly index: IndexRow;
  readonly key: IndexKey;
  readonly end: End;
}

/**
 * The ends of the leading key of every full, valid B-tree, by the index's OID. An end is read only where the plan is an
 * ordered index scan under a Limit; what could not be read is noted in `unreadable` and has no range.
 * Without pg_statistic it is not known whether production's probe gives up.
 */
export async function readRangeEnds(
  connection: Connection,
  indexes: readonly IndexRow[],
  context: RangeContext,
): Promise<Map<number, Range>> {
  const probes = indexes.flatMap((index) => ENDS.flatMap((end) => probeOf(index, end)));
  const { planned, refused } = await keepIndexScans(connection, probes);
  const values = await readBranches(connection, planned.map(branchOf), RANGE_SETTINGS);
  const read = new Map<Probe, string | null>();
  planned.forEach((probe, i) => {
    const result = values[i];
    if (result === undefined || 'error' in result) refused.set(probe.index, result?.error);
    else read.set(probe, result.value);
  });
  for (const [index, error] of refused) context.unreadable.push(unreadableRange(index, error, context.privileges.role));
  const complete = planned.filter((probe) => !refused.has(probe.index));
  const gaveUp = context.privileges.pg_statistic ? await findGivenUp(connection, complete, read) : new Set<Probe>();
  return rangesOf(complete, read, gaveUp);
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
  const plans = await explainBranches(connection, probes.map(branchOf), RANGE_SETTINGS);
  const refused = new Map<IndexRow, BranchError | undefined>();
  probes.forEach((probe, i) => {
    const plan = plans[i];
    if (plan === undefined || 'error' in plan) refused.set(probe.index, plan?.error);
    else if (!isOrderedIndexScan(plan.value)) refused.set(probe.index, undefined);
  });
  return { planned: probes.filter((probe) => !refused.has(probe.index)), refused };
}

/** A Limit over an index scan with nothing between that reads all of its input. */
export function isOrderedIndexScan(path: readonly ExplainNode[]): boolean {
  const types = path.map((node) => node['Node Type']);
  const scan = types.pop();
  return (
    (scan === 'Index Scan' || scan === 'Index Only Scan') &&
    types.includes('Limit') &&
    types.every((type) => ['Append', 'Subquery Scan', 'Result', 'Limit'].includes(type))
  );
}

/**
 * The ends at which production's planner does not get a value, because its probe gives up. Where it gets one, no row is
 * beyond the least known value (ineq_histogram_selectivity in selfuncs.c): one row is planned. Where it gave up, at least
 * a hundredth of a histogram's bin is. The least value known is one of: the end, the histogram's bound, the common values.
 */
async function findGivenUp(
  connection: Connection,
  probes: readonly Probe[],
  read: ReadonlyMap<Probe, string | null>,
): Promise<Set<Probe>> {
  const candidates = probes.filter(
    ({ index, key }) => key.opcdefault && key.column_collation && index.table_pages > VISITED_PAGES_LIMIT,
  );
  const oids = [...new Set(candidates.map(({ index }) => index.oid))];
  const rows = oids.length === 0 ? [] : await connection.query<KeyValuesRow>(KEY_VALUES_SQL, [oids]);
  const known = new Map(rows.map((row) => [row.oid, row]));
  const bounded = candidates.filter((probe) => known.has(probe.index.oid) && typeof read.get(probe) === 'string');
  const nearest = (probe: Probe): string[] => {
    const row = known.get(probe.index.oid);
    return [read.get(probe) ?? '', (probe.end === 'min' ? row?.first : row?.last) ?? ''];
  };
  const suspects = await keepBeyondOne(connection, bounded, nearest);
  const common = (probe: Probe): string[] =>
    (known.get(probe.index.oid)?.common ?? []).filter((value) => value !== null);
  return new Set(await keepBeyondOne(connection, suspects, common));
}

/** Those probes for which each of the values given has more than one row beyond it, as planned. */
async function keepBeyondOne(
  connection: Connection,
  probes: readonly Probe[],
  valuesOf: (probe: Probe) => readonly string[],
): Promise<Probe[]> {
  const trials = probes.flatMap((probe) => valuesOf(probe).map((value) => ({ probe, value })));
  const plans = await explainBranches(
    connection,
    trials.map(({ probe, value }) => beyondBranch(probe.index, probe.key, probe.end, value)),
    [],
  );
  const reached = new Set<Probe>();
  trials.forEach(({ probe }, i) => {
    const plan = plans[i];
    const rows = plan !== undefined && 'value' in plan ? plan.value.at(-1)?.['Plan Rows'] : undefined;
    if (rows === undefined || rows <= 1) reached.add(probe);
  });
  return probes.filter((probe) => !reached.has(probe));
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

function unreadableRange(index: IndexRow, error: BranchError | undefined, role: string): Unreadable {
  const rowSecurity = error?.code === INSUFFICIENT_PRIVILEGE && error.message.includes('row-level security');
  return {
    object: index.name,
    what: 'range ends',
    reason: error?.message ?? 'the planner chose no ordered scan of the index',
    hint: rowSecurity ? `ALTER ROLE ${quoteIdent(role)} BYPASSRLS` : null,
    fatal: false,
  };
}
