import { type Connection, quoteQualified } from '../postgres/index.ts';
import { IN_USER_SCHEMA } from './scope.ts';

interface TargetColumn {
  readonly attname: string;
  readonly attnum: number;
  /** format_type text. */
  readonly type: string;
  /** pg_attribute.attlen: bytes; negative if it varies. */
  readonly length: number;
}

export interface TargetIndex {
  readonly oid: number;
  readonly indexname: string;
  readonly relkind: string;
  /** pg_am.amname. */
  readonly am: string;
  /** pg_get_indexdef. */
  readonly definition: string;
}

export interface TargetStatisticsObject {
  readonly oid: number;
  readonly schemaname: string;
  readonly statistics_name: string;
  /** pg_get_statisticsobjdef. */
  readonly definition: string;
  /** In the order of stxkeys (attribute number). */
  readonly columns: readonly { readonly attname: string; readonly attnum: number; readonly quoted: string }[];
  /** pg_get_statisticsobjdef_expressions. */
  readonly expressions: readonly string[];
}

/** A relation of the target, with all parts that a snapshot may have data for. */
export interface TargetRelation {
  readonly oid: number;
  readonly schemaname: string;
  readonly relname: string;
  readonly relkind: string;
  /** Plain inheritance children (quoted, qualified names) in the order of their OIDs. */
  readonly children: readonly string[];
  /** True if it is partitioned by the hash of an enum, which depends on the OIDs of the labels. */
  readonly hashes_labels: boolean;
  readonly columns: Map<string, TargetColumn>;
  /** By name; an index lives in the schema of its table. */
  readonly indexes: Map<string, TargetIndex>;
  /** By quoted, qualified name. */
  readonly statistics: Map<string, TargetStatisticsObject>;
}

export interface TargetCatalog {
  /** By quoted, qualified name. */
  readonly relations: ReadonlyMap<string, TargetRelation>;
  /** Base type of every domain, both as regtype text. */
  readonly domains: ReadonlyMap<string, string>;
}

const relationsSql = (scope: string): string => `
SELECT c.oid, n.nspname AS schemaname, c.relname, c.relkind::text,
  ARRAY(
    SELECT pg_catalog.format('%I.%I', cn.nspname, child.relname)
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class child ON child.oid = i.inhrelid
    JOIN pg_catalog.pg_namespace cn ON cn.oid = child.relnamespace
    WHERE i.inhparent = c.oid AND c.relkind <> 'p'
    ORDER BY child.oid) AS children,
  EXISTS (
    SELECT FROM pg_catalog.pg_partitioned_table p CROSS JOIN pg_catalog.unnest(p.partattrs::pg_catalog.int2[]) AS k (attnum)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE p.partrelid = c.oid AND p.partstrat = 'h' AND t.typtype = 'e') AS hashes_labels
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'S') AND ${scope}
ORDER BY n.nspname, c.relname`;

const columnsSql = (scope: string): string => `
SELECT a.attrelid AS relid, a.attname, a.attnum, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
  a.attlen AS length
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm', 'f', 'S') AND ${scope}
ORDER BY a.attrelid, a.attnum`;

const indexesSql = (scope: string): string => `
SELECT i.indrelid AS relid, x.oid, x.relname AS indexname, x.relkind::text, am.amname AS am,
  pg_catalog.pg_get_indexdef(x.oid) AS definition
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = x.relam
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE ${scope}
ORDER BY i.indrelid, x.relname`;

const STATISTICS_OBJECTS_SQL = `
SELECT e.stxrelid AS relid, e.oid, n.nspname AS schemaname, e.stxname AS statistics_name,
  pg_catalog.pg_get_statisticsobjdef(e.oid) AS definition,
  COALESCE((
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'attname', a.attname, 'attnum', a.attnum, 'quoted', pg_catalog.quote_ident(a.attname)) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = e.stxrelid AND a.attnum = ANY (e.stxkeys)), '[]') AS columns,
  COALESCE(pg_catalog.pg_get_statisticsobjdef_expressions(e.oid), '{}') AS expressions
FROM pg_catalog.pg_statistic_ext e JOIN pg_catalog.pg_namespace n ON n.oid = e.stxnamespace
ORDER BY e.stxrelid, n.nspname, e.stxname`;

const DOMAINS_SQL = `
WITH RECURSIVE base (domain, oid) AS (
  SELECT t.oid, t.typbasetype FROM pg_catalog.pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT b.domain, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.oid WHERE t.typtype = 'd')
SELECT b.domain::pg_catalog.regtype::text AS domain, b.oid::pg_catalog.regtype::text AS base
FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.oid
WHERE t.typtype <> 'd'
ORDER BY 1`;

interface OfRelation {
  readonly relid: number;
}

/** Reads everything that restore matches by name, in a handful of queries. Needs an empty search_path. */
export async function readCatalog(connection: Connection): Promise<TargetCatalog> {
  const domains = await connection.query<{ domain: string; base: string }>(DOMAINS_SQL);
  return {
    relations: await readRelations(connection, IN_USER_SCHEMA),
    domains: new Map(domains.map(({ domain, base }) => [domain, base])),
  };
}

/** Reads relations by quoted, qualified name. `scope` is a condition on pg_class `c` and pg_namespace `n`. */
export async function readRelations(connection: Connection, scope: string): Promise<TargetCatalog['relations']> {
  const relations = new Map<number, TargetRelation>();
  for (const row of await connection.query<Omit<TargetRelation, 'columns' | 'indexes' | 'statistics'>>(
    relationsSql(scope),
  )) {
    relations.set(row.oid, { ...row, columns: new Map(), indexes: new Map(), statistics: new Map() });
  }
  for (const row of await connection.query<TargetColumn & OfRelation>(columnsSql(scope))) {
    relations.get(row.relid)?.columns.set(row.attname, row);
  }
  for (const row of await connection.query<TargetIndex & OfRelation>(indexesSql(scope))) {
    relations.get(row.relid)?.indexes.set(row.indexname, row);
  }
  for (const row of await connection.query<TargetStatisticsObject & OfRelation>(STATISTICS_OBJECTS_SQL)) {
    relations.get(row.relid)?.statistics.set(quoteQualified(row.schemaname, row.statistics_name), row);
  }
  return new Map([...relations.values()].map((each) => [quoteQualified(each.schemaname, each.relname), each]));
}
