import type { TargetCatalog, TargetIndex, TargetRelation } from '../catalog/index.ts';
import type { GinMetapage, IndexStatistics, RelationSnapshot } from '../model/snapshot.ts';

/** The target's objects and which of them production has. */
export interface TargetObjects {
  readonly catalog: TargetCatalog;
  /** OIDs of the relations, indexes and statistics objects the snapshot knows. */
  readonly known: ReadonlySet<number>;
}

/** An index that production would have. */
export interface PredictedIndex {
  readonly target: TargetIndex;
  /** Under the target's names. */
  readonly index: IndexStatistics;
}

/** A table that production would have, with the statistics of another one. */
export interface PredictedTable {
  readonly target: TargetRelation;
  /** Under the target's names, with statistics of columns that the target has. */
  readonly relation: RelationSnapshot;
  readonly indexes: readonly PredictedIndex[];
  /** Sentences, see SizeEstimate. */
  readonly basis: readonly string[];
}

/** A table without statistics, of which only the size is known. */
export interface SizedTable {
  readonly oid: number;
  /** Pages of 8 kB. */
  readonly pages: number;
  readonly rows: number;
  /** Sentences, see SizeEstimate. */
  readonly basis: readonly string[];
}

/** Figures of an index that only the target has, as a model computes them. */
export interface IndexFigures {
  readonly pages: number;
  readonly tuples: number;
  readonly tree_height: number | null;
  readonly brin_revmap_pages: number | null;
  readonly gin: GinMetapage | null;
  readonly range_min: string | null;
  readonly range_max: string | null;
  /** Sentences, see SizeEstimate. */
  readonly basis: readonly string[];
}

/** What the models need of the tables of new indexes, by the target's OID of the table. */
export interface KnownTables {
  /** Pages of 8 kB. */
  readonly pages: ReadonlyMap<number, number>;
  /** Indexes of the snapshot that have range ends. */
  readonly ranges: ReadonlyMap<number, readonly IndexStatistics[]>;
}
