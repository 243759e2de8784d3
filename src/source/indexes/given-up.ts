import type { Connection } from '../../postgres/index.ts';
import { type Branch, explainBranches } from './branches.ts';
import { allBranch, beyondBranch, type End } from './index-queries.ts';
import type { IndexKey, IndexRow } from './indexes.ts';

/** One end of one index that is being read. */
export interface Probe {
  readonly index: IndexRow;
  readonly key: IndexKey;
  readonly end: End;
}

/** Turns off parallel scans, which show the rows of one worker, and exclusion by constraints, which leaves no rows. */
export const ESTIMATE_SETTINGS = [
  'SET LOCAL max_parallel_workers_per_gather = 0',
  'SET LOCAL constraint_exclusion = off',
];

/** First and last histogram bound, common values (all as text) and histogram share of the leading key of indexes ($1). */
export const KEY_VALUES_SQL = `SELECT i.indexrelid AS oid,
       COALESCE(h.bounds[1], '') AS first, COALESCE(h.bounds[pg_catalog.cardinality(h.bounds)], '') AS last,
       pg_catalog.cardinality(h.bounds) AS bounds,
       pg_catalog.array_remove(COALESCE(m.common, '{}'), NULL) AS common,
       1 - s.stanullfrac::pg_catalog.float8 - COALESCE((
         SELECT pg_catalog.sum(f.number::pg_catalog.float8) FROM pg_catalog.unnest(m.numbers) AS f (number)), 0) AS share
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_statistic s ON s.stainherit = false
  AND s.starelid = CASE WHEN i.indkey[0] = 0 THEN i.indexrelid ELSE i.indrelid END
  AND s.staattnum = CASE WHEN i.indkey[0] = 0 THEN 1 ELSE i.indkey[0] END
CROSS JOIN LATERAL (SELECT CASE 2 WHEN s.stakind1 THEN s.stavalues1 WHEN s.stakind2 THEN s.stavalues2
  WHEN s.stakind3 THEN s.stavalues3 WHEN s.stakind4 THEN s.stavalues4 WHEN s.stakind5 THEN s.stavalues5
  END::pg_catalog.text::pg_catalog.text[] AS bounds) h
CROSS JOIN LATERAL (SELECT CASE 1 WHEN s.stakind1 THEN s.stavalues1 WHEN s.stakind2 THEN s.stavalues2
  WHEN s.stakind3 THEN s.stavalues3 WHEN s.stakind4 THEN s.stavalues4 WHEN s.stakind5 THEN s.stavalues5
  END::pg_catalog.text::pg_catalog.text[] AS common,
  CASE 1 WHEN s.stakind1 THEN s.stanumbers1 WHEN s.stakind2 THEN s.stanumbers2
  WHEN s.stakind3 THEN s.stanumbers3 WHEN s.stakind4 THEN s.stanumbers4 WHEN s.stakind5 THEN s.stanumbers5
  END AS numbers) m
WHERE i.indexrelid = ANY ($1::pg_catalog.oid[]) AND pg_catalog.array_ndims(h.bounds) = 1
ORDER BY i.indexrelid`;

interface KeyValuesRow {
  readonly oid: number;
  readonly first: string;
  readonly last: string;
  /** Number of histogram bounds. */
  readonly bounds: number;
  readonly common: readonly (string | null)[];
  /** Share of the rows that the histogram covers: those that are neither null nor common. */
  readonly share: number;
}

/** The planner's probe stops after this many heap pages of dead rows: VISITED_PAGES_LIMIT in selfuncs.c. */
const VISITED_PAGES_LIMIT = 100;

/** Least selectivity that the planner assumes without an end, as a share of one histogram bin: `cutoff` in selfuncs.c. */
const CUTOFF = 0.01;

/** A probe with the statistics of its key, and the fewest rows planned beyond a known value. */
interface Suspect {
  readonly probe: Probe;
  readonly known: KeyValuesRow;
  readonly rows: number;
}

/**
 * Finds the ends for which production's planner gets no value because its probe gives up (get_actual_variable_endpoint in
 * selfuncs.c). Its estimate of the rows beyond the outermost known value (the end, the histogram's bound or a common
 * value) shows that: one row if it got the end, exactly the cutoff if it gave up, and any other number if it saw a row that
 * no query sees, which is not committed yet or was deleted while older transactions are open.
 */
export async function findGivenUp(
  connection: Connection,
  probes: readonly Probe[],
  read: ReadonlyMap<Probe, string | null>,
): Promise<Set<Probe>> {
  const candidates = probes.filter(
    ({ index, key }) => key.default_order && key.column_collation && index.table_pages > VISITED_PAGES_LIMIT,
  );
  const oids = [...new Set(candidates.map(({ index }) => index.oid))];
  const rows = oids.length === 0 ? [] : await connection.query<KeyValuesRow>(KEY_VALUES_SQL, [oids]);
  const knownOf = new Map(rows.map((row) => [row.oid, row]));
  const bounded = candidates.flatMap((probe): Suspect[] => {
    const known = knownOf.get(probe.index.oid);
    return known === undefined || typeof read.get(probe) !== 'string' ? [] : [{ probe, known, rows: Infinity }];
  });
  const nearest = ({ probe, known }: Suspect) => [
    read.get(probe) ?? '',
    probe.end === 'min' ? known.first : known.last,
  ];
  const common = ({ known }: Suspect) => known.common.filter((value) => value !== null);
  const suspects = await keepBeyondOne(connection, await keepBeyondOne(connection, bounded, nearest), common);
  return new Set(await keepAtCutoff(connection, suspects));
}

/** Keeps the suspects for which more than one row is planned beyond each of the given values. */
async function keepBeyondOne(
  connection: Connection,
  suspects: readonly Suspect[],
  valuesOf: (suspect: Suspect) => readonly string[],
): Promise<Suspect[]> {
  const trials = suspects.flatMap((suspect) => valuesOf(suspect).map((value) => ({ probe: suspect.probe, value })));
  const planned = await plannedRows(
    connection,
    trials.map(({ probe, value }) => beyondBranch(probe.index, probe.key, probe.end, value)),
  );
  const fewest = new Map(suspects.map(({ probe, rows }) => [probe, rows]));
  trials.forEach(({ probe }, i) => {
    fewest.set(probe, Math.min(fewest.get(probe) ?? Infinity, planned[i] ?? 0));
  });
  return suspects
    .map((suspect) => ({ ...suspect, rows: fewest.get(suspect.probe) ?? 0 }))
    .filter(({ rows }) => rows > 1);
}

/** Keeps the suspects planned with the cutoff, which ineq_histogram_selectivity applies if no end was found. */
async function keepAtCutoff(connection: Connection, suspects: readonly Suspect[]): Promise<Probe[]> {
  const tuples = await plannedRows(
    connection,
    suspects.map(({ probe }) => allBranch(probe.index)),
  );
  return suspects
    .filter(({ known, rows }, i) => {
      const cutoff = ((tuples[i] ?? 0) * known.share * CUTOFF) / (known.bounds - 1);
      return Math.abs(rows - cutoff) <= ROUNDING;
    })
    .map(({ probe }) => probe);
}

/** Plans round to whole rows; a little more allows for the order of floating-point operations. */
const ROUNDING = 0.5001;

/** The rows planned for the table of each branch; null if it could not be planned. */
async function plannedRows(connection: Connection, branches: readonly Branch[]): Promise<(number | null)[]> {
  const plans = await explainBranches(connection, branches, ESTIMATE_SETTINGS);
  return plans.map((plan) => ('value' in plan ? (plan.value.at(-1)?.['Plan Rows'] ?? null) : null));
}
