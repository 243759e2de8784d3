import { IN_USER_SCHEMA } from '../catalog/index.ts';
import { RegressError } from '../model/errors.ts';
import { listed } from '../model/text/wording.ts';
import { type Connection, DatabaseError, quoteIdent, quoteLiteral } from '../postgres/index.ts';
import { readIdentity, type TargetIdentity } from './identity.ts';
import { EXTENSION_VERSION } from './side-data/extension.ts';

const STATE_SQL = `
SELECT
  (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'regress_planner') AS created,
  EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions v
          WHERE v.name = 'regress_planner' AND v.version = $1 AND v.trusted) AS available,
  EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = 'regress_planner') AS schema,
  (SELECT pg_catalog.obj_description(n.oid, 'pg_namespace') FROM pg_catalog.pg_namespace n
   WHERE n.nspname = 'regress_planner') AS comment,
  pg_catalog.current_setting('regress_planner.version', true) AS loaded`;

interface PreparedState {
  readonly created: string | null;
  readonly available: boolean;
  readonly schema: boolean;
  readonly comment: string | null;
  readonly loaded: string | null;
}

const MISSING_RIGHTS_SQL = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS object
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'regress_planner' AND c.relkind = 'r' AND NOT (
  pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE') AND pg_catalog.has_table_privilege(c.oid, 'DELETE'))
UNION ALL
SELECT p.oid::pg_catalog.regprocedure::text
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'regress_planner' AND NOT pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
UNION ALL
SELECT pg_catalog.format('schema %I', n.nspname) FROM pg_catalog.pg_namespace n
WHERE n.nspname = 'regress_planner' AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
ORDER BY 1`;

const UNMAINTAINABLE_SQL = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS object
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND ${IN_USER_SCHEMA}
  AND NOT pg_catalog.has_table_privilege(c.oid, 'MAINTAIN')
ORDER BY 1`;

/**
 * What a superuser does once for a role that restores without being one. Every session of the role then loads the
 * library, in whichever database.
 */
function administratorSql({ role, database, ownsDatabase }: TargetIdentity, createsItself: boolean): string {
  const name = quoteIdent(role);
  // The owner of a database creates a trusted extension there, and may do all with it that a restore does.
  if (createsItself) return `As a superuser: ALTER ROLE ${name} SET session_preload_libraries = 'regress_planner';`;
  return [
    `As a superuser, in database ${quoteLiteral(database)}:`,
    '  CREATE EXTENSION IF NOT EXISTS regress_planner;',
    `  ALTER ROLE ${name} SET session_preload_libraries = 'regress_planner';`,
    `  GRANT USAGE ON SCHEMA regress_planner TO ${name};`,
    `  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA regress_planner TO ${name};`,
    `  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA regress_planner TO ${name};`,
    ...(ownsDatabase ? [] : [`  GRANT pg_maintain TO ${name};`]),
  ].join('\n');
}

/**
 * Makes sure that an administrator has prepared the database for a role that is not a superuser: the extension is there,
 * or may be created, in this version, loaded, and the role has what it needs of it and of the tables. Throws RegressError
 * `privilege` with the SQL that is missing.
 */
export async function requirePrepared(connection: Connection, identity: TargetIdentity): Promise<void> {
  await createTrusted(connection, identity, await requireLoaded(connection, identity));
  await requireRights(connection, identity);
}

/**
 * The same without creating anything: that the extension may be created is taken for done. With `ownDatabase` regress will
 * make a database for itself, whatever this one has.
 */
export async function checkPrepared(connection: Connection, ownDatabase: boolean): Promise<void> {
  const identity = await readIdentity(connection);
  if (identity.superuser) return;
  if (ownDatabase) {
    await requireCreateDatabase(connection, identity);
    await requireLoaded(connection, { ...identity, ownsDatabase: true });
    return;
  }
  const state = await requireLoaded(connection, identity);
  if (state.schema || state.created !== null || !identity.ownsDatabase) await requireRights(connection, identity);
}

async function requireCreateDatabase(connection: Connection, identity: TargetIdentity): Promise<void> {
  const [row] = await connection.query<{ may: boolean }>(
    'SELECT r.rolcreatedb AS may FROM pg_catalog.pg_roles r WHERE r.rolname = current_user ORDER BY 1',
  );
  if (row?.may) return;
  const hint = `As a superuser: ALTER ROLE ${quoteIdent(identity.role)} CREATEDB;`;
  throw unpreparedError(identity, 'It may not create a database for each run.', hint);
}

/** The state before anything is created; asked first, because creating the extension loads it into this session alone. */
async function requireLoaded(connection: Connection, identity: TargetIdentity): Promise<PreparedState> {
  const state = await readState(connection);
  if (!state.schema && !state.available) {
    throw unpreparedError(identity, `The server has no extension regress_planner ${EXTENSION_VERSION}.`, INSTALL_HINT);
  }
  if (state.loaded !== EXTENSION_VERSION) {
    const detail = `Its sessions do not load version ${EXTENSION_VERSION} of the library regress_planner.`;
    throw unpreparedError(identity, detail, administratorSql(identity, identity.ownsDatabase && !state.schema));
  }
  return state;
}

async function requireRights(connection: Connection, identity: TargetIdentity): Promise<void> {
  const unprepared = (detail: string) => unpreparedError(identity, detail, administratorSql(identity, false));
  if (!isOfThisVersion(await readState(connection))) {
    throw unprepared(`The database has no extension regress_planner ${EXTENSION_VERSION}.`);
  }
  const missing = await connection.query<{ object: string }>(MISSING_RIGHTS_SQL);
  if (missing.length > 0) throw unprepared(`It lacks rights on ${listed(objectsOf(missing), MAX_LISTED)}.`);
  const tables = identity.ownsDatabase ? [] : await connection.query<{ object: string }>(UNMAINTAINABLE_SQL);
  if (tables.length > 0) throw unprepared(`It may not maintain ${listed(objectsOf(tables), MAX_LISTED)}.`);
}

async function readState(connection: Connection): Promise<PreparedState> {
  const [state] = await connection.query<PreparedState>(STATE_SQL, [EXTENSION_VERSION]);
  if (state === undefined) throw new Error('a query without FROM gave no row');
  return state;
}

/** Created by a superuser, or made by the script for a library, which says its version in a comment. */
function isOfThisVersion({ created, comment }: PreparedState): boolean {
  return created === EXTENSION_VERSION || (comment ?? '').startsWith(`regress_planner ${EXTENSION_VERSION},`);
}

/** Whoever may create objects in the database may create a trusted extension, whose tables are a superuser's all the same. */
async function createTrusted(connection: Connection, identity: TargetIdentity, state: PreparedState): Promise<void> {
  if (state.schema || state.created !== null || !state.available) return;
  try {
    await connection.run(`CREATE EXTENSION regress_planner VERSION ${quoteLiteral(EXTENSION_VERSION)}`);
  } catch (error) {
    throw error instanceof DatabaseError
      ? unpreparedError(identity, `${error.message}.`, administratorSql(identity, false))
      : error;
  }
}

const MAX_LISTED = 5;

function objectsOf(rows: readonly { readonly object: string }[]): string[] {
  return rows.map(({ object }) => object);
}

const INSTALL_HINT = 'On the machine of the server: regress extension install --pg-config /path/to/pg_config';

function unpreparedError({ role }: TargetIdentity, detail: string, hint: string): RegressError {
  return new RegressError('privilege', `role ${role} is not a superuser, and the target is not prepared for it`, {
    detail,
    hint,
  });
}
