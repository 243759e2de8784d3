import { escapeRegExp } from '../../model/text/escape-regexp.ts';
import { attempt, type Connection, quoteIdent } from '../../postgres/index.ts';
import type { ColumnFacts, IndexFacts } from './index-facts.ts';

/** A value, or a combination of values, that represents a share of a table's rows. */
interface SampleRow {
  readonly values: readonly (string | null)[];
  readonly share: number;
  /** A most common value, NULL, or another value (a histogram bound). */
  readonly kind: 'common' | 'null' | 'other';
}

/** A sample row's value in a column of the index. */
export interface EvaluatedRow {
  readonly share: number;
  readonly kind: SampleRow['kind'];
  /** Bytes as stored in an index; null for NULL. */
  readonly width: number | null;
  /** The value as text; null for NULL. */
  readonly key: string | null;
  /** False if the index's predicate leaves the row out. */
  readonly kept: boolean;
}

/** Columns that an expression mentions by name, among those that the index depends on. */
export function columnsOf(expression: string, { uses }: Pick<IndexFacts, 'uses'>): readonly ColumnFacts[] {
  return uses.filter(({ quoted }) => new RegExp(`(?<![\\w"$.])${escapeRegExp(quoted)}(?![\\w"$(])`).test(expression));
}

/** Number of combinations that represent the rows, for an expression of several columns. */
const COMBINATIONS = 251;

/** Sample rows made from the statistics of columns; empty if any column has no values. */
export function sampleRows(columns: readonly ColumnFacts[]): SampleRow[] {
  const samples = columns.map(rowsOfColumn);
  const [first] = samples;
  if (first === undefined || samples.some((rows) => rows.length === 0)) return [];
  return samples.length === 1 ? first : combined(samples);
}

function rowsOfColumn({ statistics }: ColumnFacts): SampleRow[] {
  if (statistics === null) return [];
  const { null_frac, common, frequencies, bounds } = statistics;
  const rows: SampleRow[] = (common ?? []).map((value, i) => ({
    values: [value],
    share: frequencies?.[i] ?? 0,
    kind: 'common',
  }));
  const rest = Math.max(0, 1 - null_frac - rows.reduce((sum, { share }) => sum + share, 0));
  for (const value of bounds ?? []) {
    rows.push({ values: [value], share: rest / (bounds?.length ?? 1), kind: 'other' });
  }
  if (null_frac > 0) rows.push({ values: [null], share: null_frac, kind: 'null' });
  return rows.length === 1 && null_frac > 0 && null_frac < 1 ? [] : rows;
}

/** Combines the columns' values as if they were independent: each column steps through its rows with its own stride. */
function combined(samples: readonly (readonly SampleRow[])[]): SampleRow[] {
  return Array.from({ length: COMBINATIONS }, (_, i) => ({
    values: samples.map((rows, column) => {
      const at = ((i * (column * 37 + 1)) % COMBINATIONS) / COMBINATIONS;
      return rowAt(rows, at).values[0] ?? null;
    }),
    share: 1 / COMBINATIONS,
    kind: 'other',
  }));
}

function rowAt(rows: readonly SampleRow[], quantile: number): SampleRow {
  let sum = 0;
  for (const row of rows) {
    sum += row.share;
    if (quantile < sum) return row;
  }
  return rows.at(-1) as SampleRow;
}

/**
 * Evaluates an expression for each sample row, and whether a predicate (of the same columns) keeps the row. Returns
 * null if there are no sample rows or the server raises an error.
 */
export async function evaluate(
  connection: Connection,
  columns: readonly ColumnFacts[],
  expression: string,
  predicate: string | null,
): Promise<EvaluatedRow[] | null> {
  const rows = sampleRows(columns);
  if (rows.length === 0) return null;
  const values = columns.map(({ quoted, type }, i) => `r.v${i}::${type} AS ${quoted}`).join(', ');
  const record = columns.map((_, i) => `v${i} pg_catalog.text`).join(', ');
  // MATERIALIZED gives values the width that they have in a tuple.
  const sql = `WITH q AS MATERIALIZED (
  SELECT s.${quoteIdent('regress ordinal')} AS ordinal, (${expression}) AS value, COALESCE((${predicate ?? 'true'}), false) AS kept
  FROM (SELECT r.ordinal AS ${quoteIdent('regress ordinal')}, ${values}
        FROM pg_catalog.json_to_recordset($1) AS r(ordinal pg_catalog.int4, ${record})) AS s)
SELECT q.kept, pg_catalog.pg_column_size(q.value) AS width, q.value::pg_catalog.text AS key FROM q
ORDER BY q.ordinal`;
  const sent = rows.map(({ values: texts }, ordinal) => ({
    ordinal,
    ...Object.fromEntries(texts.map((text, i) => [`v${i}`, text])),
  }));
  let results: { kept: boolean; width: number | null; key: string | null }[] = [];
  const refusal = await attempt(connection, async () => {
    results = await connection.query(sql, [JSON.stringify(sent)]);
  });
  if (refusal !== null) return null;
  return rows.map(({ share, kind }, i) => {
    const { kept = false, width = null, key = null } = results[i] ?? {};
    return { share, kind, kept, key, width: key === null || width === null ? null : width };
  });
}

/** Distances from a bound, as fractions of a bin, at which a function is compared with its value at the bound. */
const FRACTIONS = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 256, 1 / 1024, 1 / 4096, 1 / 16384];

const BETWEEN: Readonly<Record<string, string>> = {
  timestamptz: 'r.low + (r.high - r.low) * r.fraction',
  timestamp: 'r.low + (r.high - r.low) * r.fraction',
  date: 'r.low + ((r.high - r.low) * r.fraction)::pg_catalog.int4',
  int4: 'r.low + ((r.high::pg_catalog.float8 - r.low) * r.fraction)::pg_catalog.int4',
  int8: 'r.low + ((r.high::pg_catalog.float8 - r.low) * r.fraction)::pg_catalog.int8',
  numeric: 'r.low + (r.high - r.low) * r.fraction::pg_catalog.numeric',
  float8: 'r.low + (r.high - r.low) * r.fraction',
};

/** Places in each bin of a histogram at which a function is evaluated. */
const PLACES = 64;

/**
 * Estimates the number of distinct results of a step function (such as date_trunc) over a column's histogram, by
 * evaluating it between the bounds. Returns null if the type does not allow this or the server raises an error,
 * Infinity if even the nearest neighbours have different results.
 */
export async function stepsOf(connection: Connection, column: ColumnFacts, expression: string): Promise<number | null> {
  const between = BETWEEN[column.typname];
  const bounds = column.statistics?.bounds ?? [];
  if (between === undefined || bounds.length < 3) return null;
  const bins = bounds.slice(1).map((high, i) => ({ low: bounds[i], high }));
  const look = { column, expression, between };
  const places = Array.from({ length: PLACES }, (_, i) => i / PLACES);
  const seen = await lookBetween(
    connection,
    look,
    bins,
    places,
    'pg_catalog.count(DISTINCT q.there)::pg_catalog.float8',
  );
  if (seen === null) return null;
  const results = seen.reduce((sum, { result }) => sum + (result ?? 0), 0);
  // A bound's result counts in the bins on both of its sides.
  if (results < (bins.length * PLACES) / 4) return Math.max(1, results - bins.length);
  const same = `pg_catalog.avg((q.here IS NOT DISTINCT FROM q.there)::pg_catalog.int4) FILTER (WHERE q.moved)::pg_catalog.float8`;
  const near = await lookBetween(connection, look, bins, FRACTIONS, same, 'fraction');
  const steps = near?.find(({ result }) => result !== null && result >= 0.3);
  if (steps === undefined || steps.result === null) return Number.POSITIVE_INFINITY;
  return Math.max(1, (bins.length * (1 - steps.result)) / steps.fraction);
}

interface Look {
  readonly column: ColumnFacts;
  readonly expression: string;
  readonly between: string;
}

/** Evaluates a function at some places of each bin, and aggregates the results by bin or by place. */
async function lookBetween(
  connection: Connection,
  { column, expression, between }: Look,
  bins: readonly object[],
  fractions: readonly number[],
  aggregate: string,
  by: 'bin' | 'fraction' = 'bin',
): Promise<{ fraction: number; result: number | null }[] | null> {
  const sql = `SELECT pg_catalog.max(q.fraction) AS fraction, ${aggregate} AS result
FROM (SELECT r.bin, r.fraction, r.low IS DISTINCT FROM (${between})::${column.type} AS moved,
        (SELECT (${expression})::pg_catalog.text FROM (SELECT r.low AS ${column.quoted}) AS s) AS here,
        (SELECT (${expression})::pg_catalog.text FROM (SELECT (${between})::${column.type} AS ${column.quoted}) AS s) AS there
      FROM (SELECT b.*, f.fraction FROM pg_catalog.json_to_recordset($1) AS b(bin pg_catalog.int4, low ${column.type}, high ${column.type})
            CROSS JOIN pg_catalog.unnest($2::pg_catalog.float8[]) AS f (fraction)) AS r) AS q
GROUP BY q.${by} ORDER BY 1 DESC`;
  let found: { fraction: number; result: number | null }[] = [];
  const refusal = await attempt(connection, async () => {
    found = await connection.query(sql, [JSON.stringify(bins.map((bin, i) => ({ ...bin, bin: i }))), fractions]);
  });
  return refusal === null ? found : null;
}
