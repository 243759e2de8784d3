import { attempt, type Connection, quoteIdent } from '../../postgres/index.ts';
import type { GinKeys } from '../sizes/gin.ts';
import type { ColumnFacts, IndexColumn } from './index-facts.ts';
import { sampleRows } from './key-samples.ts';

/** A key of the sample. */
interface SampledKey {
  readonly source: string;
  readonly key: string;
  /** Share of the table's rows that hold it. */
  readonly share: number;
  /** Rows of the sample that do. */
  readonly seen: number;
  /** Whether half, and a quarter, of the sample's rows show it too. */
  readonly half: boolean;
  readonly quarter: boolean;
}

export interface Sample {
  readonly keys: readonly SampledKey[];
  /** Rows of the sample. */
  readonly rows: number;
}

export async function sampledKeys(
  connection: Connection,
  used: readonly ColumnFacts[],
  column: IndexColumn,
  keysOf: string,
): Promise<Sample | null> {
  const sample = sampleRows(used);
  if (sample.length === 0) return null;
  const values = used.map(({ quoted, type }, i) => `r.v${i}::${type} AS ${quoted}`).join(', ');
  const record = used.map((_, i) => `v${i} pg_catalog.text`).join(', ');
  const sql = `SELECT DISTINCT s.ordinal, k.source, k.key
FROM (SELECT q.${quoteIdent('regress ordinal')} AS ordinal, (${column.expression}) AS value
      FROM (SELECT r.ordinal AS ${quoteIdent('regress ordinal')}, ${values}
            FROM pg_catalog.json_to_recordset($1) AS r(ordinal pg_catalog.int4, ${record})) AS q) AS s
CROSS JOIN LATERAL (${keysOf}) AS k
WHERE k.key IS NOT NULL
ORDER BY s.ordinal, k.source, k.key`;
  const sent = sample.map(({ values: texts }, ordinal) => ({
    ordinal,
    ...Object.fromEntries(texts.map((text, i) => [`v${i}`, text])),
  }));
  let found: { ordinal: number; source: string; key: string }[] = [];
  const refusal = await attempt(connection, async () => {
    found = await connection.query(sql, [JSON.stringify(sent)]);
  });
  if (refusal !== null) return null;
  const keys = new Map<string, { -readonly [Field in keyof SampledKey]: SampledKey[Field] }>();
  for (const { ordinal, source, key } of found) {
    const name = JSON.stringify([source, key]);
    const known = keys.get(name) ?? { source, key, share: 0, seen: 0, half: false, quarter: false };
    known.share += sample[ordinal]?.share ?? 0;
    known.seen += 1;
    // Neighbours in a histogram are alike: every second row, not the first half.
    known.half ||= ordinal % 2 === 0;
    known.quarter ||= ordinal % 4 === 0;
    keys.set(name, known);
  }
  return { keys: [...keys.values()], rows: sample.length };
}

/** Keys seen in so many rows of a sample are common. */
const COMMON = 3;

/** Keys as a sample of the column's values shows them; what it does not show is extrapolated by where keys come from. */
export function keysOfSample(sample: Sample, column: IndexColumn, rows: number): GinKeys[] {
  const sources = new Map<string, SampledKey[]>();
  for (const key of sample.keys) sources.set(key.source, [...(sources.get(key.source) ?? []), key]);
  return [...sources.values()].flatMap((keys) => {
    const common = keys.filter(({ seen }) => seen >= COMMON);
    const rest = keys.filter(({ seen }) => seen < COMMON);
    const classes = common.map((key) => ({ keys: 1, rows: key.share * rows, width: keyWidth([key], column) }));
    if (rest.length === 0) return classes;
    const held = rest.reduce((sum, { share }) => sum + share, 0) * rows;
    const distinct = Math.max(rest.length, distinctKeys(keys, sample.rows, column, rows) - common.length);
    const count = Math.max(1, Math.min(held, distinct));
    return [...classes, { keys: count, rows: held / count, width: keyWidth(rest, column) }];
  });
}

/** How many distinct keys of one source the table has. */
function distinctKeys(keys: readonly SampledKey[], sampled: number, { opclass }: IndexColumn, rows: number): number {
  const seen = keys.reduce((sum, key) => sum + key.seen, 0);
  const all = keys.reduce((sum, { share }) => sum + share, 0) * rows;
  const single = keys.filter((key) => key.seen === 1).length;
  const most = Math.min(all, integersBetween(keys));
  if (single === seen) return most;
  // As ANALYZE extrapolates (compute_distinct_stats, analyze.c): right where keys are about equally frequent.
  const even = (seen * keys.length) / (seen - single + (single * seen) / most);
  if (opclass !== 'tsvector_ops' && opclass !== 'gin_trgm_ops') return even;
  const characters = new Set(keys.flatMap(({ key }) => [...key])).size;
  const limit = opclass === 'gin_trgm_ops' ? Math.min(most, characters ** 3) : most;
  return Math.sqrt(Math.min(limit, even) * Math.min(limit, grown(keys, sampled, rows)));
}

/** How many integers there are between the least and the greatest key, where all are integers: more keys there cannot be. */
function integersBetween(keys: readonly SampledKey[]): number {
  const texts = keys.map(({ key, source }) =>
    (key.startsWith(source) ? key.slice(source.length) : key).replace(/^v/, ''),
  );
  if (!texts.every((text) => /^-?\d{1,15}$/.test(text))) return Number.POSITIVE_INFINITY;
  const numbers = texts.map(Number);
  return Math.max(...numbers) - Math.min(...numbers) + 1;
}

/**
 * Words of a text: their number grows by a power of the text's length (Heaps' law), by a smaller one the longer the text.
 * How it grows from a quarter of the sample to half, and from half to all of it, tells how it goes on: further than it
 * does where the vocabulary is limited.
 */
function grown(keys: readonly SampledKey[], sampled: number, rows: number): number {
  const half = Math.max(1, keys.filter((key) => key.half).length);
  const quarter = Math.max(1, keys.filter((key) => key.quarter).length);
  const before = Math.log2(half / quarter);
  const now = Math.log2(keys.length / half);
  const slowing = before <= 0 ? 0 : Math.min(1, now / before);
  let [power, doublings] = [0, Math.log2(Math.max(1, rows / sampled))];
  for (let growth = now * slowing; doublings > 0; doublings--, growth *= slowing)
    power += growth * Math.min(1, doublings);
  return keys.length * 2 ** power;
}

/** Bytes of a key as stored, with the short header of a varlena; a key of jsonb has its flag already. */
export function keyWidth(keys: readonly Pick<SampledKey, 'key' | 'share'>[], { length }: IndexColumn): number {
  if (length > 0) return length;
  const total = keys.reduce((sum, { share }) => sum + share, 0) || 1;
  const characters = keys.reduce((sum, { key, share }) => sum + (Buffer.byteLength(key) * share) / total, 0);
  return characters + 1;
}
