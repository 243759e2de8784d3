import { IN_USER_SCHEMA, SYSTEM_CATALOG, slotName } from '../../catalog/index.ts';
import type { AttributeStatistics } from '../../model/statistics.ts';
import type { Connection, DatabaseError } from '../../postgres/index.ts';
import { attempt, batches, inBatches } from '../../postgres/index.ts';
import { argumentsOfSlot, argumentsOfSlots, SLOT_ARGUMENTS, type SlotArguments } from './function-arguments.ts';
import {
  clearExtendedStatistics,
  refuseExtendedStatistics,
  restoreExtendedStatistics,
} from './restore-extended-stats.ts';
import type { AttributeTarget, CatalogStrategy, ClassRow, StatisticsWriter } from './strategy.ts';

/** First major with a function that restores extended statistics. */
const EXTENDED_SINCE = 19;

const SLOT_NAMES = Object.keys(SLOT_ARGUMENTS) as (keyof typeof SLOT_ARGUMENTS)[];

const RESTORE_COLUMNS_SQL = `
SELECT r.ordinal, pg_catalog.pg_restore_attribute_stats(
    'schemaname', n.nspname::pg_catalog.text, 'relname', c.relname::pg_catalog.text, 'attnum', r.attnum,
    'inherited', r.inherited, 'null_frac', r.null_frac, 'avg_width', r.avg_width, 'n_distinct', r.n_distinct,
    ${SLOT_NAMES.map((name) => `'${name}', r.${name}::pg_catalog.${SLOT_ARGUMENTS[name]}`).join(',\n    ')}) AS taken
FROM pg_catalog.json_to_recordset($1) AS r(
  ordinal int4, starelid oid, attnum int2, inherited bool, null_frac float4, avg_width int4, n_distinct float4,
  ${SLOT_NAMES.map((name) => `${name} text`).join(', ')})
JOIN pg_catalog.pg_class c ON c.oid = r.starelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY r.ordinal`;

const RESTORE_CLASSES_SQL = `
SELECT pg_catalog.pg_restore_relation_stats(
  'schemaname', n.nspname::pg_catalog.text, 'relname', c.relname::pg_catalog.text, 'relpages', r.relpages,
  'reltuples', r.reltuples, 'relallvisible', r.relallvisible, 'relallfrozen', r.relallfrozen)
FROM pg_catalog.json_to_recordset($1) AS r(
  oid oid, relpages int4, reltuples float4, relallvisible int4, relallfrozen int4)
JOIN pg_catalog.pg_class c ON c.oid = r.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind <> 'S'`;

const clearColumnsSql = (scope: string): string => `
SELECT pg_catalog.pg_clear_attribute_stats(
  n.nspname::pg_catalog.text, c.relname::pg_catalog.text, a.attname::pg_catalog.text, kind.inherited)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
CROSS JOIN (VALUES (false), (true)) AS kind(inherited)
WHERE ${scope} AND (c.relkind IN ('r', 'p', 'm', 'f') OR i.indkey[a.attnum - 1] = 0)
  AND (c.relhassubclass OR NOT kind.inherited)`;

const CLEAR_CLASSES_SQL = `
SELECT pg_catalog.pg_clear_relation_stats(n.nspname::pg_catalog.text, c.relname::pg_catalog.text)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY ($1::pg_catalog.oid[])`;

/** Writes statistics with the server's functions, for a role with the MAINTAIN privilege on the tables. */
export function restoreFunctions(major: number): CatalogStrategy {
  const extended = major >= EXTENDED_SINCE;
  return {
    forget: async (connection) => {
      await connection.query(clearColumnsSql(IN_USER_SCHEMA));
      if (extended) await clearExtendedStatistics(connection);
    },
    forgetCatalogs: async (connection) => {
      await connection.query(clearColumnsSql(`${SYSTEM_CATALOG} AND NOT c.relisshared`));
    },
    writesSharedCatalogs: false,
    begin: async () => undefined,
    end: async () => undefined,
    writeColumns: restoreColumns,
    writeAcceptedSlots: restoreSlotBySlot,
    writeExtended: extended ? restoreExtendedStatistics : refuseExtendedStatistics,
    writeClasses: (connection, classes) => restoreClasses(connection, classes),
    forgetFigures: async (connection, oids) => {
      await connection.query(CLEAR_CLASSES_SQL, [oids]);
    },
  };
}

async function restoreClasses(connection: Connection, classes: readonly ClassRow[]): Promise<void> {
  await inBatches(connection, RESTORE_CLASSES_SQL, classes);
}

/** For a value that they do not accept, the functions give a warning, keep the other values, and return false. */
async function restoreColumns(
  writer: StatisticsWriter,
  targets: readonly AttributeTarget[],
): Promise<DatabaseError | null> {
  const rows = targets.map(({ statistics, ...target }, ordinal) =>
    rowOf(target, ordinal, statistics, argumentsOfSlots(statistics)),
  );
  let incomplete: number[] = [];
  const refusal = await attempt(writer.connection, async () => {
    incomplete = await send(writer.connection, rows);
  });
  if (refusal !== null) return refusal;
  for (const target of targets) reportForeignKinds(writer, target);
  for (const ordinal of incomplete) {
    const { object } = targets[ordinal] as AttributeTarget;
    const message = await warningsOf(writer.connection, rows[ordinal] as object);
    writer.journal.refused.push({ object, what: 'part of the statistics', message });
  }
  return null;
}

/** Sends each slot alone: an error, unlike a warning, loses all slots that were sent with it. */
async function restoreSlotBySlot(writer: StatisticsWriter, target: AttributeTarget): Promise<void> {
  const { connection, journal } = writer;
  const { object, statistics } = target;
  const restore = (slot: SlotArguments) =>
    attempt(connection, () => send(connection, [rowOf(target, 0, statistics, slot)]));
  const refusal = await restore({});
  if (refusal !== null) {
    journal.refused.push({ object, what: 'statistics', message: refusal.message });
    return;
  }
  journal.counts.columns += 1;
  reportForeignKinds(writer, target);
  for (const slot of statistics.slots) {
    const refused = await restore(argumentsOfSlot(slot) ?? {});
    if (refused !== null) journal.refused.push({ object, what: slotName(slot), message: refused.message });
  }
}

function reportForeignKinds({ journal }: StatisticsWriter, { object, statistics }: AttributeTarget): void {
  for (const slot of statistics.slots.filter((each) => argumentsOfSlot(each) === null)) {
    const message = 'pg_restore_attribute_stats() does not accept this kind; a superuser can restore it';
    journal.refused.push({ object, what: slotName(slot), message });
  }
}

function rowOf(
  { starelid, staattnum, stainherit }: Pick<AttributeTarget, 'starelid' | 'staattnum' | 'stainherit'>,
  ordinal: number,
  { null_frac, avg_width, n_distinct }: AttributeStatistics,
  slots: SlotArguments,
): object {
  return { ordinal, starelid, attnum: staattnum, inherited: stainherit, null_frac, avg_width, n_distinct, ...slots };
}

/** Returns the ordinals of rows that the server did not accept completely. */
async function send(connection: Connection, rows: readonly object[]): Promise<number[]> {
  const incomplete: number[] = [];
  for (const batch of batches(rows)) {
    const results = await connection.query<{ ordinal: number; taken: boolean }>(RESTORE_COLUMNS_SQL, [
      JSON.stringify(batch),
    ]);
    incomplete.push(...results.filter(({ taken }) => !taken).map(({ ordinal }) => ordinal));
  }
  return incomplete;
}

/** Sends one row again and returns the server's warnings. */
async function warningsOf(connection: Connection, row: object): Promise<string> {
  connection.notices();
  await send(connection, [row]);
  return connection.notices().join('; ');
}
