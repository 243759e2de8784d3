import type { AttributeStatistics } from '../../model/snapshot.ts';

/** A row of pg_statistic has this many slots (STATISTIC_NUM_SLOTS, src/include/catalog/pg_statistic.h). */
const SLOTS = [1, 2, 3, 4, 5] as const;

/** One row of pg_statistic as sent to the server; JSON for json_to_recordset. */
export type StatisticRow = Readonly<Record<string, string | number | boolean | null>>;

/** The columns of pg_statistic after starelid, staattnum and stainherit, from a record `r` of STATISTIC_RECORD. */
export const STATISTIC_VALUES = [
  'r.stanullfrac, r.stawidth, r.stadistinct',
  ...SLOTS.map((n) => `COALESCE(r.stakind${n}, 0)`),
  ...SLOTS.map((n) => `COALESCE(r.staop${n}::pg_catalog.regoperator::pg_catalog.oid, 0)`),
  ...SLOTS.map((n) => `COALESCE(r.stacoll${n}::pg_catalog.regcollation::pg_catalog.oid, 0)`),
  ...SLOTS.map((n) => `r.stanumbers${n}::pg_catalog.float4[]`),
  ...SLOTS.map((n) => arrayIn(`r.stavalues${n}`, `r.elemtype${n}`)),
].join(',\n  ');

/** The definition list that goes with STATISTIC_VALUES. */
export const STATISTIC_RECORD = [
  'ordinal int4, starelid oid, staattnum int2, stainherit bool, stanullfrac float4, stawidth int4, stadistinct float4',
  ...SLOTS.map(
    (n) =>
      `stakind${n} int2, staop${n} text, stacoll${n} text, stanumbers${n} text, stavalues${n} text, elemtype${n} text`,
  ),
].join(',\n  ');

/** An anyarray from its text: what no cast does, the input function with an element type does. */
function arrayIn(text: string, elemtype: string): string {
  return `pg_catalog.array_in(pg_catalog.textout(${text}), ${elemtype}::pg_catalog.regtype::pg_catalog.oid, -1)`;
}

/**
 * The part of a pg_statistic row that statistics fill. Elements of a domain are stored as its base type: the planner
 * sees the same bytes, and a value that is older than a constraint of the domain is not refused.
 */
export function statisticRow(statistics: AttributeStatistics, domains: ReadonlyMap<string, string>): StatisticRow {
  const row: Record<string, string | number | boolean | null> = {
    stanullfrac: statistics.null_frac,
    stawidth: statistics.avg_width,
    stadistinct: statistics.n_distinct,
  };
  for (const [at, slot] of statistics.slots.entries()) {
    const n = at + 1;
    row[`stakind${n}`] = slot.stakind;
    row[`staop${n}`] = slot.staop;
    row[`stacoll${n}`] = slot.stacoll;
    row[`stanumbers${n}`] = slot.stanumbers;
    row[`stavalues${n}`] = slot.stavalues;
    row[`elemtype${n}`] = slot.elemtype === null ? null : (domains.get(slot.elemtype) ?? slot.elemtype);
  }
  return row;
}
