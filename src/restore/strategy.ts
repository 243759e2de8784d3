import { RegressError } from '../model/errors.ts';
import type { ExtendedStatistics } from '../model/snapshot.ts';
import type { Connection, DatabaseError } from '../postgres/index.ts';
import type { TargetStatisticsObject } from './catalog.ts';
import { writtenCatalogs } from './catalog-rows.ts';
import type { AttributeTarget, StatisticsWriter } from './column-statistics.ts';
import type { ClassRow } from './facts.ts';
import type { TargetIdentity } from './identity.ts';
import { restoreFunctions } from './restore-functions.ts';

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

/** Since then a server has functions that restore statistics, for whoever may maintain a table. */
const FUNCTIONS_SINCE = 18;

/**
 * A superuser writes the catalogs, which holds every statistic there is; from 18 on others have the server's functions,
 * which from 19 on take extended statistics too. Throws RegressError `privilege` for others before 18.
 */
export function strategyFor({ major, superuser, role }: TargetIdentity): CatalogStrategy {
  if (superuser) return writtenCatalogs(major);
  if (major >= FUNCTIONS_SINCE) return restoreFunctions(major);
  throw new RegressError('privilege', `role ${role} is not a superuser of the target`, {
    detail: `Before PostgreSQL ${FUNCTIONS_SINCE} only a superuser may write statistics.`,
    hint: 'Connect as a superuser of the target, such as postgres.',
  });
}
