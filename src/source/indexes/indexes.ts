import type { Connection } from '../../postgres/index.ts';
import { currentPages, qualifiedName } from '../read/scope.ts';

/**
 * Indexes of the given tables, with what queries over their keys need: each key's expression, order and collation, and
 * the operators `<` and `>` if its operator class is an ordering.
 */
export const INDEXES_SQL = `SELECT i.indexrelid AS oid, i.indrelid, n.nspname AS schemaname, c.relname AS indexname,
       ${qualifiedName('tn', 't')} AS table, ${qualifiedName('n', 'c')} AS name,
       pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
       (SELECT k.conname FROM pg_catalog.pg_constraint k
        WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
        ORDER BY k.conname LIMIT 1) AS constraint,
       m.amname AS am, c.relkind, i.indisvalid,
       i.indpred IS NOT NULL AS partial, pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
       CASE WHEN c.relkind = 'i' THEN ${currentPages('c')} END AS pages,
       c.relpages, c.reltuples::pg_catalog.float8 AS reltuples,
       pg_catalog.row_number() OVER (PARTITION BY i.indrelid ORDER BY i.indexrelid)::pg_catalog.int4 AS ordinal,
       s.spcname AS tablespace, COALESCE(c.reloptions, '{}') AS reloptions,
       t.relpages AS table_relpages,
       pg_catalog.has_schema_privilege(tn.oid, 'USAGE') AND pg_catalog.has_table_privilege(t.oid, 'SELECT') AS selectable,
       pg_catalog.row_security_active(t.oid) AS row_security,
       CASE WHEN t.relkind IN ('r', 'm') THEN ${currentPages('t')} ELSE 0 END AS table_pages,
       (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'expression', pg_catalog.pg_get_indexdef(i.indexrelid, k.position, true),
                 'attnum', i.indkey[k.position - 1],
                 'descending', i.indoption[k.position - 1] & 1 <> 0,
                 'nulls_first', i.indoption[k.position - 1] & 2 <> 0,
                 'collation', CASE WHEN i.indcollation[k.position - 1] <> 0
                   THEN i.indcollation[k.position - 1]::pg_catalog.regcollation::pg_catalog.text END,
                 'column_collation', COALESCE(a.attcollation = i.indcollation[k.position - 1], true),
                 'type', pg_catalog.format_type(y.oid, -1),
                 'attlen', x.attlen,
                 'by_number', y.oid IN (24, 2203),
                 'opcdefault', o.opcdefault,
                 'default_order', EXISTS (SELECT FROM pg_catalog.pg_opclass d
                   WHERE d.opcmethod = o.opcmethod AND d.opcfamily = o.opcfamily AND d.opcdefault),
                 'less', (${orderingOperator(1)}),
                 'greater', (${orderingOperator(5)})) ORDER BY k.position)
        FROM pg_catalog.generate_series(1, i.indnkeyatts) AS k (position)
        JOIN pg_catalog.pg_attribute x ON x.attrelid = i.indexrelid AND x.attnum = k.position
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = NULLIF(i.indkey[k.position - 1], 0)
        JOIN pg_catalog.pg_type y ON y.oid = COALESCE(a.atttypid, x.atttypid)
        JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k.position - 1]) AS keys
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = c.relam
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
WHERE i.indrelid = ANY ($1::pg_catalog.oid[])
ORDER BY i.indrelid, c.relname`;

/** The operator of a B-tree strategy (1 is <, 5 is >; access/stratnum.h) of opclass `o` of the access method `m`. */
function orderingOperator(strategy: 1 | 5): string {
  return `SELECT pg_catalog.format('OPERATOR(%I.%s)', pn.nspname, p.oprname)
                   FROM pg_catalog.pg_amop ao
                   JOIN pg_catalog.pg_operator p ON p.oid = ao.amopopr
                   JOIN pg_catalog.pg_namespace pn ON pn.oid = p.oprnamespace
                   WHERE m.amname = 'btree' AND ao.amopfamily = o.opcfamily AND ao.amopstrategy = ${strategy}
                     AND ao.amoplefttype = o.opcintype AND ao.amoprighttype = o.opcintype ORDER BY p.oid LIMIT 1`;
}

/** One key of an index. */
export interface IndexKey {
  /** pg_get_indexdef of the key. */
  readonly expression: string;
  /** Attribute number in the table; 0 for an expression. */
  readonly attnum: number;
  readonly descending: boolean;
  readonly nulls_first: boolean;
  /** regcollation text. */
  readonly collation: string | null;
  /** True if the index sorts by the column's own collation. */
  readonly column_collation: boolean;
  /** format_type text without a modifier. */
  readonly type: string;
  readonly attlen: number;
  /** True for regproc and regoper, whose names may be ambiguous. */
  readonly by_number: boolean;
  readonly opcdefault: boolean;
  /** True if the operator class is in the family that statistics are sorted by, as varchar_ops is. */
  readonly default_order: boolean;
  /** `OPERATOR(schema.<)`; null if the access method is not B-tree. */
  readonly less: string | null;
  readonly greater: string | null;
}

export interface IndexRow {
  readonly oid: number;
  readonly indrelid: number;
  readonly schemaname: string;
  readonly indexname: string;
  /** Quoted, qualified names. */
  readonly table: string;
  readonly name: string;
  readonly definition: string;
  readonly constraint: string | null;
  readonly am: string;
  readonly relkind: 'i' | 'I';
  readonly indisvalid: boolean;
  readonly partial: boolean;
  readonly predicate: string | null;
  readonly pages: number | null;
  readonly relpages: number;
  readonly reltuples: number;
  readonly ordinal: number;
  readonly tablespace: string | null;
  readonly reloptions: readonly string[];
  readonly table_relpages: number;
  /** True if the role may read all columns of the table. */
  readonly selectable: boolean;
  /** True if row-level security hides rows of the table from the role. */
  readonly row_security: boolean;
  readonly table_pages: number;
  readonly keys: readonly IndexKey[];
}

export function readIndexes(connection: Connection, tables: readonly number[]): Promise<IndexRow[]> {
  return connection.query<IndexRow>(INDEXES_SQL, [tables]);
}
