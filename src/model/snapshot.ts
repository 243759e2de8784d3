/**
 * The snapshot of one database: everything its planner reads. Names are PostgreSQL's own. No OIDs, and no timestamps
 * but the manifest's, so that git shows one changed statistic as one changed line. Values of type anyarray or float4[]
 * stay PostgreSQL's array text. An object name is unquoted if it stands alone. Inside a longer text it is quoted and
 * schema-qualified, as regclass, regtype, regoperator or regcollation print it under an empty search_path.
 */

import type { ProductionPlan } from './plans/production-plan.ts';

/** Version of the snapshot format that this regress writes and reads. */
export const SNAPSHOT_FORMAT_VERSION = 1;

/** One slot of pg_statistic (stakindN, staopN, stacollN, stanumbersN, stavaluesN); see pg_statistic.h. */
export interface StatisticsSlot {
  readonly stakind: number;
  /** regoperator text, or null for 0. */
  readonly staop: string | null;
  /** regcollation text, or null for 0. */
  readonly stacoll: string | null;
  /** float4[] text. */
  readonly stanumbers: string | null;
  /** anyarray text. */
  readonly stavalues: string | null;
  /** regtype text of the elements of stavalues. */
  readonly elemtype: string | null;
  /** For common values of a system catalog: object names by OID, see readObjectNames. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The statistics of one column, index column or expression. */
export interface AttributeStatistics {
  readonly null_frac: number;
  /** Bytes. */
  readonly avg_width: number;
  readonly n_distinct: number;
  /** Used slots, in the order of pg_statistic. */
  readonly slots: readonly StatisticsSlot[];
}

export interface ColumnStatistics extends AttributeStatistics {
  readonly attname: string;
  readonly inherited: boolean;
}

export interface ColumnDefinition {
  readonly attname: string;
  /** format_type text. */
  readonly type: string;
  readonly notnull: boolean;
  readonly default: string | null;
  /** '' or pg_attribute.attgenerated ('s', 'v'). */
  readonly generated: string;
  /** '' or pg_attribute.attidentity ('a', 'd'). */
  readonly identity: string;
  /** regcollation text if it differs from the type's, else null. */
  readonly collation: string | null;
}

/** How a figure that no catalog holds was obtained. `model` is an estimate; the others are exact. */
export type FigureSource = 'pageinspect' | 'explain' | 'formula' | 'model';

/** GinStatsData of an index's metapage (access/gin.h). */
export interface GinMetapage {
  readonly nPendingPages: number;
  readonly nTotalPages: number;
  readonly nEntryPages: number;
  readonly nDataPages: number;
  readonly nEntries: number;
}

/** One end of an indexed range, as the type's output function prints it. */
export interface RangeEnd {
  /** null: none. Production's planner finds none either: the index is empty, or its probe gives up. */
  readonly value: string | null;
  /** The table has rows in production, but its planner's probe gives up before it finds a live one. */
  readonly gaveUp?: true;
}

export interface IndexStatistics {
  readonly schemaname: string;
  readonly indexname: string;
  /** pg_get_indexdef. */
  readonly definition: string;
  /** pg_constraint.conname if the index implements a constraint. */
  readonly constraint: string | null;
  /** pg_am.amname. */
  readonly am: string;
  /** 'i', or 'I' for an index of a partitioned table. */
  readonly relkind: 'i' | 'I';
  readonly indisvalid: boolean;
  readonly partial: boolean;
  /** Current size of the main fork, pages of the server's block size; null for relkind I. */
  readonly pages: number | null;
  readonly relpages: number;
  readonly reltuples: number;
  /** Position among the indexes of its table in the order of production's OIDs, from 1. */
  readonly ordinal: number;
  /** Name of the tablespace; null for the database's default. */
  readonly tablespace: string | null;
  /** B-tree: levels above the leaves, as _bt_getrootheight counts (0 for a single page). */
  readonly tree_height: number | null;
  readonly tree_height_source: FigureSource | null;
  readonly gin: GinMetapage | null;
  /** How it was obtained; absent if it was not. */
  readonly gin_source?: FigureSource;
  /** BrinStatsData.revmapNumPages. */
  readonly brin_revmap_pages: number | null;
  readonly brin_source: FigureSource | null;
  /** Ends of the leading column of a full B-tree; null for other indexes, and if values were not read. */
  readonly range: { readonly min: RangeEnd; readonly max: RangeEnd } | null;
  /** How they were obtained: by a query, or by a helper function; absent if they were not. */
  readonly range_source?: 'select' | 'helper';
  /** Statistics of expression columns, by their attribute number in the index. */
  readonly statistics: readonly IndexColumnStatistics[];
}

export interface IndexColumnStatistics extends AttributeStatistics {
  /** pg_attribute.attnum in the index, from 1. */
  readonly attnum: number;
  /** False for the row of an index; kept because pg_statistic has it. */
  readonly inherited: boolean;
}

export interface NdistinctItem {
  /** Column names, or `-1`, `-2`… for the statistics object's expressions in order. */
  readonly attributes: readonly string[];
  readonly ndistinct: number;
}

export interface DependencyItem {
  /** Determining attributes, named as in NdistinctItem; the last one is the dependent. */
  readonly attributes: readonly string[];
  readonly degree: number;
}

export interface McvItem {
  /** One value per dimension (columns by attnum, then expressions), as text; null for NULL. */
  readonly values: readonly (string | null)[];
  readonly frequency: number;
  readonly base_frequency: number;
}

/** One row of pg_statistic_ext_data. */
export interface ExtendedStatisticsData {
  readonly inherited: boolean;
  readonly ndistinct: readonly NdistinctItem[] | null;
  readonly dependencies: readonly DependencyItem[] | null;
  readonly mcv: readonly McvItem[] | null;
  /** One per expression, in order; null if ANALYZE left none. */
  readonly expressions: readonly (AttributeStatistics | null)[] | null;
}

export interface ExtendedStatistics {
  readonly schemaname: string;
  readonly statistics_name: string;
  /** pg_get_statisticsobjdef. */
  readonly definition: string;
  /** Columns in the order of stxkeys (attribute number). */
  readonly columns: readonly string[];
  /** Position among the statistics objects of its table in the order of production's OIDs, from 1. */
  readonly ordinal: number;
  /** Empty if never analyzed; two rows for partitioned tables and inheritance parents. */
  readonly data: readonly ExtendedStatisticsData[];
}

/** A table, partitioned table, materialized view, foreign table or sequence: one file of the snapshot. */
export interface RelationSnapshot {
  /** Path of the file it was read from; not written to the file. */
  readonly file?: string;
  readonly schemaname: string;
  readonly relname: string;
  /** pg_class.relkind: r, p, m, f or S. */
  readonly relkind: string;
  /** pg_class.relpersistence: p or u. */
  readonly relpersistence: string;
  /**
   * Current size of the main fork, pages of the server's block size; null if there is no file (p, f) or it is not read
   * (S).
   */
  readonly pages: number | null;
  readonly relpages: number;
  readonly reltuples: number;
  readonly relallvisible: number;
  /** From PostgreSQL 18; null before. */
  readonly relallfrozen: number | null;
  readonly relhassubclass: boolean;
  readonly reloptions: readonly string[];
  readonly tablespace: string | null;
  /** Parents (quoted, qualified names) and, for a partition, its bound. */
  readonly inherits: readonly string[];
  readonly partition_bound: string | null;
  readonly partition_key: string | null;
  /** Plain inheritance children (quoted, qualified names) in the order of production's OIDs. */
  readonly children: readonly string[];
  /** Number of dropped columns, which widen the source of an INSERT. */
  readonly dropped_columns: number;
  readonly columns: readonly ColumnDefinition[];
  readonly statistics: readonly ColumnStatistics[];
  readonly indexes: readonly IndexStatistics[];
  readonly extended_statistics: readonly ExtendedStatistics[];
}

/** Something that could not be read; marks a snapshot as partial. */
export interface Unreadable {
  /** Quoted, qualified name of the object. */
  readonly object: string;
  /** The missing part, such as `column statistics` or `range ends`. */
  readonly what: string;
  readonly reason: string;
  /** SQL that makes it readable. */
  readonly hint: string | null;
  /** True if plans cannot be exact without it, so that --allow-partial is needed. */
  readonly fatal: boolean;
}

export interface RoleSettings {
  /** null: all roles. */
  readonly role: string | null;
  /** True: in this database only; false: in every database. */
  readonly database: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/** Facts about one role that privileges and policies depend on. */
export interface RoleFacts {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassrls: boolean;
  readonly inherit: boolean;
  readonly member_of: readonly string[];
}

export interface SourceServer {
  /** server_version. */
  readonly version: string;
  readonly server_version_num: number;
  /** Machine of version(), such as `x86_64-pc-linux-gnu`. */
  readonly platform: string;
  readonly block_size: number;
  /** pg_control_system().system_identifier, text; null if not readable. */
  readonly system_identifier: string | null;
  readonly database: string;
  /** pg_encoding_to_char of the database. */
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  /** pg_database.datlocprovider: c, i, b; c before 15. */
  readonly locale_provider: string;
  /** daticulocale / datlocale. */
  readonly locale: string | null;
  /** daticurules (from PostgreSQL 16), if there are any. */
  readonly icu_rules?: string;
  readonly collation_version: string | null;
  /** Versions of the collations that columns and indexes use, by quoted, qualified name. */
  readonly collations: Readonly<Record<string, string | null>>;
  readonly extensions: readonly { readonly name: string; readonly schema: string; readonly version: string }[];
  readonly shared_preload_libraries: string;
  /** session_preload_libraries in sessions of the snapshot's role; absent if unknown. */
  readonly session_preload_libraries?: string;
}

/** How much of the planner inputs was read, and with which privileges. */
export interface Coverage {
  /**
   * How statistics were read: from catalogs and tables, through helper functions of a superuser or of the tables'
   * owner, or from the views that the role can see.
   */
  readonly reader: 'direct' | 'helpers' | 'owner' | 'views';
  /** Columns of analyzed tables that have rows, and how many of them statistics were read for. */
  readonly columns: { readonly all: number; readonly read: number };
  /** Valid indexes with a file, and how many of them have exact figures and range ends. */
  readonly indexes: { readonly all: number; readonly exact: number };
}

export interface Manifest {
  readonly formatVersion: typeof SNAPSHOT_FORMAT_VERSION;
  /** Version of regress that wrote it. */
  readonly regress: string;
  /** now() of the first transaction, ISO 8601 with microseconds and +00. */
  readonly capturedAt: string;
  /** now() of the last transaction: each relation was read at one moment between the two. Absent in older snapshots. */
  readonly capturedUntil?: string;
  readonly server: SourceServer;
  /** GUC_EXPLAIN settings and a few others that plans depend on; `reset_val` in the unit of pg_settings. */
  readonly settings: Readonly<Record<string, string>>;
  readonly role_settings: readonly RoleSettings[];
  /** The role the snapshot was taken as; absent in older snapshots. */
  readonly role?: string;
  /** Roles that own relations, have privileges on them or are named in policies; absent in older snapshots. */
  readonly roles?: readonly RoleFacts[];
  /**
   * Options of the tablespaces that relations live in, as `name=value`; the database's default tablespace is here under
   * its name too.
   */
  readonly tablespaces: Readonly<Record<string, readonly string[]>>;
  readonly default_tablespace: string;
  /** False if taken with --no-values. */
  readonly values: boolean;
  /** Number of read-only transactions, one after the other so that no lock is held for long; absent: one. */
  readonly transactions?: number;
  readonly unreadable: readonly Unreadable[];
  /** How much was read; absent in older snapshots. */
  readonly coverage?: Coverage;
  /** sha256 of plans.json, production's own plans; absent if they were not taken. */
  readonly plans?: string;
  /** sha256 of every relation file, by its path in the directory. */
  readonly files: Readonly<Record<string, string>>;
  /** sha256 of the files of the system catalogs; absent if they were not taken. */
  readonly catalogs?: Readonly<Record<string, string>>;
  /** sha256 over the manifest without `digest`, `capturedAt`, `capturedUntil`, `regress`, `transactions` and `plans`: equal for equal statistics. */
  readonly digest: string;
}

/** A snapshot opened for reading. Relations are read one at a time, to limit memory. */
export interface Snapshot {
  /** As the user named it. */
  readonly path: string;
  /** Only settings that a snapshot can hold, even if the file has others. */
  readonly manifest: Manifest;
  /** Settings in the file that no snapshot records; regress does not set them. Empty unless the file was edited. */
  readonly strangeSettings?: readonly StrangeSetting[];
  /** In the order of their paths. Throws RegressError `snapshot` when a file is missing, changed or malformed. */
  relations(): AsyncIterable<RelationSnapshot>;
  /** The system catalogs, as relations; empty if they were not taken. Throws as `relations` does. */
  catalogs(): AsyncIterable<RelationSnapshot>;
  /** Production's own plans; null if they were not taken. Throws as `relations` does. */
  plans(): Promise<readonly ProductionPlan[] | null>;
}

/** A setting in a manifest that regress does not write there. */
export interface StrangeSetting {
  readonly name: string;
  readonly value: string;
  /** null: all roles. */
  readonly role: string | null;
  /** The file that has it. */
  readonly file: string;
}

/** Major version of the server a snapshot was taken from. */
export function majorOf({ server }: { readonly server: Pick<SourceServer, 'server_version_num'> }): number {
  return Math.floor(server.server_version_num / 10000);
}
