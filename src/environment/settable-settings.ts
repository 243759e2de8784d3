import { nearest } from '../model/text/nearest.ts';
import { isKnownLibrary } from './planner-libraries.ts';

/**
 * The settings that EXPLAIN (SETTINGS) shows: flagged GUC_EXPLAIN in any major from 14 to 19
 * (src/backend/utils/misc/guc_tables.c, from 19 on guc_parameters.dat). Everybody may set them, and they change the choice
 * of a plan and nothing else.
 */
export const PLANNER_SETTINGS: readonly string[] = [
  'constraint_exclusion',
  'cpu_index_tuple_cost',
  'cpu_operator_cost',
  'cpu_tuple_cost',
  'cursor_tuple_fraction',
  'debug_parallel_query',
  'effective_cache_size',
  'effective_io_concurrency',
  'enable_async_append',
  'enable_bitmapscan',
  'enable_distinct_reordering',
  'enable_eager_aggregate',
  'enable_gathermerge',
  'enable_group_by_reordering',
  'enable_groupagg',
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
  'enable_presorted_aggregate',
  'enable_self_join_elimination',
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
  'min_eager_agg_group_size',
  'min_parallel_index_scan_size',
  'min_parallel_table_scan_size',
  'parallel_leader_participation',
  'parallel_setup_cost',
  'parallel_tuple_cost',
  'plan_cache_mode',
  'random_page_cost',
  'recursive_worktable_factor',
  'search_path',
  'seq_page_cost',
  'temp_buffers',
  'work_mem',
];

/** Settings that change how the constants of a query are read; a snapshot holds them, too. */
export const READ_SETTINGS: readonly string[] = [
  'DateStyle',
  'IntervalStyle',
  'TimeZone',
  'default_text_search_config',
];

/** More settings of this kind, which a query may need but a snapshot does not hold. */
const QUERY_SETTINGS = ['array_nulls', 'bytea_output', 'extra_float_digits', 'transform_null_equals', 'xmloption'];

/** Settings of extensions that are numbers or words and change only estimates. */
const EXTENSION_SETTINGS = [
  ...['pg_trgm.similarity_threshold', 'pg_trgm.word_similarity_threshold', 'pg_trgm.strict_word_similarity_threshold'],
  ...['hnsw.ef_search', 'hnsw.iterative_scan', 'hnsw.max_scan_tuples', 'hnsw.scan_mem_multiplier'],
  ...['ivfflat.probes', 'ivfflat.iterative_scan', 'ivfflat.max_probes'],
];

/** A snapshot reads all settings of pg_trgm. */
export const EXTENSION_PREFIX = 'pg_trgm.';

const SETTABLE = new Map(
  [...PLANNER_SETTINGS, ...READ_SETTINGS, ...QUERY_SETTINGS, ...EXTENSION_SETTINGS].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** First parts of the names of settings of languages, contrib modules and widespread extensions; see isKnownLibrary, too. */
const FOREIGN_PREFIXES = new Set([
  ...[
    'plpgsql',
    'plperl',
    'plperlu',
    'pltcl',
    'pltclu',
    'plpython',
    'plpythonu',
    'plpython2u',
    'plpython3',
    'plpython3u',
  ],
  ...[
    'plv8',
    'plls',
    'plcoffee',
    'plr',
    'pljava',
    'pllua',
    'plluau',
    'plrust',
    'plsh',
    'plphp',
    'plruby',
    'pldebugger',
  ],
  ...['dblink', 'postgres_fdw', 'file_fdw', 'pgcrypto', 'sepgsql', 'isn', 'worker_spi', 'pg_overexplain', 'pg_trgm'],
  ...['vector', 'hnsw', 'ivfflat', 'vchordrq', 'postgis', 'cron', 'partman', 'repmgr', 'rum', 'zhparser', 'pgroonga'],
  ...[
    'oracle_fdw',
    'mysql_fdw',
    'tds_fdw',
    'pg_repack',
    'pg_background',
    'pgmq',
    'http',
    'pg_bigm',
    'bigm',
    'pgsql-http',
  ],
  ...['babelfishpg_tsql', 'babelfishpg_tds', 'duckdb', 'paradedb', 'regress_planner'],
]);

/** The name of a custom setting: two or more parts, as valid_custom_variable_name (guc.c) accepts them. */
const CUSTOM = /^[a-z_\x80-\uffff][\w$\x80-\uffff]*(?:\.[a-z_\x80-\uffff][\w$\x80-\uffff]*)+$/i;

/** PostgreSQL's spelling of a setting's name, or why a suite may not set it. */
export type SettableName =
  | { readonly name: string; readonly custom: boolean }
  | { readonly refusal: string; readonly hint: string };

const WHAT_IS_SETTABLE =
  'A suite can set what EXPLAIN (SETTINGS) shows, how constants are read (TimeZone, DateStyle…), and settings of the application, such as app.tenant_id.';

/**
 * Checks whether a suite may set a setting. The case of letters does not matter, as in PostgreSQL (guc_name_compare in
 * guc.c). The server must still prove that a custom setting is one of the application's: see requireSettable.
 */
export function settableName(written: string): SettableName {
  const name = SETTABLE.get(written.toLowerCase());
  if (name !== undefined) return { name, custom: false };
  if (!written.includes('.')) {
    const meant = nearest(written, [...SETTABLE.values()]);
    const question = meant === null ? '' : `Did you mean ${meant}? `;
    return { refusal: 'cannot be set by a suite', hint: `${question}${WHAT_IS_SETTABLE}` };
  }
  if (!CUSTOM.test(written)) return { refusal: 'has a name that is not valid for a setting', hint: WHAT_IS_SETTABLE };
  if (isForeign(written))
    return { refusal: 'belongs to a library and cannot be set by a suite', hint: WHAT_IS_SETTABLE };
  return { name: written, custom: true };
}

function isForeign(name: string): boolean {
  const prefix = (name.split('.')[0] ?? '').toLowerCase();
  return prefix.startsWith('pg_') || FOREIGN_PREFIXES.has(prefix) || isKnownLibrary(prefix);
}

const SNAPSHOT_SETTINGS = new Set([...PLANNER_SETTINGS, ...READ_SETTINGS].map((name) => name.toLowerCase()));

/** True if a snapshot may hold this setting; other settings in a manifest do not reach a target. */
export function isSnapshotSetting(written: string): boolean {
  const name = written.toLowerCase();
  return SNAPSHOT_SETTINGS.has(name) || (name.startsWith(EXTENSION_PREFIX) && CUSTOM.test(name));
}
