/**
 * The snapshot of one database: everything its planner reads. Names are PostgreSQL's own. No OIDs, and no timestamps
 * but the manifest's, so that git shows one changed statistic as one changed line. Values of type anyarray or float4[]
 * stay PostgreSQL's array text. An object name is unquoted if it stands alone. Inside a longer text it is quoted and
 * schema-qualified, as regclass, regtype, regoperator or regcollation print it under an empty search_path.
 */

import type { Manifest, StrangeSetting } from './manifest.ts';
import type { ProductionPlan } from './plans/production-plan.ts';
import type { ColumnStatistics, ExtendedStatistics, IndexColumnStatistics } from './statistics.ts';

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
