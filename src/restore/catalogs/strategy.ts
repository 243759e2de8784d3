import type { TargetStatisticsObject } from '../../catalog/index.ts';
import type { AttributeStatistics, ExtendedStatistics } from '../../model/statistics.ts';
import type { Connection, DatabaseError } from '../../postgres/index.ts';
import type { Journal, Origin } from '../journal.ts';
import type { SlotCatalog } from '../proofs/slot-facts.ts';

/** How statistics get into the catalogs of a server. What it will not take is noted in the journal of the writer. */
export interface CatalogStrategy {
  /** Removes the statistics of all user relations, whoever wrote them. */
  forget(connection: Connection): Promise<void>;
  /** Removes the statistics of the system catalogs, as far as it writes them. */
  forgetCatalogs(connection: Connection): Promise<void>;
  /** Also of the catalogs that all databases share, in this database. */
  readonly writesSharedCatalogs: boolean;
  /** Surrounds the writing of statistics. */
  begin(connection: Connection): Promise<void>;
  end(connection: Connection): Promise<void>;
  /** Rows of pg_statistic, all of them or, with the server's error as the result, none. */
  writeColumns(writer: StatisticsWriter, targets: readonly AttributeTarget[]): Promise<DatabaseError | null>;
  /** One row that was refused: a refused value costs its slot. */
  writeAcceptedSlots(writer: StatisticsWriter, target: AttributeTarget): Promise<void>;
  /** The data of a statistics object whose definition in the target is the snapshot's. */
  writeExtended(
    writer: StatisticsWriter,
    statistics: ExtendedStatistics,
    target: TargetStatisticsObject,
  ): Promise<void>;
  /** Figures in pg_class. */
  writeClasses(connection: Connection, classes: readonly ClassRow[]): Promise<void>;
  /** Figures in pg_class as after CREATE TABLE. */
  forgetFigures(connection: Connection, oids: readonly number[]): Promise<void>;
}

/** Statistics of one column of a relation or an index of the target. */
export interface AttributeTarget {
  /** Qualified name of the column, for the report. */
  readonly object: string;
  readonly origin: Origin;
  readonly starelid: number;
  readonly staattnum: number;
  readonly stainherit: boolean;
  readonly statistics: AttributeStatistics;
}

/** How statistics are written: the server and its way, the base types of its domains, and where refusals are noted. */
export interface StatisticsWriter {
  readonly connection: Connection;
  readonly strategy: CatalogStrategy;
  readonly domains: ReadonlyMap<string, string>;
  /** What slots are proven by before they are written. */
  readonly slots: SlotCatalog;
  readonly journal: Journal;
}

/** Figures of one relation or index for pg_class. */
export interface ClassRow {
  readonly oid: number;
  readonly relpages: number;
  readonly reltuples: number;
  readonly relallvisible: number;
  readonly relallfrozen: number | null;
  readonly relhassubclass: boolean;
}
