/** Libraries and extensions that replace or steer the planner, and what each does to plans. */
const CHANGES_PLANS: Readonly<Record<string, string>> = {
  timescaledb: 'plans hypertables by nodes and costs of its own',
  citus: 'plans distributed tables by nodes of its own',
  citus_columnar: 'gives columnar tables costs of its own',
  columnar: 'gives columnar tables costs of its own',
  pg_hint_plan: 'obeys hints in comments and in its table',
  pg_plan_advice: 'obeys advice',
  pg_stash_advice: 'gives stored advice to the planner',
  pg_pathman: 'plans its partitions by nodes of its own',
  pg_strom: 'plans for the GPU',
  pg_duckdb: 'hands queries to another engine',
  pg_search: 'plans searches by nodes of its own',
  pg_ivm: 'plans its materialized views otherwise',
  orioledb: 'gives its tables sizes and costs of its own',
  aqo: 'replaces estimates of rows by what it learned',
  sr_plan: 'replaces plans by saved ones',
  plan_filter: 'refuses plans that cost too much',
  age: 'plans graph queries by nodes of its own',
  apg_plan_mgmt: 'replaces plans by approved ones',
  google_columnar_engine: 'plans scans of columns kept in memory by nodes of its own',
  pg_mooncake: 'hands queries to another engine',
  pg_analytics: 'hands queries to another engine',
  pg_dbms_stats: 'replaces statistics by saved ones',
  plantuner: 'hides indexes from the planner',
  anon: 'rewrites the queries of masked roles',
};

/** Preloaded libraries that look on, and change no plan; hypopg changes those of the sessions that ask it to. */
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

/** A library that changes plans, or of which that is not known. */
export interface PlannerLibrary {
  readonly name: string;
  readonly does: string;
}

/** Those of a server's preloaded libraries (lists, as their settings have them) and extensions that matter to plans. */
export function plannerLibraries(preload: readonly string[], extensions: readonly string[]): PlannerLibrary[] {
  const libraries = preload
    .flatMap((list) => list.split(','))
    .map(libraryName)
    .filter((name) => name !== '');
  const unknown = libraries.filter((name) => CHANGES_PLANS[name] === undefined && !HARMLESS.has(name));
  const known = [...libraries, ...extensions].filter((name) => CHANGES_PLANS[name] !== undefined);
  return [...new Set([...known, ...unknown])]
    .sort()
    .map((name) => ({ name, does: CHANGES_PLANS[name] ?? 'is not known to regress, and may change plans' }));
}

/** Whether this is the name of a library or extension that is known here, whatever it does. */
export function isKnownLibrary(name: string): boolean {
  return Object.hasOwn(CHANGES_PLANS, name) || HARMLESS.has(name);
}

/** `$libdir/plugins/auto_explain.so` is auto_explain. */
function libraryName(entry: string): string {
  const path = entry.trim().replace(/^"(.*)"$/, '$1');
  return (path.split('/').at(-1) ?? '').replace(/\.(so|dylib|dll)$/, '').replace(/-\d.*$/, '');
}
