import type { Connection } from '../../postgres/index.ts';
import { inShortTransaction, SESSION_SETTINGS_SQL } from '../transaction.ts';

/**
 * Tables that cannot be read now: another session holds, or waits for, the lock mode that conflicts with reading, on the
 * table or one of its indexes. Our session would have to queue behind it.
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
