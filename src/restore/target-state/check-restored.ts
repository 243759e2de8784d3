import { RegressError } from '../../model/errors.ts';
import { FIRST_USER_OID } from '../../model/sql/oid-values.ts';
import type { Connection } from '../../postgres/index.ts';
import { overwrittenCatalogs } from '../catalogs/system-catalogs.ts';
import { EXTENSION_VERSION, INSTALL_HINT } from '../side-data/extension.ts';

const PLANNER_SQL = `
SELECT pg_catalog.current_setting('regress_planner.version', true) AS version,
  (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name = 'session_preload_libraries') AS libraries,
  EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'regress_planner' AND c.relname = 'restored') AS extension`;

interface PlannerState {
  readonly version: string | null;
  /** Null if the role may not see it. */
  readonly libraries: string | null;
  readonly extension: boolean;
}

/**
 * Makes sure that this session plans with a restored snapshot: it has loaded this version of the library, and the side
 * tables hold a snapshot. Needs a session opened after the restore. Throws RegressError `target`; its hint gives the
 * fix.
 */
export async function verifyPlanner(connection: Connection): Promise<void> {
  const [state] = await connection.query<PlannerState>(PLANNER_SQL);
  if (!state?.extension || (await restoredDigest(connection)) === null) throw notRestored();
  if (!state.version) throw notLoaded(state.libraries);
  if (state.version !== EXTENSION_VERSION) throw otherVersion(state.version);
}

/** Digest of the snapshot restored into this database; null if there is none. */
export async function restoredDigest(connection: Connection): Promise<string | null> {
  const [state] = await connection.query<PlannerState>(PLANNER_SQL);
  if (!state?.extension) return null;
  const [row] = await connection.query<{ digest: string }>(
    'SELECT r.snapshot_digest AS digest FROM regress_planner.restored r',
  );
  return row?.digest ?? null;
}

const CLOBBERED_SQL = `
SELECT r.relid::pg_catalog.regclass::text AS name
FROM regress_planner.relation r LEFT JOIN pg_catalog.pg_class c ON c.oid = r.relid
WHERE r.relid >= ${FIRST_USER_OID}
  AND (c.oid IS NULL OR c.relpages <> r.relpages OR c.reltuples <> r.reltuples::pg_catalog.float4)
ORDER BY 1`;

/**
 * Names of relations whose restored statistics were overwritten since, by VACUUM, ANALYZE, CREATE INDEX or a rewrite.
 * Their sizes are still production's, their column statistics may not be.
 */
export async function overwrittenRelations(connection: Connection): Promise<string[]> {
  const relations = await connection.query<{ name: string }>(CLOBBERED_SQL);
  return [...relations.map(({ name }) => name), ...(await overwrittenCatalogs(connection))];
}

const HINT = 'npx regress-pg restore --target URL --snapshot DIR';

function notRestored(): RegressError {
  return new RegressError('target', 'no snapshot was restored into the target', {
    detail: 'Without a snapshot, it plans for its own rows and not as production does.',
    hint: HINT,
  });
}

function notLoaded(libraries: string | null): RegressError {
  const seen = libraries === null ? '' : `session_preload_libraries is "${libraries}" in a new session. `;
  return new RegressError('target', 'the target does not load the library regress_planner', {
    detail: `${seen}A value of session_preload_libraries on the role overrides the one on the database.`,
    hint: `${HINT}; if that does not help: ALTER ROLE name RESET session_preload_libraries`,
  });
}

function otherVersion(version: string): RegressError {
  return new RegressError('target', `the target loads regress_planner ${version}, but ${EXTENSION_VERSION} is needed`, {
    detail: `This regress works with version ${EXTENSION_VERSION} of the extension; the server's library is ${version}.`,
    hint: `${INSTALL_HINT}; then: ${HINT}`,
  });
}
