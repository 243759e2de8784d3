import { RegressError } from '../model/errors.ts';
import type { Manifest } from '../model/snapshot.ts';
import { type Connection, quoteQualified } from '../postgres/index.ts';

/** A CI database holds fixtures; a table with more rows counts as real data. */
const MAX_FIXTURE_ROWS = 1000;

const IDENTITY_SQL = `
SELECT pg_catalog.current_database() AS database,
       pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may_read_control,
       pg_catalog.current_setting('is_superuser') = 'on' AS superuser,
       pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version_num,
       CURRENT_USER AS role`;

const SYSTEM_IDENTIFIER_SQL =
  'SELECT s.system_identifier::pg_catalog.text AS system_identifier FROM pg_catalog.pg_control_system() s';

/** The first version with functions that restore statistics. */
const WITHOUT_SUPERUSER_SINCE = 180000;

interface Identity {
  readonly database: string;
  readonly may_read_control: boolean;
  readonly superuser: boolean;
  readonly version_num: number;
  readonly role: string;
}

/**
 * Tables that may hold rows. A table without blocks has none, so that schemas as large as production's need only one
 * query. Tables of extensions, such as the reference systems of PostGIS, do not count.
 */
const FILLED_TABLES_SQL = `
SELECT n.nspname AS schemaname, c.relname, pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r'
   AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'regress_planner')
   AND n.nspname !~ '^pg_'
   AND pg_catalog.pg_relation_size(c.oid) > 0
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.relname`;

export interface RefuseOptions {
  /** The option --allow-data. */
  readonly allowData: boolean;
  /** False if regress creates its own database on the server; rows in this one do not matter then. */
  readonly usesThisDatabase: boolean;
}

/**
 * Throws RegressError `target` if the database must not be written to, because it is the source of the snapshot or
 * holds data; `privilege` if the role cannot write statistics, which requires a superuser before 18. Without a
 * manifest, does not check for the source. Only reads.
 */
export async function refuseTarget(
  connection: Connection,
  manifest: Manifest | null,
  options: RefuseOptions,
): Promise<void> {
  const [identity] = await connection.query<Identity>(IDENTITY_SQL);
  if (identity === undefined) return;
  if (manifest !== null && (await isSource(connection, identity, manifest))) {
    throw new RegressError('target', `the target is the source of the snapshot (database "${identity.database}")`, {
      detail: 'regress never writes to production.',
      hint: 'Use an empty database with the schema of the branch, or omit --target to use a throwaway server.',
    });
  }
  if (!identity.superuser && identity.version_num < WITHOUT_SUPERUSER_SINCE) {
    throw new RegressError('privilege', `role "${identity.role}" is not a superuser of the target`, {
      detail: 'Restoring statistics writes system catalogs and loads the extension regress_planner.',
      hint: `ALTER ROLE "${identity.role}" SUPERUSER;`,
    });
  }
  if (options.usesThisDatabase && !options.allowData) await refuseData(connection, identity.database);
}

async function isSource(connection: Connection, identity: Identity, { server }: Manifest): Promise<boolean> {
  if (!identity.may_read_control) return false;
  const [control] = await connection.query<{ system_identifier: string }>(SYSTEM_IDENTIFIER_SQL);
  return control?.system_identifier === server.system_identifier && identity.database === server.database;
}

interface FilledTable {
  readonly schemaname: string;
  readonly relname: string;
  readonly readable: boolean;
}

async function refuseData(connection: Connection, database: string): Promise<void> {
  for (const { schemaname, relname, readable } of await connection.query<FilledTable>(FILLED_TABLES_SQL)) {
    const name = quoteQualified(schemaname, relname);
    if (!readable) {
      throw new RegressError('target', `database "${database}" may hold data`, {
        detail: `Table ${name} is not empty, and the role has no permission to count its rows. Restoring would replace its statistics.`,
        hint: `GRANT SELECT ON ${name} TO CURRENT_USER, use another target, or repeat the command with --allow-data.`,
      });
    }
    const [row] = await connection.query<{ many: boolean }>(
      `SELECT pg_catalog.count(*) > ${MAX_FIXTURE_ROWS} AS many FROM (SELECT FROM ONLY ${name} LIMIT ${MAX_FIXTURE_ROWS + 1}) AS probe`,
    );
    if (row?.many) {
      throw new RegressError('target', `database "${database}" holds data`, {
        detail: `Table ${name} has more than ${MAX_FIXTURE_ROWS} rows. Restoring would replace its statistics.`,
        hint: 'Use another target, or repeat the command with --allow-data.',
      });
    }
  }
}
