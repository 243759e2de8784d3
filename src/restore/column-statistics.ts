import type { AttributeStatistics } from '../model/snapshot.ts';
import type { Connection } from '../postgres/index.ts';
import type { Journal } from './report.ts';
import { inBatches } from './rows.ts';
import { attempt, probe } from './savepoint.ts';
import { STATISTIC_RECORD, STATISTIC_VALUES, slotName, statisticRow } from './statistic-rows.ts';

/** Statistics of one column of a relation or an index of the target. */
export interface AttributeTarget {
  /** Qualified name of the column, for the report. */
  readonly object: string;
  readonly starelid: number;
  readonly staattnum: number;
  readonly stainherit: boolean;
  readonly statistics: AttributeStatistics;
}

const INSERT_STATISTICS_SQL = `
INSERT INTO pg_catalog.pg_statistic
SELECT r.starelid, r.staattnum, r.stainherit,
  ${STATISTIC_VALUES}
FROM pg_catalog.json_to_recordset($1) AS r(
  ${STATISTIC_RECORD})`;

const PROBE_SLOT_SQL = `
SELECT ${STATISTIC_VALUES}
FROM pg_catalog.json_to_recordset($1) AS r(
  ${STATISTIC_RECORD})`;

/** How statistics are written: the server, the base types of its domains, and where refusals are noted. */
export interface StatisticsWriter {
  readonly connection: Connection;
  readonly domains: ReadonlyMap<string, string>;
  readonly journal: Journal;
}

/** Writes the pg_statistic rows of a relation and its indexes at once; when the server refuses that, row by row. */
export async function writeColumnStatistics(
  writer: StatisticsWriter,
  targets: readonly AttributeTarget[],
): Promise<void> {
  const { connection, domains, journal } = writer;
  if (targets.length === 0) return;
  const rows = targets.map((target) => pgStatisticRow(target, domains));
  if ((await attempt(connection, () => inBatches(connection, INSERT_STATISTICS_SQL, rows))) === null) {
    journal.counts.columns += targets.length;
    return;
  }
  for (const target of targets) await writeOne(writer, target);
}

/** A refused value costs its slot: the row is written with the slots that are accepted. */
async function writeOne(writer: StatisticsWriter, target: AttributeTarget): Promise<void> {
  const { connection, domains, journal } = writer;
  const insert = (statistics: AttributeStatistics) =>
    attempt(connection, () =>
      inBatches(connection, INSERT_STATISTICS_SQL, [pgStatisticRow({ ...target, statistics }, domains)]),
    );
  let refusal = await insert(target.statistics);
  if (refusal !== null) refusal = await insert(await acceptedStatistics(writer, target.object, target.statistics));
  if (refusal === null) journal.counts.columns += 1;
  else journal.refused.push({ object: target.object, what: 'statistics', message: refusal.message });
}

/** The statistics without the slots the server refuses, each of which is noted. */
export async function acceptedStatistics(
  { connection, domains, journal }: StatisticsWriter,
  object: string,
  statistics: AttributeStatistics,
): Promise<AttributeStatistics> {
  const accepted = [];
  for (const slot of statistics.slots) {
    const row = statisticRow({ ...statistics, slots: [slot] }, domains);
    const refusal = await probe(connection, () => inBatches(connection, PROBE_SLOT_SQL, [row]));
    if (refusal === null) accepted.push(slot);
    else journal.refused.push({ object, what: slotName(slot), message: refusal.message });
  }
  return { ...statistics, slots: accepted };
}

function pgStatisticRow(target: AttributeTarget, domains: ReadonlyMap<string, string>): object {
  const { starelid, staattnum, stainherit, statistics } = target;
  return { starelid, staattnum, stainherit, ...statisticRow(statistics, domains) };
}
