import type { TargetCatalog } from '../catalog/index.ts';
import type { IndexStatistics } from '../model/snapshot.ts';
import type { StatisticsQueue } from './catalogs/column-statistics.ts';
import type { StatisticsWriter } from './catalogs/strategy.ts';
import type { Facts } from './side-data/facts.ts';

/** Which objects of the target are in the snapshot, among the relations restored so far. */
export interface Found {
  /** OIDs of the target's relations, indexes and statistics objects that the snapshot knows. */
  readonly known: Set<number>;
  /** By OID of a target's index: the snapshot's index of the same name but with another definition. */
  readonly changed: Map<number, IndexStatistics>;
  /** Indexes of the snapshot that have range ends, by their table's OID in the target. */
  readonly ranges: Map<number, IndexStatistics[]>;
  /** Parents of the snapshot's partitions and inheritance children, by `schema.name`; see driftOf. */
  readonly parents: Map<string, readonly string[]>;
}

/** State of one restore: the target's objects, how to write them, and what was found so far. */
export interface Restoration {
  readonly writer: StatisticsWriter;
  readonly catalog: TargetCatalog;
  readonly facts: Facts;
  readonly queue: StatisticsQueue;
  readonly found: Found;
}
