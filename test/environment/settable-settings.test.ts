import { afterAll, describe, expect, it } from 'vitest';
import { isSnapshotSetting, settableName } from '../../src/environment/index.ts';
import { PLANNER_SETTINGS } from '../../src/environment/settable-settings.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { testMajors, testServer } from '../support/servers.ts';

describe('settableName', () => {
  it.each([
    ['work_mem', 'work_mem', false],
    ['Work_Mem', 'work_mem', false],
    ['SEARCH_PATH', 'search_path', false],
    ['timezone', 'TimeZone', false],
    ['datestyle', 'DateStyle', false],
    ['extra_float_digits', 'extra_float_digits', false],
    ['force_parallel_mode', 'force_parallel_mode', false],
    ['enable_eager_aggregate', 'enable_eager_aggregate', false],
    ['pg_trgm.similarity_threshold', 'pg_trgm.similarity_threshold', false],
    ['HNSW.ef_search', 'hnsw.ef_search', false],
    ['app.tenant_id', 'app.tenant_id', true],
    ['request.jwt.claims', 'request.jwt.claims', true],
    ['App.Tenant', 'App.Tenant', true],
  ])('lets a suite set %s', (written, name, custom) => {
    expect(settableName(written)).toEqual({ name, custom });
  });

  const REFUSED = [
    // How text is read.
    ...['client_encoding', 'Client_Encoding', 'names', 'standard_conforming_strings', 'backslash_quote'],
    ...['escape_string_warning', 'client_min_messages', 'quote_all_identifiers'],
    // Limits, and what undoes read-only.
    ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'],
    ...['idle_session_timeout', 'tcp_user_timeout', 'transaction_read_only', 'default_transaction_read_only'],
    ...['transaction_isolation', 'TRANSACTION ISOLATION LEVEL', 'default_transaction_isolation', 'temp_file_limit'],
    // Who asks.
    ...['role', 'Role', 'session_authorization', 'session authorization', 'row_security', 'is_superuser'],
    // What writes or runs.
    ...[
      'session_replication_role',
      'allow_system_table_mods',
      'log_statement',
      'log_min_messages',
      'debug_print_parse',
    ],
    ...[
      'session_preload_libraries',
      'local_preload_libraries',
      'dynamic_library_path',
      'jit_provider',
      'archive_command',
    ],
    ...['default_tablespace', 'temp_tablespaces', 'check_function_bodies', 'createrole_self_grant', 'lc_messages'],
    // Older names, and other words of SET.
    ...[
      'sort_mem',
      'time zone',
      'seed',
      'schema',
      'xml option',
      '',
      ' work_mem',
      'work_mem ',
      'work_mem; DROP TABLE t',
    ],
    // Libraries, languages, extensions; no names at all.
    ...['plperl.on_init', 'plperlu.on_plperlu_init', 'PLPERL.on_init', 'plpgsql.variable_conflict', 'pltcl.start_proc'],
    ...['plv8.start_proc', 'auto_explain.log_min_duration', 'Auto_Explain.log_analyze', 'pg_stat_statements.track'],
    ...['regress_planner.hidden_indexes', 'regress_planner.now', 'Regress_Planner.enabled', 'pg_hint_plan.enable_hint'],
    ...['pg_trgm.other', 'pgaudit.log', 'timescaledb.enable_optimizations', 'cron.database_name', 'pg_anything.x'],
    ...['app.', '.x', 'app..x', 'app.a b', "app.x'y", 'app.x;y', '1.2', 'a.1b'],
  ];
  it.each(REFUSED)('refuses %j', (written) => {
    expect(settableName(written)).toMatchObject({
      refusal: expect.any(String),
      hint: expect.stringContaining('A suite can set'),
    });
  });

  it('says what was meant', () => {
    expect(settableName('work_memory')).toMatchObject({ hint: expect.stringMatching(/^Did you mean work_mem\? /) });
  });
});

describe('isSnapshotSetting', () => {
  it.each(['work_mem', 'Work_Mem', 'search_path', 'TimeZone', 'DateStyle', 'pg_trgm.word_similarity_threshold'])(
    'knows %s',
    (name) => expect(isSnapshotSetting(name)).toBe(true),
  );
  it.each([
    ...['log_statement', 'session_replication_role', 'default_transaction_read_only', 'allow_system_table_mods'],
    ...['plperl.on_init', 'statement_timeout', 'role', 'client_encoding', 'app.tenant_id', 'regress_planner.now'],
    ...['regress_planner.hidden_indexes', 'session_preload_libraries', 'array_nulls', 'pg_trgm.a b', 'hnsw.ef_search'],
  ])('refuses %s', (name) => expect(isSnapshotSetting(name)).toBe(false));
});

describe.each(await testMajors())('planner settings of PostgreSQL %i', (major) => {
  let connection: Connection | undefined;
  afterAll(() => connection?.close());

  it('are known, and for everybody to set', async () => {
    connection = await connect((await testServer(major))?.url('postgres') ?? '', 'target');
    const rows = await connection.query<{ name: string; context: string }>(
      `SELECT name, context FROM pg_settings WHERE 'EXPLAIN' = ANY (pg_settings_get_flags(name)) ORDER BY name`,
    );
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter(({ name }) => !PLANNER_SETTINGS.includes(name))).toEqual([]);
    expect(rows.filter(({ context }) => context !== 'user')).toEqual([]);
  });
});
