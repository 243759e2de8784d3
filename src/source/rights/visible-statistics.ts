import type { MajorSql } from '../../environment/index.ts';
import type { StatisticsSource } from '../read/statistics.ts';

/** FROM items with the columns of the views pg_stats, pg_stats_ext and pg_stats_ext_exprs. */
export interface StatisticsViews {
  readonly stats: string;
  readonly extended: string;
  readonly expressions: string;
}

/** The views themselves: the statistics that the role sees. */
export const VIEWS: StatisticsViews = {
  stats: 'pg_catalog.pg_stats',
  extended: 'pg_catalog.pg_stats_ext',
  expressions: 'pg_catalog.pg_stats_ext_exprs',
};

/** The helper functions of the tables' owner: the statistics that the owner sees. */
export const OWNER_FUNCTIONS: StatisticsViews = {
  stats: 'regress.pg_stats($1::pg_catalog.oid[])',
  extended: 'regress.pg_stats_ext($1::pg_catalog.oid[])',
  expressions: 'regress.pg_stats_ext_exprs($1::pg_catalog.oid[])',
};

/**
 * Types whose default operators serve a type (GetDefaultOpClass and IsBinaryCoercible): the type without its domain, the
 * types it is cast to without a function, and the pseudo-type of its kind.
 */
const COMPARED_AS = `SELECT b.oid FROM base b WHERE b.typtype <> 'd'
        UNION ALL SELECT x.casttarget FROM base b JOIN pg_catalog.pg_cast x ON x.castsource = b.oid
        WHERE b.typtype <> 'd' AND x.castmethod = 'b' AND x.castcontext = 'i'
        UNION ALL SELECT CASE WHEN b.typtype = 'e' THEN 3500 WHEN b.typtype = 'r' THEN 3831 WHEN b.typtype = 'm' THEN 4537
          WHEN b.typtype = 'c' THEN 2249 ELSE 2277 END FROM base b WHERE b.typtype IN ('e', 'r', 'm', 'c') OR b.typcategory = 'A'`;

/** The operator of a type's default B-tree or hash operator class, by strategy number (access/stratnum.h). */
function operatorOf(type: string, btree: 1 | 3, hash: 1 | null): string {
  return `(WITH RECURSIVE base AS (
        SELECT t.oid, t.typtype, t.typcategory, t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid = ${type}
        UNION ALL SELECT t.oid, t.typtype, t.typcategory, t.typbasetype FROM base b
        JOIN pg_catalog.pg_type t ON b.typtype = 'd' AND t.oid = b.typbasetype),
      compared (oid) AS (${COMPARED_AS})
      SELECT ao.amopopr FROM compared c
      JOIN pg_catalog.pg_opclass oc ON oc.opcintype = c.oid AND oc.opcdefault AND oc.opcmethod IN (403, 405)
      JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
        AND ao.amopstrategy = CASE oc.opcmethod WHEN 403 THEN ${btree} ELSE ${hash ?? 'NULL'} END
      ORDER BY oc.opcmethod, CASE WHEN c.oid IN (SELECT b.oid FROM base b) THEN 1 WHEN c.oid = 25 THEN 2 ELSE 3 END LIMIT 1)`;
}

/** The element type in the bytes of array_send() (arrayfuncs.c), for a type that is not known otherwise. */
function elementTypeOf(values: string): string {
  return `('x' || pg_catalog.encode(pg_catalog.substr(pg_catalog.array_send(${values}), 9, 4), 'hex'))::pg_catalog.bit(32)::pg_catalog.int4::pg_catalog.oid`;
}

/**
 * The columns of pg_statistic after stainherit, rebuilt from a row `v` of pg_stats as ANALYZE fills them
 * (compute_scalar_stats in analyze.c, compute_array_stats, compute_tsvector_stats, compute_range_stats), but with slots in
 * our own order. Kinds that no view shows are lost: those of extensions; those of ranges before 17 and for expressions.
 */
function pgStatisticColumns(type: string, collation: string, hasRanges: boolean): string {
  // Words of a tsvector are text in the default collation. The column of an index on words has the type text.
  const isArray = `(SELECT t.typelem <> 0 FROM pg_catalog.pg_type t WHERE t.oid = ${type})`;
  const element = `(CASE WHEN ${isArray} THEN (SELECT t.typelem FROM pg_catalog.pg_type t WHERE t.oid = ${type}) ELSE 25 END)`;
  const elementCollation = `CASE WHEN ${isArray} THEN ${collation} ELSE 100 END`;
  const bounds = hasRanges ? 'v.range_bounds_histogram' : null;
  const orBounds = (what: string) => (bounds === null ? '' : ` WHEN ${bounds} IS NOT NULL THEN ${what}`);
  const orLength = (what: string) => (hasRanges ? ` WHEN v.range_length_histogram IS NOT NULL THEN ${what}` : '');
  const when = (column: string, what: string) => `WHEN v.${column} IS NOT NULL THEN ${what}`;
  return `v.null_frac AS stanullfrac, v.avg_width AS stawidth, v.n_distinct AS stadistinct,
    CASE ${when('most_common_vals', '1')}${orBounds('7')} ELSE 0 END AS stakind1,
    CASE ${when('histogram_bounds', '2')}${orLength('6')} ELSE 0 END AS stakind2,
    CASE ${when('correlation', '3')} ELSE 0 END AS stakind3,
    CASE ${when('most_common_elems', '4')} ELSE 0 END AS stakind4,
    CASE ${when('elem_count_histogram', '5')} ELSE 0 END AS stakind5,
    CASE ${when('most_common_vals', operatorOf(type, 3, 1))} ELSE 0 END AS staop1,
    CASE ${when('histogram_bounds', operatorOf(type, 1, null))}${orLength('672')} ELSE 0 END AS staop2,
    CASE ${when('correlation', operatorOf(type, 1, null))} ELSE 0 END AS staop3,
    CASE ${when('most_common_elems', operatorOf(element, 3, 1))} ELSE 0 END AS staop4,
    CASE ${when('elem_count_histogram', operatorOf(element, 3, 1))} ELSE 0 END AS staop5,
    CASE ${when('most_common_vals', collation)} ELSE 0 END AS stacoll1,
    CASE ${when('histogram_bounds', collation)} ELSE 0 END AS stacoll2,
    CASE ${when('correlation', collation)} ELSE 0 END AS stacoll3,
    CASE ${when('most_common_elems', elementCollation)} ELSE 0 END AS stacoll4,
    CASE ${when('elem_count_histogram', elementCollation)} ELSE 0 END AS stacoll5,
    v.most_common_freqs AS stanumbers1,
    ${hasRanges ? 'CASE WHEN v.range_length_histogram IS NOT NULL THEN ARRAY[v.range_empty_frac] END' : 'NULL::pg_catalog.float4[]'} AS stanumbers2,
    CASE WHEN v.correlation IS NOT NULL THEN ARRAY[v.correlation] END AS stanumbers3,
    v.most_common_elem_freqs AS stanumbers4, v.elem_count_histogram AS stanumbers5,
    ${bounds === null ? 'v.most_common_vals' : `CASE WHEN v.most_common_vals IS NOT NULL THEN v.most_common_vals ELSE ${bounds} END`} AS stavalues1,
    ${hasRanges ? 'CASE WHEN v.histogram_bounds IS NOT NULL THEN v.histogram_bounds ELSE v.range_length_histogram END' : 'v.histogram_bounds'} AS stavalues2,
    CASE WHEN false THEN v.most_common_vals END AS stavalues3,
    v.most_common_elems AS stavalues4,
    CASE WHEN false THEN v.most_common_vals END AS stavalues5`;
}

/** Rows like those of pg_statistic and pg_statistic_ext_data, rebuilt from the views. */
export function statisticsOfViews(
  { stats, extended, expressions }: StatisticsViews,
  dialect: MajorSql,
): StatisticsSource {
  const hasRanges = dialect.statsShowRanges;
  const object = (row: string) => `JOIN pg_catalog.pg_namespace nx ON nx.nspname = ${row}.statistics_schemaname
    JOIN pg_catalog.pg_statistic_ext ox ON ox.stxnamespace = nx.oid AND ox.stxname = ${row}.statistics_name`;
  return {
    statistics: `(SELECT a.attrelid AS starelid, a.attnum AS staattnum, v.inherited AS stainherit,
    ${pgStatisticColumns('a.atttypid', 'a.attcollation', hasRanges)}
  FROM ${stats} v
  JOIN pg_catalog.pg_namespace vn ON vn.nspname = v.schemaname
  JOIN pg_catalog.pg_class vc ON vc.relnamespace = vn.oid AND vc.relname = v.tablename
  JOIN pg_catalog.pg_attribute a ON a.attrelid = vc.oid AND a.attname = v.attname
  WHERE vc.oid = ANY ($1::pg_catalog.oid[]))`,
    extended: `(SELECT ox.oid AS stxoid, ${dialect.statsExtInherited} AS stxdinherit,
    v.n_distinct AS stxdndistinct, v.dependencies AS stxddependencies, v.most_common_vals AS stxdmcv,
    v.most_common_val_nulls, v.most_common_freqs, v.most_common_base_freqs, v.exprs AS stxdexpr,
    v.statistics_schemaname, v.statistics_name
  FROM ${extended} v ${object('v')}
  WHERE ox.oid = ANY ($1::pg_catalog.oid[]))`,
    items: `(SELECT i AS index,
    ARRAY(SELECT d.stxdmcv[i][j] FROM pg_catalog.generate_subscripts(d.stxdmcv, 2) AS j ORDER BY j) AS values,
    ARRAY(SELECT d.most_common_val_nulls[i][j] FROM pg_catalog.generate_subscripts(d.stxdmcv, 2) AS j ORDER BY j) AS nulls,
    d.most_common_freqs[i] AS frequency, d.most_common_base_freqs[i] AS base_frequency
  FROM pg_catalog.generate_subscripts(d.stxdmcv, 1) AS i)`,
    expressions: `(SELECT pg_catalog.array_position(d.stxdexpr, v.expr) AS position, r AS expression
  FROM ${expressions} v
  LEFT JOIN LATERAL (SELECT ${pgStatisticColumns(
    `(CASE WHEN v.most_common_vals IS NOT NULL THEN ${elementTypeOf('v.most_common_vals')}
      WHEN v.histogram_bounds IS NOT NULL THEN ${elementTypeOf('v.histogram_bounds')} END)`,
    `COALESCE((SELECT t.typcollation FROM pg_catalog.pg_type t WHERE t.oid = CASE
      WHEN v.most_common_vals IS NOT NULL THEN ${elementTypeOf('v.most_common_vals')}
      WHEN v.histogram_bounds IS NOT NULL THEN ${elementTypeOf('v.histogram_bounds')} END), 0)`,
    false,
  )}) r ON v.null_frac IS NOT NULL
  WHERE v.statistics_schemaname = d.statistics_schemaname AND v.statistics_name = d.statistics_name
    AND ${dialect.statsExtInherited} = d.stxdinherit)`,
  };
}
