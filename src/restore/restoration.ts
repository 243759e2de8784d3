import type { TargetCatalog } from '../catalog/index.ts';
import type { IndexStatistics } from '../model/snapshot.ts';
import type { StatisticsQueue } from './catalogs/column-statistics.ts';
import type { StatisticsWriter } from './catalogs/strategy.ts';
import type { Facts } from './side-data/facts.ts';

/** Which objects of the target the snapshot has, as far as its relations were restored. */
export interface Found {
  /** OIDs of the relations, indexes and statistics objects the snapshot knows. */
  readonly known: Set<number>;
  /** Indexes of the target, by OID, of which the snapshot has one of another definition under the same name. */
  readonly changed: Map<number, IndexStatistics>;
  /** Indexes of the snapshot that have range ends, by the target's OID of their table. */
  readonly ranges: Map<number, IndexStatistics[]>;
  /** Parents of the snapshot's partitions and inheritance children, see driftOf. */
  readonly parents: Map<string, readonly string[]>;
}

/** One restore: the target's objects, how they are written, and what was found so far. */
export interface Restoration {
  readonly writer: StatisticsWriter;
  readonly catalog: TargetCatalog;
  readonly facts: Facts;
  readonly queue: StatisticsQueue;
  readonly found: Found;
}
