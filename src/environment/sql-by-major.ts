/** The oldest and the newest major with known statements; a newer server gets those of the newest. */
export const OLDEST_MAJOR = 14;
export const NEWEST_MAJOR = 19;

/** SQL that differs between majors in the statements of a snapshot, over the aliases that its statement uses. */
export interface MajorSql {
  /** Condition on pg_settings `s`: the setting changes plans and EXPLAIN (SETTINGS) shows it. */
  readonly isPlannerSetting: string;
  /** Over pg_database `d`. */
  readonly localeProvider: string;
  readonly locale: string;
  /** Rules that tailor ICU's order. */
  readonly icuRules: string;
  readonly collationVersion: string;
  /** Over pg_class `c`. */
  readonly relallfrozen: string;
  /** Statements for a generic plan, with `…` for the query. */
  readonly genericPlan: string;
  /** Over pg_statistic_ext_data `d` and the table's pg_class `c`. */
  readonly stxdinherit: string;
  /** True if pg_stats shows histograms of ranges. */
  readonly statsShowRanges: boolean;
  /** Over a row `v` of pg_stats_ext or pg_stats_ext_exprs: true if it is about a whole inheritance tree. */
  readonly statsExtInherited: string;
}

/** The dialect of a server major. */
export function majorSql(major: number): MajorSql {
  return {
    isPlannerSetting:
      major >= 15
        ? `'EXPLAIN' = ANY (pg_catalog.pg_settings_get_flags(s.name))`
        : `s.name = ANY ('{${PLANNER_SETTINGS_14.join(',')}}'::pg_catalog.text[])`,
    localeProvider: major >= 15 ? 'd.datlocprovider' : `'c'`,
    locale: major >= 17 ? 'd.datlocale' : major >= 15 ? 'd.daticulocale' : 'NULL::pg_catalog.text',
    icuRules: major >= 16 ? 'd.daticurules' : 'NULL::pg_catalog.text',
    // 14 has versions of collations only; initdb creates a collation for each locale of the C library.
    collationVersion:
      major >= 15
        ? 'pg_catalog.pg_database_collation_actual_version(d.oid)'
        : `(SELECT pg_catalog.max(pg_catalog.pg_collation_actual_version(o.oid)) FROM pg_catalog.pg_collation o
        WHERE o.collprovider = 'c' AND o.collcollate = d.datcollate)`,
    relallfrozen: major >= 18 ? 'c.relallfrozen' : 'NULL::pg_catalog.int4',
    genericPlan:
      major >= 16
        ? 'EXPLAIN (FORMAT JSON, VERBOSE, GENERIC_PLAN) …'
        : `PREPARE regress_query AS …;\nSET LOCAL plan_cache_mode = force_generic_plan;\nEXPLAIN (FORMAT JSON, VERBOSE) EXECUTE regress_query (…);\nDEALLOCATE regress_query`,
    // 14 keeps one row. ANALYZE makes it from the whole tree for a partitioned table, otherwise from the table alone.
    stxdinherit: major >= 15 ? 'd.stxdinherit' : `c.relkind = 'p'`,
    statsShowRanges: major >= 17,
    statsExtInherited: major >= 15 ? 'v.inherited' : 'false',
  };
}

/** The settings flagged GUC_EXPLAIN in 14, which has no pg_settings_get_flags() (src/backend/utils/misc/guc.c). */
const PLANNER_SETTINGS_14 = [
  'constraint_exclusion',
  'cpu_index_tuple_cost',
  'cpu_operator_cost',
  'cpu_tuple_cost',
  'cursor_tuple_fraction',
  'effective_cache_size',
  'effective_io_concurrency',
  'enable_async_append',
  'enable_bitmapscan',
  'enable_gathermerge',
  'enable_hashagg',
  'enable_hashjoin',
  'enable_incremental_sort',
  'enable_indexonlyscan',
  'enable_indexscan',
  'enable_material',
  'enable_memoize',
  'enable_mergejoin',
  'enable_nestloop',
  'enable_parallel_append',
  'enable_parallel_hash',
  'enable_partition_pruning',
  'enable_partitionwise_aggregate',
  'enable_partitionwise_join',
  'enable_seqscan',
  'enable_sort',
  'enable_tidscan',
  'force_parallel_mode',
  'from_collapse_limit',
  'geqo',
  'geqo_effort',
  'geqo_generations',
  'geqo_pool_size',
  'geqo_seed',
  'geqo_selection_bias',
  'geqo_threshold',
  'hash_mem_multiplier',
  'jit',
  'jit_above_cost',
  'jit_inline_above_cost',
  'jit_optimize_above_cost',
  'join_collapse_limit',
  'maintenance_io_concurrency',
  'max_parallel_workers',
  'max_parallel_workers_per_gather',
  'min_parallel_index_scan_size',
  'min_parallel_table_scan_size',
  'parallel_leader_participation',
  'parallel_setup_cost',
  'parallel_tuple_cost',
  'plan_cache_mode',
  'random_page_cost',
  'search_path',
  'seq_page_cost',
  'temp_buffers',
  'work_mem',
];
