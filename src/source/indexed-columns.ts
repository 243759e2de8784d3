import { USER_RELATION } from '../catalog/index.ts';
import type { Connection } from '../postgres/index.ts';
import { inTransaction, OWN_SEARCH_PATH_SQL, SESSION_SETTINGS_SQL } from './transaction.ts';

/** A table with an indexed column; `init` writes its example suite from these. */
export interface IndexedColumn {
  readonly schemaname: string;
  readonly relname: string;
  readonly attname: string;
  /** pg_class.reltuples; -1 if the table was never analyzed. */
  readonly reltuples: number;
  /** True if the role's search_path finds the table, so that its name needs no schema. */
  readonly visible: boolean;
}

/** The first column of a B-tree that serves `=`: one per table, a primary key only if there is no other; largest table first. */
const COLUMNS_SQL = `
SELECT * FROM (
  SELECT DISTINCT ON (c.oid) n.nspname AS schemaname, c.relname, a.attname, c.reltuples::pg_catalog.float8 AS reltuples,
    pg_catalog.pg_table_is_visible(c.oid) AS visible
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = x.relam
  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
  WHERE ${USER_RELATION} AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND m.amname = 'btree'
    AND i.indisvalid AND i.indpred IS NULL AND a.attnum > 0
  ORDER BY c.oid, i.indisprimary, i.indisunique, x.relname
) found
ORDER BY reltuples DESC, schemaname, relname
LIMIT $1`;

/** Returns at most `limit` indexed columns of the source. Throws DatabaseError. */
export function readIndexedColumns(connection: Connection, limit: number): Promise<IndexedColumn[]> {
  return inTransaction(connection, async () => {
    await connection.run(`${SESSION_SETTINGS_SQL}; ${OWN_SEARCH_PATH_SQL}`);
    return connection.query<IndexedColumn>(COLUMNS_SQL, [limit]);
  });
}
