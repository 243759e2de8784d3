import type { TargetStatisticsObject } from '../../catalog/index.ts';
import type { AttributeStatistics, ExtendedStatistics } from '../../model/statistics.ts';
import type { Connection, DatabaseError } from '../../postgres/index.ts';
import type { Journal, Origin } from '../journal.ts';
import type { SlotCatalog } from '../proofs/slot-facts.ts';

/** A way to write statistics into a server's catalogs. The writer's journal gets everything that the server refuses. */
export interface CatalogStrategy {
  /** Removes the statistics of all user relations, also those that a restore did not write. */
  forget(connection: Connection): Promise<void>;
  /** Removes the statistics of the system catalogs that it can write. */
  forgetCatalogs(connection: Connection): Promise<void>;
  /** True if it can also write statistics of catalogs that all databases share. */
  readonly writesSharedCatalogs: boolean;
  /** `begin` runs before statistics are written, `end` afterwards. */
  begin(connection: Connection): Promise<void>;
  end(connection: Connection): Promise<void>;
  /** Writes all rows of pg_statistic, or none and returns the server's error. */
  writeColumns(writer: StatisticsWriter, targets: readonly AttributeTarget[]): Promise<DatabaseError | null>;
  /** Writes one row that was refused, without the slots that cause the error. */
  writeAcceptedSlots(writer: StatisticsWriter, target: AttributeTarget): Promise<void>;
  /** Writes the data of a statistics object that has the same definition in target and snapshot. */
  writeExtended(
    writer: StatisticsWriter,
    statistics: ExtendedStatistics,
    target: TargetStatisticsObject,
  ): Promise<void>;
  /** Writes figures into pg_class. */
  writeClasses(connection: Connection, classes: readonly ClassRow[]): Promise<void>;
  /** Resets figures in pg_class to those after CREATE TABLE. */
  forgetFigures(connection: Connection, oids: readonly number[]): Promise<void>;
}

/** Statistics for one column of a relation or index of the target. */
export interface AttributeTarget {
  /** Qualified name of the column, for the report. */
  readonly object: string;
  readonly origin: Origin;
  readonly starelid: number;
  readonly staattnum: number;
  readonly stainherit: boolean;
  readonly statistics: AttributeStatistics;
}

/** Tools that write statistics. */
export interface StatisticsWriter {
  readonly connection: Connection;
  readonly strategy: CatalogStrategy;
  /** Base types by the name of a domain. */
  readonly domains: ReadonlyMap<string, string>;
  /** Facts about types, operators and collations, to check slots before they are written. */
  readonly slots: SlotCatalog;
  readonly journal: Journal;
}

/** Figures for the pg_class row of one relation or index. */
export interface ClassRow {
  readonly oid: number;
  readonly relpages: number;
  readonly reltuples: number;
  readonly relallvisible: number;
  readonly relallfrozen: number | null;
  readonly relhassubclass: boolean;
}
