import { type Connection, quoteIdent } from '../../postgres/index.ts';
import type { GinKeys } from '../sizes/gin.ts';
import { type Counted, countedKeys, tail } from './gin-elements.ts';
import { keysOfSample, type Sample, sampledKeys } from './gin-samples.ts';
import type { IndexColumn, IndexFacts } from './index-facts.ts';
import { keyDistribution } from './key-distribution.ts';
import { columnsOf } from './key-samples.ts';

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
