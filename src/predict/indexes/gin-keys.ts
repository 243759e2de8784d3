import { attempt, type Connection, quoteIdent } from '../../postgres/index.ts';
import type { GinKeys } from '../sizes/gin.ts';
import type { ColumnFacts, IndexColumn, IndexFacts } from './index-facts.ts';
import { keyDistribution } from './key-distribution.ts';
import { columnsOf, sampleRows } from './key-samples.ts';

/** Nodes of a jsonb value `s.value`, each with the path that leads to it. */
const JSON_NODES = `WITH RECURSIVE node (path, step, value) AS (
    SELECT '', ''::pg_catalog.text, s.value
    UNION ALL
    SELECT n.path || n.step, c.step, c.value FROM node n CROSS JOIN LATERAL (
      SELECT '.' || e.key, e.value FROM pg_catalog.jsonb_each(CASE pg_catalog.jsonb_typeof(n.value) WHEN 'object' THEN n.value ELSE '{}' END) AS e
      UNION ALL
      SELECT '[]', a.value FROM pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(n.value) WHEN 'array' THEN n.value ELSE '[]' END) AS a
    ) AS c (step, value))`;
const IS_SCALAR = `pg_catalog.jsonb_typeof(n.value) NOT IN ('object', 'array')`;

/** What an operator class makes of a value: the keys (as text), grouped by where they come from. */
const KEYS: Readonly<Record<string, (schema: string) => string>> = {
  array_ops: () => `SELECT '' AS source, e::pg_catalog.text AS key FROM pg_catalog.unnest(s.value) AS e`,
  gin__int_ops: () => `SELECT '' AS source, e::pg_catalog.text AS key FROM pg_catalog.unnest(s.value) AS e`,
  // Numbers, words, and what is neither, have vocabularies of their own.
  tsvector_ops:
    () => `SELECT CASE WHEN e.lexeme !~ '[0-9]' THEN 'words' WHEN e.lexeme ~ '^[0-9.-]+$' THEN 'numbers' ELSE 'others' END AS source,
      e.lexeme AS key FROM pg_catalog.unnest(s.value) AS e`,
  gin_trgm_ops: (schema) => `SELECT '' AS source, e AS key FROM pg_catalog.unnest(${schema}.show_trgm(s.value)) AS e`,
  jsonb_ops: () => `${JSON_NODES}
    SELECT 'keys' AS source, 'k' || pg_catalog.substr(n.step, 2) AS key FROM node n WHERE n.step LIKE '.%'
    UNION ALL
    SELECT n.path || n.step, 'v' || (n.value #>> '{}') FROM node n WHERE ${IS_SCALAR}`,
  jsonb_path_ops: () => `${JSON_NODES}
    SELECT n.path || n.step AS source, n.path || n.step || (n.value #>> '{}') AS key FROM node n WHERE ${IS_SCALAR}`,
};

/** Operator classes of one scalar key a row, such as those of btree_gin. */
const SCALAR =
  /^(int[248]|float[48]|money|oid|timestamp|timestamptz|time|timetz|date|interval|macaddr8?|inet|cidr|text|varchar|bpchar|char|bytea|bit|varbit|numeric|anyenum|uuid|name|bool)_ops$/;

/** Keys of one column of a GIN index by how many rows hold them; null where the operator class is not known. */
export async function ginKeys(
  connection: Connection,
  index: IndexFacts,
  column: IndexColumn,
  rows: number,
): Promise<readonly GinKeys[] | null> {
  const opclass = column.opclass ?? '';
  if (SCALAR.test(opclass)) return scalarKeys(connection, index, column, rows);
  const keysOf = KEYS[opclass];
  if (keysOf === undefined) return null;
  const used = columnsOf(column.expression, index);
  const [only] = used;
  const counted = column.attnum === 0 || used.length > 1 ? null : countedKeys(only, column, rows);
  const sampled = await sampledKeys(connection, used, column, keysOf(quoteIdent(column.opcschema)));
  if (counted !== null) return withRest(counted, sampled, column, rows);
  return sampled === null ? null : keysOfSample(sampled, column, rows);
}

async function scalarKeys(
  connection: Connection,
  index: IndexFacts,
  column: IndexColumn,
  rows: number,
): Promise<GinKeys[]> {
  const { classes } = await keyDistribution(connection, index, column, rows);
  return classes.map(({ share, values, widths }) => {
    const keys = Math.min(values, rows * share);
    const width = widths.reduce((sum, each) => sum + (each.width ?? 0) * each.share, 0);
    return { keys, rows: (rows * share) / keys, width };
  });
}

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

interface Sample {
  readonly keys: readonly SampledKey[];
  /** Rows of the sample. */
  readonly rows: number;
}

async function sampledKeys(
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
function keysOfSample(sample: Sample, column: IndexColumn, rows: number): GinKeys[] {
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
function keyWidth(keys: readonly Pick<SampledKey, 'key' | 'share'>[], { length }: IndexColumn): number {
  if (length > 0) return length;
  const total = keys.reduce((sum, { share }) => sum + share, 0) || 1;
  const characters = keys.reduce((sum, { key, share }) => sum + (Buffer.byteLength(key) * share) / total, 0);
  return characters + 1;
}

/** Elements as ANALYZE has counted them. */
interface Counted {
  readonly common: readonly GinKeys[];
  /** Least share of the rows that one of them has. */
  readonly least: number;
  /** Keys a row has beyond them, on average. */
  readonly rest: number;
  readonly width: number;
}

function countedKeys(column: ColumnFacts | undefined, index: IndexColumn, rows: number): Counted | null {
  const { elements, element_frequencies, element_counts, null_frac, avg_width } = column?.statistics ?? {};
  if (!elements || !element_frequencies || null_frac === undefined || avg_width === undefined) return null;
  const present = 1 - null_frac;
  const keys = elements.map((key, i) => ({ key, share: (element_frequencies[i] ?? 0) * present }));
  const sum = keys.reduce((total, { share }) => total + share, 0);
  const width = keyWidth(keys, index);
  // A tsvector tells no number of its words: that follows from its bytes, with a place or two for each word.
  const mean = element_counts?.at(-1) ?? (avg_width - 8) / (width + 8);
  return {
    common: keys.map((key) => ({ keys: 1, rows: key.share * rows, width: keyWidth([key], index) })),
    least: Math.min(...keys.map(({ share }) => share)),
    rest: Math.max(0, mean * present - sum),
    width,
  };
}

/** What is beyond the common elements: as many as the sample of values says, or as their frequencies go on. */
function withRest(counted: Counted, sample: Sample | null, column: IndexColumn, rows: number): GinKeys[] {
  const { common, rest, least, width } = counted;
  // Frequencies are rounded.
  if (rest < 0.01 || common.length === 0) return [...common];
  const fewest = rest / least;
  if (sample === null) return [...common, ...tail(counted, rows)];
  const seen = keysOfSample(sample, column, rows).reduce((sum, { keys }) => sum + keys, 0);
  const keys = Math.max(1, Math.min(rest * rows, Math.max(fewest, seen - common.length)));
  return [...common, { keys, rows: (rest * rows) / keys, width }];
}

/** Each step of the tail has keys half as frequent as the one before. */
const HALVINGS = 40;

/** Frequencies fall with a power of the rank (Zipf's law), as those of the second half of the common keys do. */
function tail({ common, rest, width }: Counted, rows: number): GinKeys[] {
  const falling = common.map((each) => each.rows).sort((a, b) => b - a);
  const last = falling.at(-1) ?? 1;
  const middle = falling[Math.floor(falling.length / 2)] ?? last;
  const power = Math.min(2, Math.max(0.3, Math.log2(middle / last)));
  const result: GinKeys[] = [];
  let [left, rank, frequency] = [rest * rows, falling.length, last];
  for (let step = 0; step < HALVINGS && left > 0 && frequency > 1; step++) {
    const next = rank * 2 ** (1 / power);
    const mean = Math.max(1, frequency * 0.7);
    const keys = Math.min(next - rank, left / mean);
    result.push({ keys, rows: mean, width });
    left -= keys * mean;
    rank = next;
    frequency /= 2;
  }
  return left > 0 ? [...result, { keys: left, rows: 1, width }] : result;
}
