import type { Connection } from '../../postgres/index.ts';
import { inShortTransaction, SESSION_SETTINGS_SQL } from '../transaction.ts';

/**
 * Tables that another session has locked, or waits to lock, in the mode that conflicts with reading; or one of whose
 * indexes it has. A snapshot that queued behind such a lock would only wait.
 */
export const LOCKED_SQL = `SELECT DISTINCT COALESCE(i.indrelid, l.relation) AS oid
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = l.relation
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
ORDER BY 1`;

/** OIDs of the tables that cannot be read now. */
export function lockedTables(connection: Connection): Promise<ReadonlySet<number>> {
  return inShortTransaction(connection, SESSION_SETTINGS_SQL, async () => {
    const rows = await connection.query<{ oid: number }>(LOCKED_SQL);
    return new Set(rows.map(({ oid }) => oid));
  });
}
