import { slotName } from '../../catalog/index.ts';
import type { AttributeStatistics } from '../../model/snapshot.ts';
import type { DatabaseError } from '../../postgres/index.ts';
import { attempt, inBatches, probe } from '../../postgres/index.ts';
import { provenTargets } from '../proofs/prove-statistics.ts';
import { STATISTIC_RECORD, STATISTIC_VALUES, statisticRow } from './statistic-rows.ts';
import type { AttributeTarget, StatisticsWriter } from './strategy.ts';

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

/** Rows of pg_statistic that are written many at a time. */
export interface StatisticsQueue {
  add(targets: readonly AttributeTarget[]): Promise<void>;
  /** Writes what is left. */
  flush(): Promise<void>;
}

/** So many rows or characters of values wait at most: few round trips, and memory that does not grow with the database. */
const QUEUED_ROWS = 500;
const QUEUED_CHARACTERS = 8_000_000;

/** A queue in front of pg_statistic. What ANALYZE cannot have written, or the server refuses, is noted, and costs nothing but itself. */
export function statisticsQueue(writer: StatisticsWriter): StatisticsQueue {
  let queued: AttributeTarget[] = [];
  let characters = 0;
  const flush = async () => {
    const targets = queued;
    queued = [];
    characters = 0;
    if (targets.length > 0) await writeStatistics(writer, await provenTargets(writer, targets));
  };
  return {
    add: async (targets) => {
      queued.push(...targets);
      for (const { statistics } of targets) characters += lengthOf(statistics);
      if (queued.length >= QUEUED_ROWS || characters >= QUEUED_CHARACTERS) await flush();
    },
    flush,
  };
}

function lengthOf({ slots }: AttributeStatistics): number {
  return slots.reduce((sum, slot) => sum + (slot.stavalues?.length ?? 0) + (slot.stanumbers?.length ?? 0), 0);
}

/** Writes all rows at once; when the server refuses that, each half apart, down to the row it refuses. */
async function writeStatistics(writer: StatisticsWriter, targets: readonly AttributeTarget[]): Promise<void> {
  if (targets.length === 0) return;
  const refusal = await writer.strategy.writeColumns(writer, targets);
  if (refusal === null) writer.journal.counts.columns += targets.length;
  else if (targets.length === 1) await writer.strategy.writeAcceptedSlots(writer, targets[0] as AttributeTarget);
  else {
    const middle = Math.ceil(targets.length / 2);
    await writeStatistics(writer, targets.slice(0, middle));
    await writeStatistics(writer, targets.slice(middle));
  }
}

/** A refused value costs its slot: the row is written with the slots that are accepted. */
export async function writeAcceptedSlots(writer: StatisticsWriter, target: AttributeTarget): Promise<void> {
  const statistics = await acceptedStatistics(writer, target.object, target.statistics);
  const refusal = await insertStatistics(writer, [{ ...target, statistics }]);
  if (refusal === null) writer.journal.counts.columns += 1;
  else writer.journal.refused.push({ object: target.object, what: 'statistics', message: refusal.message });
}

/** Inserts rows into pg_statistic, all of them or, with the server's error as the result, none. */
export function insertStatistics(
  { connection, domains }: StatisticsWriter,
  targets: readonly AttributeTarget[],
): Promise<DatabaseError | null> {
  const rows = targets.map(({ starelid, staattnum, stainherit, statistics }) => {
    return { starelid, staattnum, stainherit, ...statisticRow(statistics, domains) };
  });
  return attempt(connection, () => inBatches(connection, INSERT_STATISTICS_SQL, rows));
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
