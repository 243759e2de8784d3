import type { TargetCatalog, TargetIndex, TargetRelation } from '../catalog/index.ts';
import type { GinMetapage, IndexStatistics, RelationSnapshot } from '../model/snapshot.ts';

/** The target's objects, and which of them production has. */
export interface TargetObjects {
  readonly catalog: TargetCatalog;
  /** OIDs of the target's relations, indexes and statistics objects that the snapshot knows. */
  readonly known: ReadonlySet<number>;
}

/** An index that production would have with the branch's schema. */
export interface PredictedIndex {
  readonly target: TargetIndex;
  /** Has the target's names. */
  readonly index: IndexStatistics;
}

/** A table that production would have with the branch's schema. It gets the statistics of another table. */
export interface PredictedTable {
  readonly target: TargetRelation;
  /** Has the target's names, and statistics only of columns that the target has. */
  readonly relation: RelationSnapshot;
  readonly indexes: readonly PredictedIndex[];
  /** Sentences that explain the estimate, see SizeEstimate. */
  readonly basis: readonly string[];
}

/** A table that has an expected size but no statistics. */
export interface SizedTable {
  readonly oid: number;
  /** Pages of 8 kB. */
  readonly pages: number;
  readonly rows: number;
  /** Sentences that explain the estimate, see SizeEstimate. */
  readonly basis: readonly string[];
}

/** Figures that a model computes for an index that only the target has. */
export interface IndexFigures {
  readonly pages: number;
  readonly tuples: number;
  readonly tree_height: number | null;
  readonly brin_revmap_pages: number | null;
  readonly gin: GinMetapage | null;
  readonly range_min: string | null;
  readonly range_max: string | null;
  /** Sentences that explain the estimate, see SizeEstimate. */
  readonly basis: readonly string[];
}

/** Facts about the tables of new indexes, by the table's OID in the target. */
export interface KnownTables {
  /** Pages of 8 kB. */
  readonly pages: ReadonlyMap<number, number>;
  /** Indexes of the snapshot that have range ends. */
  readonly ranges: ReadonlyMap<number, readonly IndexStatistics[]>;
}
