import { RegressError } from '../model/errors.ts';
import type { SeenStatement } from '../model/sql/seen-statement.ts';
import { type Connection, DatabaseError, quoteIdent } from '../postgres/index.ts';

/** The contents of pg_stat_statements for one database. */
export interface StatStatements {
  /** One for each text, even if several users sent it. */
  readonly statements: readonly SeenStatement[];
  /** Number of other users' rows, whose text the role may not see. */
  readonly hidden: number;
  readonly reader: string;
}

const BEGIN_SQL = [
  'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  `SET LOCAL application_name = 'regress import'`,
  `SET LOCAL statement_timeout = '60s'`,
  `SET LOCAL lock_timeout = '2s'`,
  `SET LOCAL idle_in_transaction_session_timeout = '60s'`,
  `SET LOCAL search_path = ''`,
].join('; ');

const EXTENSION_SQL = `
SELECT current_user::pg_catalog.text AS reader, pg_catalog.current_database()::pg_catalog.text AS database,
       (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
         WHERE e.extname = 'pg_stat_statements') AS schema,
       (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'pg_stat_statements') AS version,
       pg_catalog.current_setting('pg_stat_statements.max', true) IS NOT NULL AS loaded
 ORDER BY 1`;

interface ExtensionRow {
  readonly reader: string;
  readonly database: string;
  readonly schema: string | null;
  readonly version: string | null;
  readonly loaded: boolean;
}

/** Columns that all versions from 1.8 on have. A statement that was planned but never executed has no calls. */
const statementsSql = (schema: string) => `
SELECT s.query, s.queryid IS NULL AS hidden, s.calls::pg_catalog.float8 AS calls, s.total_exec_time
  FROM ${quoteIdent(schema)}.pg_stat_statements s
 WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
   AND s.calls > 0
 ORDER BY s.queryid, s.userid`;

interface StatementRow {
  readonly query: string | null;
  readonly hidden: boolean;
  readonly calls: number;
  readonly total_exec_time: number;
}

/**
 * Reads the statements of the connection's database in one read-only transaction. Throws RegressError `environment` if
 * pg_stat_statements is missing, too old or not loaded, and `privilege` if the role may not read the view at all.
 */
export async function readStatStatements(connection: Connection): Promise<StatStatements> {
  await connection.run(BEGIN_SQL);
  try {
    const [extension] = await connection.query<ExtensionRow>(EXTENSION_SQL);
    if (extension === undefined) throw new Error('a query of one row gave none');
    const rows = await readRows(connection, extension);
    const visible = rows.filter(({ hidden, query }) => !hidden && query !== null);
    return {
      statements: byText(visible),
      hidden: rows.filter(({ hidden }) => hidden).length,
      reader: extension.reader,
    };
  } finally {
    await connection.run('ROLLBACK').catch(() => undefined);
  }
}

/** The first version with total_exec_time, which PostgreSQL 13 brought. */
const MIN_VERSION = [1, 8] as const;

async function readRows(connection: Connection, { schema, version, loaded, reader, database }: ExtensionRow) {
  if (schema === null || version === null) throw notInstalled(database, loaded);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < MIN_VERSION[0] || (major === MIN_VERSION[0] && minor < MIN_VERSION[1])) {
    throw new RegressError('environment', `pg_stat_statements ${version} is too old`, {
      detail: `regress reads version ${MIN_VERSION.join('.')} or later.`,
      hint: 'On the primary, as the owner of the extension, run: ALTER EXTENSION pg_stat_statements UPDATE',
    });
  }
  try {
    return await connection.query<StatementRow>(statementsSql(schema));
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.code === NOT_LOADED) throw notLoaded(error);
    if (error.code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new RegressError('privilege', `could not read pg_stat_statements: ${error.message}`, {
      hint: `GRANT USAGE ON SCHEMA ${quoteIdent(schema)} TO ${quoteIdent(reader)}; GRANT pg_read_all_stats TO ${quoteIdent(reader)}`,
      cause: error,
    });
  }
}

/** ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE: "must be loaded via shared_preload_libraries". */
const NOT_LOADED = '55000';
const INSUFFICIENT_PRIVILEGE = '42501';

function notInstalled(database: string, loaded: boolean): RegressError {
  return new RegressError('environment', `pg_stat_statements is not installed in database "${database}"`, {
    detail: loaded
      ? 'The library is loaded and counts statements, but this database lacks the view that shows them.'
      : 'Nothing counts the statements that the server executes.',
    hint: loaded
      ? 'On the primary, as a superuser, run: CREATE EXTENSION pg_stat_statements'
      : "Set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, restart the server, run CREATE EXTENSION pg_stat_statements, and import when it has counted for a while.",
  });
}

function notLoaded(cause: DatabaseError): RegressError {
  return new RegressError('environment', `could not read pg_stat_statements: ${cause.message}`, {
    hint: "Set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, and restart the server.",
    cause,
  });
}

function byText(rows: readonly StatementRow[]): SeenStatement[] {
  const found = new Map<string, { calls: number; totalExecTime: number }>();
  for (const { query, calls, total_exec_time } of rows) {
    const known = found.get(query ?? '') ?? { calls: 0, totalExecTime: 0 };
    found.set(query ?? '', { calls: known.calls + calls, totalExecTime: known.totalExecTime + total_exec_time });
  }
  return [...found].map(([text, numbers]) => ({ text, ...numbers }));
}
