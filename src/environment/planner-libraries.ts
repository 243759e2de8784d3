/** Libraries and extensions that replace or steer the planner, and what each does to plans. */
const CHANGES_PLANS: Readonly<Record<string, string>> = {
  timescaledb: 'plans hypertables with its own nodes and costs',
  citus: 'plans distributed tables with its own nodes',
  citus_columnar: 'gives columnar tables its own costs',
  columnar: 'gives columnar tables its own costs',
  pg_hint_plan: 'obeys hints in comments and in its table',
  pg_plan_advice: 'obeys advice',
  pg_stash_advice: 'gives stored advice to the planner',
  pg_pathman: 'plans its partitions with its own nodes',
  pg_strom: 'plans for the GPU',
  pg_duckdb: 'hands queries to another engine',
  pg_search: 'plans searches with its own nodes',
  pg_ivm: 'plans its materialized views differently',
  orioledb: 'gives its tables its own sizes and costs',
  aqo: 'replaces row estimates with learned ones',
  sr_plan: 'replaces plans with saved ones',
  plan_filter: 'refuses plans that cost too much',
  age: 'plans graph queries with its own nodes',
  apg_plan_mgmt: 'replaces plans with approved ones',
  google_columnar_engine: 'plans scans of columns in memory with its own nodes',
  pg_mooncake: 'hands queries to another engine',
  pg_analytics: 'hands queries to another engine',
  pg_dbms_stats: 'replaces statistics with saved ones',
  plantuner: 'hides indexes from the planner',
  anon: 'rewrites the queries of masked roles',
};

/** Preloaded libraries that change no plan; hypopg changes only those of sessions that ask for it. */
const HARMLESS = new Set([
  ...['regress_planner', 'pg_stat_statements', 'auto_explain', 'pg_stat_kcache', 'pg_wait_sampling', 'pgaudit'],
  ...['pg_cron', 'pglogical', 'pg_prewarm', 'pg_squeeze', 'pg_partman_bgw', 'passwordcheck', 'auth_delay', 'wal2json'],
  ...['decoderbufs', 'pg_stat_monitor', 'pg_qualstats', 'pg_track_settings', 'powa', 'set_user', 'pg_net', 'supautils'],
  ...['plpgsql', 'plpgsql_check', 'pgsodium', 'pg_tle', 'rdsutils', 'safeupdate', 'pg_failover_slots', 'pgoutput'],
  ...['basic_archive', 'basebackup_to_shell', 'pg_show_plans', 'pg_store_plans', 'logerrors', 'pgextwlist'],
  ...[
    'hypopg',
    'pg_qs',
    'pgms_stats',
    'pgms_wait_sampling',
    'aurora_stat_utils',
    'bg_mon',
    'credcheck',
    'pgauditlogtofile',
  ],
]);

/** A library that changes plans, or may change them. */
export interface PlannerLibrary {
  readonly name: string;
  readonly does: string;
}

/** The preloaded libraries (lists as in their settings) and extensions of a server that change plans or may change them. */
export function plannerLibraries(preload: readonly string[], extensions: readonly string[]): PlannerLibrary[] {
  const libraries = preload
    .flatMap((list) => list.split(','))
    .map(libraryName)
    .filter((name) => name !== '');
  const unknown = libraries.filter((name) => CHANGES_PLANS[name] === undefined && !HARMLESS.has(name));
  const known = [...libraries, ...extensions].filter((name) => CHANGES_PLANS[name] !== undefined);
  return [...new Set([...known, ...unknown])]
    .sort()
    .map((name) => ({ name, does: CHANGES_PLANS[name] ?? 'is unknown to regress and may change plans' }));
}

/** True for the name of a library or extension that is listed here, whatever it does. */
export function isKnownLibrary(name: string): boolean {
  return Object.hasOwn(CHANGES_PLANS, name) || HARMLESS.has(name);
}

/** `$libdir/plugins/auto_explain.so` is auto_explain. */
function libraryName(entry: string): string {
  const path = entry.trim().replace(/^"(.*)"$/, '$1');
  return (path.split('/').at(-1) ?? '').replace(/\.(so|dylib|dll)$/, '').replace(/-\d.*$/, '');
}
