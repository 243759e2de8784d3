import { slotName } from '../../catalog/index.ts';
import type { AttributeStatistics } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';
import type { AttributeTarget } from '../catalogs/strategy.ts';
import type { Journal } from '../journal.ts';
import type { SlotCatalog } from './slot-facts.ts';
import { companyMistake, slotMistake } from './slot-rules.ts';
import type { SlotFacts } from './slot-types.ts';

/**
 * The type that ANALYZE gives the values of a column; of an expression in an index that of the expression, which is not
 * the one the index stores where the operator class has a storage type (examine_attribute, analyze.c).
 */
const ATTRIBUTES_SQL = `
SELECT w.place, a.atttypid AS type,
  CASE WHEN o.opckeytype <> 0 AND i.indkey[a.attnum - 1] = 0 THEN pg_catalog.format('SELECT %s FROM ONLY %s',
    pg_catalog.pg_get_indexdef(i.indexrelid, a.attnum, false), i.indrelid::pg_catalog.regclass) END AS described
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int2[]))
  WITH ORDINALITY AS w (relid, attnum, place)
JOIN pg_catalog.pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = a.attrelid
LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[a.attnum - 1]
ORDER BY w.place`;

interface AttributeRow {
  /** From 1; int8, so text. */
  readonly place: string;
  readonly type: number;
  readonly described: string | null;
}

interface Prover {
  readonly connection: Connection;
  readonly slots: SlotCatalog;
  readonly journal: Journal;
}

/**
 * The statistics that ANALYZE can have written for these columns; a slot that it cannot have written is left out and noted.
 * A row whose column is not there is left out too.
 */
export async function provenTargets(prover: Prover, targets: readonly AttributeTarget[]): Promise<AttributeTarget[]> {
  const { connection, slots, journal } = prover;
  const rows = await connection.query<AttributeRow>(ATTRIBUTES_SQL, [
    targets.map(({ starelid }) => starelid),
    targets.map(({ staattnum }) => staattnum),
  ]);
  const types = new Map<number, number>();
  for (const { place, type, described } of rows) {
    types.set(Number(place) - 1, described === null ? type : ((await connection.resultTypes(described))[0] ?? type));
  }
  await slots.learn(
    [...types.values()],
    targets.map(({ statistics }) => statistics),
  );
  return targets.flatMap((target, place) => {
    const facts = slots.factsFor(types.get(place) ?? 0);
    const { object, origin, statistics } = target;
    if (facts === undefined) {
      journal.refused.push({ object, origin, what: 'statistics', message: 'the target has no such column' });
      return [];
    }
    return [{ ...target, statistics: provenSlots(journal, { object, origin }, statistics, facts) }];
  });
}

/** The statistics without the slots that do not fit, each of which is noted. */
export function provenSlots(
  journal: Journal,
  about: Pick<AttributeTarget, 'object' | 'origin'>,
  statistics: AttributeStatistics,
  facts: SlotFacts,
): AttributeStatistics {
  const kinds = new Set<number>();
  const slots = statistics.slots.filter((slot) => {
    const message = kinds.has(slot.stakind)
      ? 'another slot is of the same kind'
      : (slotMistake(slot, facts) ?? companyMistake(slot, statistics.slots));
    kinds.add(slot.stakind);
    if (message !== null) journal.refused.push({ ...about, what: slotName(slot), message });
    return message === null;
  });
  return slots.length === statistics.slots.length ? statistics : { ...statistics, slots };
}
