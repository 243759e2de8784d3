import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { RegressError } from '../../model/errors.ts';
import { type Connection, DatabaseError, quoteLiteral } from '../../postgres/index.ts';

/** Version of the extension that this regress works with. */
export const EXTENSION_VERSION = '0.1';

/** Source of the extension: the server's own folders, or a library at an absolute path that the server can read. */
export type ExtensionSource = { readonly kind: 'installed' } | { readonly kind: 'library'; readonly path: string };

const STATE_SQL = `
SELECT
  (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'regress_planner') AS created,
  (SELECT pg_catalog.array_agg(v.version ORDER BY v.version)
   FROM pg_catalog.pg_available_extension_versions v WHERE v.name = 'regress_planner') AS available,
  n.oid IS NOT NULL AS schema,
  pg_catalog.to_regclass('regress_planner.restored') IS NOT NULL AS ours,
  pg_catalog.obj_description(n.oid, 'pg_namespace') AS comment
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = 'regress_planner'`;

interface ExtensionState {
  /** Version that exists in the database; null if none does. */
  readonly created: string | null;
  readonly available: readonly string[] | null;
  readonly schema: boolean;
  readonly ours: boolean;
  readonly comment: string | null;
}

/**
 * Creates the tables and functions of this version of the extension, unless they exist. Needs a superuser. Returns the
 * library that sessions must load. Throws RegressError `environment` or `target`.
 */
export async function ensureExtension(connection: Connection, source: ExtensionSource): Promise<string> {
  const [state] = await connection.query<ExtensionState>(STATE_SQL);
  if (state === undefined) throw new Error('a query without FROM gave no row');
  if (state.created === null && state.schema && !state.ours) throw foreignSchema();
  try {
    await (source.kind === 'installed'
      ? createExtension(connection, state)
      : runScript(connection, state, source.path));
  } catch (error) {
    throw error instanceof DatabaseError ? extensionError(source, error) : error;
  }
  return source.kind === 'installed' ? 'regress_planner' : source.path;
}

const EMPTY_SQL = `
DELETE FROM regress_planner.relation;
DELETE FROM regress_planner.index;
DELETE FROM regress_planner.statistics_object;
DELETE FROM regress_planner.object;
DELETE FROM regress_planner.restored`;

/** Removes an earlier restore's rows from the side tables. */
export async function emptySideTables(connection: Connection): Promise<void> {
  await connection.run(EMPTY_SQL);
}

async function createExtension(connection: Connection, state: ExtensionState): Promise<void> {
  requireAvailable(state.available ?? []);
  if (state.created === EXTENSION_VERSION) return;
  if (state.created !== null) await connection.run('DROP EXTENSION regress_planner CASCADE');
  if (state.schema) await connection.run('DROP SCHEMA IF EXISTS regress_planner CASCADE');
  await connection.run(`CREATE EXTENSION regress_planner VERSION ${quoteLiteral(EXTENSION_VERSION)}`);
}

const SCRIPT = new URL(`../../../extension/sql/regress_planner--${EXTENSION_VERSION}.sql`, import.meta.url);

/**
 * Runs the extension's script, unless an earlier run of the same script for the same library exists. Drops and
 * recreates the schema.
 */
async function runScript(connection: Connection, state: ExtensionState, path: string): Promise<void> {
  const script = (await readFile(SCRIPT, 'utf8'))
    .replaceAll('MODULE_PATHNAME', path.replaceAll("'", "''"))
    .replaceAll('@extowner@', 'CURRENT_USER');
  const comment = `regress_planner ${EXTENSION_VERSION}, script ${createHash('sha256').update(script).digest('hex')}`;
  if (state.created === null && state.ours && state.comment === comment) return;
  if (state.created !== null) await connection.run('DROP EXTENSION regress_planner CASCADE');
  await connection.run('DROP SCHEMA IF EXISTS regress_planner CASCADE');
  await connection.run('CREATE SCHEMA regress_planner');
  await connection.run(script);
  await connection.run(`COMMENT ON SCHEMA regress_planner IS ${quoteLiteral(comment)}`);
}

export const INSTALL_HINT = "On the server's machine: npx regress-pg extension install --pg-config /path/to/pg_config";

function foreignSchema(): RegressError {
  return new RegressError('target', 'the target has a schema regress_planner that is not the extension', {
    detail:
      'A restore keeps its tables in a schema of this name. It does not touch a schema that regress did not create.',
    hint: 'Rename it: ALTER SCHEMA regress_planner RENAME TO other_name',
  });
}

/**
 * Throws RegressError `environment`, with both versions, unless the server has the version that this regress works
 * with.
 */
export function requireAvailable(available: readonly string[]): void {
  if (available.includes(EXTENSION_VERSION)) return;
  const there = available.length > 0 ? `has version ${available.join(', ')}` : 'has none';
  throw new RegressError('environment', `the target's server has no extension regress_planner ${EXTENSION_VERSION}`, {
    detail: `This regress works with version ${EXTENSION_VERSION}; the server ${there}.`,
    hint: INSTALL_HINT,
  });
}

function extensionError(source: ExtensionSource, cause: DatabaseError): RegressError {
  const what = source.kind === 'library' ? `load the library ${source.path}` : 'create the extension regress_planner';
  return new RegressError('environment', `the target cannot ${what}`, {
    detail: `${cause.message}.`,
    hint: INSTALL_HINT,
    cause,
  });
}
