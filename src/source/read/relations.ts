import { SYSTEM_CATALOG, USER_RELATION } from '../../catalog/index.ts';
import type { MajorSql } from '../../environment/index.ts';
import type { ColumnDefinition, RelationSnapshot } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';
import { currentPages, qualifiedName } from './scope.ts';

/**
 * SQL, over a pg_class alias, of a text that changes when a relation or one of its indexes is renamed, rewritten,
 * truncated or redefined, or when an index is created or dropped. It consists of the row versions in pg_class. ANALYZE
 * and VACUUM do not change it, because they update these rows in place.
 */
function shapeOf(relation: string): string {
  return `pg_catalog.concat_ws(' ', ${relation}.xmin, (
         SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', x.oid, x.xmin), ' ' ORDER BY x.oid)
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = ${relation}.oid))`;
}

/** Lists the relations of a scope in reading order, with the number of values that ANALYZE may keep of each. */
const listSql = (
  scope: string,
): string => `SELECT c.oid, ${qualifiedName('n', 'c')} AS name, n.nspname AS schemaname, c.relname, ${shapeOf('c')} AS shape,
       (SELECT COALESCE(pg_catalog.sum(CASE WHEN a.attstattarget >= 0 THEN a.attstattarget
                 ELSE pg_catalog.current_setting('default_statistics_target')::pg_catalog.int4 END), 0)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0)::pg_catalog.float8 AS kept_values
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE ${scope}
ORDER BY n.nspname, c.relname`;

/** Every relation of the snapshot. */
export const RELATION_LIST_SQL = listSql(USER_RELATION);

/** The system catalogs, which are read only on request. */
export const CATALOG_LIST_SQL = listSql(SYSTEM_CATALOG);

export interface ListedRelation {
  readonly oid: number;
  /** Qualified, quoted only if necessary. */
  readonly name: string;
  readonly schemaname: string;
  readonly relname: string;
  readonly shape: string;
  readonly kept_values: number;
}

/**
 * Relations by OID. `pages` is the current size of the file, which the planner reads (estimate_rel_size in plancat.c)
 * instead of relpages; NULL for a table means that it was dropped meanwhile.
 */
export function relationsSql(dialect: MajorSql): string {
  return `SELECT c.oid, ${qualifiedName('n', 'c')} AS name, n.nspname AS schemaname, c.relname, c.relkind, c.relpersistence,
       ${shapeOf('c')} AS shape,
       CASE WHEN c.relkind IN ('r', 'm') THEN ${currentPages('c')} END AS pages,
       c.relpages, c.reltuples::pg_catalog.float8 AS reltuples, c.relallvisible,
       ${dialect.relallfrozen} AS relallfrozen, c.relhassubclass,
       COALESCE(c.reloptions, '{}') AS reloptions, t.spcname AS tablespace,
       ARRAY(SELECT ${qualifiedName('pn', 'p')}
             FROM pg_catalog.pg_inherits i
             JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
             JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
             WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS inherits,
       pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
       ARRAY(SELECT ${qualifiedName('kn', 'k')}
             FROM pg_catalog.pg_inherits i
             JOIN pg_catalog.pg_class k ON k.oid = i.inhrelid
             JOIN pg_catalog.pg_namespace kn ON kn.oid = k.relnamespace
             WHERE i.inhparent = c.oid AND c.relkind <> 'p' ORDER BY i.inhrelid) AS children,
       (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped) AS dropped_columns
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
WHERE c.oid = ANY ($1::pg_catalog.oid[])
ORDER BY n.nspname, c.relname`;
}

/** Columns of relations, except of sequences, whose columns are always the same. */
export const COLUMNS_SQL = `SELECT a.attrelid, a.attnum, a.attname,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS notnull,
       pg_catalog.pg_get_expr(f.adbin, f.adrelid) AS default,
       a.attgenerated AS generated, a.attidentity AS identity,
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::pg_catalog.regcollation::pg_catalog.text
       END AS collation
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind <> 'S'
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum`;

/** The parts of a RelationSnapshot that `relationsSql` reads. */
export type RelationRow = Omit<RelationSnapshot, 'columns' | 'statistics' | 'indexes' | 'extended_statistics'> & {
  readonly oid: number;
  /** Quoted and qualified. */
  readonly name: string;
  /** See `shapeOf`. */
  readonly shape: string;
};

export type ColumnRow = ColumnDefinition & { readonly attrelid: number; readonly attnum: number };

export function readRelations(
  connection: Connection,
  dialect: MajorSql,
  oids: readonly number[],
): Promise<RelationRow[]> {
  return connection.query<RelationRow>(relationsSql(dialect), [oids]);
}

/** The columns of relations, in the order of their attribute numbers. */
export function readColumns(connection: Connection, oids: readonly number[]): Promise<ColumnRow[]> {
  return connection.query<ColumnRow>(COLUMNS_SQL, [oids]);
}

const PAGE_RELATIONS = 40;
/** A value of usual size takes about 50 bytes, once as a common value and once in the histogram. */
const PAGE_VALUES = 80_000;

/** Splits the relations into pages, to bound the memory that a page takes. */
export function* pagesOf(relations: readonly ListedRelation[]): Generator<ListedRelation[]> {
  let page: ListedRelation[] = [];
  let values = 0;
  for (const relation of relations) {
    if (page.length > 0 && (page.length === PAGE_RELATIONS || values + relation.kept_values > PAGE_VALUES)) {
      yield page;
      page = [];
      values = 0;
    }
    page.push(relation);
    values += relation.kept_values;
  }
  if (page.length > 0) yield page;
}
