import type { Connection } from '../../postgres/index.ts';

/** A column of a table with its row of pg_stats. Values are text. */
export interface ColumnFacts {
  readonly attname: string;
  readonly attnum: number;
  /** The name as quote_ident writes it. */
  readonly quoted: string;
  /** format_type of the type, or of a domain's base type. */
  readonly type: string;
  readonly typname: string;
  readonly typmod: number;
  readonly length: number;
  readonly alignment: number;
  /** True if a unique index has this column alone. */
  readonly unique: boolean;
  /** Rows of the table that a foreign key refers to; null if there is none or its rows are unknown. */
  readonly referred: number | null;
  readonly statistics: {
    readonly null_frac: number;
    readonly avg_width: number;
    readonly n_distinct: number;
    readonly common: readonly string[] | null;
    readonly frequencies: readonly number[] | null;
    readonly bounds: readonly string[] | null;
    readonly correlation: number | null;
    readonly elements: readonly string[] | null;
    readonly element_frequencies: readonly number[] | null;
    readonly element_counts: readonly number[] | null;
  } | null;
}

/** One column of an index, a key or an INCLUDE column. */
export interface IndexColumn {
  /** Attribute number in the table; 0 for an expression. */
  readonly attnum: number;
  /** pg_get_indexdef of the column. */
  readonly expression: string;
  /**
   * Bytes of the type that the operator class stores in the index; this, alignment, typname and typmod describe that
   * type.
   */
  readonly length: number;
  readonly alignment: number;
  readonly typname: string;
  readonly typmod: number;
  /** Name of the operator class; null for an INCLUDE column. */
  readonly opclass: string | null;
  /** Schema of the operator class, and of its functions. */
  readonly opcschema: string;
  /** True if the operator class is its type's default. */
  readonly opcdefault: boolean;
  /** True if equal values always have equal bytes, so that a B-tree may store them once (BTEQUALIMAGE_PROC). */
  readonly equalimage: boolean;
}

/** An index of the target, with everything that its size depends on. */
export interface IndexFacts {
  readonly oid: number;
  readonly relid: number;
  readonly schemaname: string;
  readonly indexname: string;
  /** Quoted, qualified name of the table. */
  readonly table: string;
  readonly am: string;
  readonly unique: boolean;
  /** Number of key columns; INCLUDE columns follow. */
  readonly keys: number;
  readonly reloptions: readonly string[];
  readonly predicate: string | null;
  readonly columns: readonly IndexColumn[];
  /** Columns of the table that keys, expressions and predicate use. */
  readonly uses: readonly ColumnFacts[];
  /** Bytes of a page. */
  readonly blockSize: number;
}

const ALIGNMENT = (attribute: string): string =>
  `CASE ${attribute}.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END`;

/**
 * True for btree operator classes with support function 4. Not for bpchar: equal values may differ in trailing blanks.
 */
const EQUAL_IMAGE = `am.amname = 'btree' AND o.opcintype <> 'pg_catalog.bpchar'::pg_catalog.regtype AND EXISTS (
  SELECT FROM pg_catalog.pg_amproc p
  WHERE p.amprocfamily = o.opcfamily AND p.amproclefttype = o.opcintype AND p.amprocrighttype = o.opcintype AND p.amprocnum = 4
    AND (p.amproc::pg_catalog.oid = 'pg_catalog.btequalimage(pg_catalog.oid)'::pg_catalog.regprocedure
      OR p.amproc::pg_catalog.oid = 'pg_catalog.btvarstrequalimage(pg_catalog.oid)'::pg_catalog.regprocedure
        AND COALESCE((SELECT l.collisdeterministic FROM pg_catalog.pg_collation l WHERE l.oid = i.indcollation[k.k - 1]), true)))`;

const INDEX_COLUMNS = `
SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
  'attnum', i.indkey[k.k - 1], 'expression', pg_catalog.pg_get_indexdef(i.indexrelid, k.k, false),
  'length', a.attlen, 'alignment', ${ALIGNMENT('a')}, 'typname', y.typname, 'typmod', a.atttypmod,
  'opclass', o.opcname, 'opcschema', pn.nspname, 'opcdefault', COALESCE(o.opcdefault, false),
  'equalimage', COALESCE(${EQUAL_IMAGE}, false)) ORDER BY k.k)
FROM pg_catalog.generate_series(1, i.indnatts) AS k (k)
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indexrelid AND a.attnum = k.k
JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_catalog.pg_opclass o ON k.k <= i.indnkeyatts AND o.oid = i.indclass[k.k - 1]
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = o.opcnamespace`;

/**
 * Columns that the index lists or depends on. An index of a constraint depends on the constraint instead, so indkey
 * counts too.
 */
const USED_COLUMNS = `
SELECT a.attnum FROM pg_catalog.pg_attribute a
WHERE a.attrelid = i.indrelid AND NOT a.attisdropped AND (a.attnum = ANY (i.indkey) OR EXISTS (
  SELECT FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))`;

const INDEXES_SQL = `
SELECT i.indexrelid AS oid, i.indrelid AS relid, n.nspname AS schemaname, c.relname AS indexname,
  pg_catalog.format('%I.%I', tn.nspname, t.relname) AS table, am.amname AS am, i.indisunique AS unique,
  i.indnkeyatts AS keys, COALESCE(c.reloptions, '{}') AS reloptions,
  pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate, (${INDEX_COLUMNS}) AS columns,
  ARRAY(${USED_COLUMNS}) AS used, pg_catalog.current_setting('block_size')::pg_catalog.int4 AS "blockSize"
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am am ON am.oid = c.relam
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE i.indexrelid = ANY ($1::pg_catalog.oid[]) AND c.relkind = 'i' AND i.indisvalid
ORDER BY i.indexrelid`;

const COLUMNS_SQL = `
WITH RECURSIVE base (oid, typ, typmod) AS (
  SELECT t.oid, t.typbasetype, t.typtypmod FROM pg_catalog.pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT b.oid, t.typbasetype, t.typtypmod FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typ WHERE t.typtype = 'd')
SELECT a.attrelid AS relid, a.attnum, a.attname, pg_catalog.quote_ident(a.attname) AS quoted,
  pg_catalog.format_type(COALESCE(b.typ, a.atttypid), -1) AS type, y.typname,
  CASE WHEN b.typ IS NULL THEN a.atttypmod ELSE b.typmod END AS typmod, a.attlen AS length,
  ${ALIGNMENT('a')} AS alignment,
  EXISTS (SELECT FROM pg_catalog.pg_index u WHERE u.indrelid = a.attrelid AND u.indisunique AND u.indpred IS NULL
    AND u.indnkeyatts = 1 AND u.indkey[0] = a.attnum) AS unique,
  (SELECT pg_catalog.max(f.reltuples)::pg_catalog.float8 FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
   WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] AND f.reltuples > 0) AS referred,
  CASE WHEN s.attname IS NOT NULL THEN pg_catalog.json_build_object(
    'null_frac', s.null_frac, 'avg_width', s.avg_width, 'n_distinct', s.n_distinct,
    'common', s.most_common_vals::pg_catalog.text::pg_catalog.text[], 'frequencies', s.most_common_freqs,
    'bounds', s.histogram_bounds::pg_catalog.text::pg_catalog.text[], 'correlation', s.correlation,
    'elements', s.most_common_elems::pg_catalog.text::pg_catalog.text[],
    'element_frequencies', s.most_common_elem_freqs, 'element_counts', s.elem_count_histogram) END AS statistics
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN base b ON b.oid = a.atttypid
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type d WHERE d.oid = b.typ AND d.typtype = 'd')
JOIN pg_catalog.pg_type y ON y.oid = COALESCE(b.typ, a.atttypid)
LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
  AND NOT s.inherited
WHERE a.attrelid = $1 AND a.attnum = ANY ($2::pg_catalog.int2[])
ORDER BY a.attnum`;

/** Reads the valid indexes among the given OIDs, in the order of their OIDs. Leaves out partitioned indexes. */
export async function readIndexFacts(connection: Connection, oids: readonly number[]): Promise<IndexFacts[]> {
  type Row = Omit<IndexFacts, 'uses'> & { readonly used: readonly number[] };
  const indexes: IndexFacts[] = [];
  for (const { used, ...index } of await connection.query<Row>(INDEXES_SQL, [oids])) {
    indexes.push({ ...index, uses: await readColumnFacts(connection, index.relid, used) });
  }
  return indexes;
}

/** Reads columns of a table, with the statistics of the table alone, not of its inheritance tree. */
export function readColumnFacts(
  connection: Connection,
  relid: number,
  attnums: readonly number[],
): Promise<ColumnFacts[]> {
  return connection.query<ColumnFacts>(COLUMNS_SQL, [relid, attnums]);
}

const DISTINCT_SQL = `
SELECT e.stxkeys::pg_catalog.int2[] AS keys, d.stxdndistinct::pg_catalog.text AS ndistinct
FROM pg_catalog.pg_statistic_ext e JOIN pg_catalog.pg_stats_ext s
  ON s.statistics_name = e.stxname AND s.statistics_schemaname = e.stxnamespace::pg_catalog.regnamespace::pg_catalog.text
CROSS JOIN LATERAL (SELECT s.n_distinct AS stxdndistinct) AS d
WHERE e.stxrelid = $1 AND NOT s.inherited AND s.n_distinct IS NOT NULL
ORDER BY e.oid`;

/** Distinct combinations of columns (by attribute number) from extended statistics; null if there are none. */
export async function readDistinct(
  connection: Connection,
  relid: number,
  attnums: readonly number[],
): Promise<number | null> {
  if (attnums.length < 2 || attnums.includes(0)) return null;
  const wanted = [...attnums].sort((a, b) => a - b).join(',');
  for (const { ndistinct } of await connection.query<{ ndistinct: string }>(DISTINCT_SQL, [relid])) {
    for (const [names, count] of combinations(ndistinct)) {
      if ([...names].sort((a, b) => a - b).join(',') === wanted) return count;
    }
  }
  return null;
}

/** Parses the text of pg_ndistinct: `{"1, 2": 300}`, from 19 on `[{"attributes": [1, 2], "ndistinct": 300}]`. */
function combinations(text: string): [number[], number][] {
  const parsed: unknown = JSON.parse(text);
  if (Array.isArray(parsed)) {
    return (parsed as { attributes: number[]; ndistinct: number }[]).map((each) => [each.attributes, each.ndistinct]);
  }
  return Object.entries(parsed as Record<string, number>).map(([names, count]) => [
    names.split(',').map(Number),
    count,
  ]);
}
