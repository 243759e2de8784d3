import { slotName } from '../../catalog/index.ts';
import type { AttributeStatistics, StatisticsSlot } from '../../model/statistics.ts';

/** Types whose values have the same text and order. Each type has its own operators. */
const NUMBERS = ['smallint', 'integer', 'bigint', 'numeric'];
/** Types that the operators of text compare. */
const STRINGS = ['text', 'character varying'];

/** Statistics of a column that has another type in the target. */
export interface Retyped {
  readonly statistics: AttributeStatistics;
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/**
 * Keeps the statistics of a column that still hold for its new type: null_frac and n_distinct, and the values if both
 * types have the same text and order. `length` is the new type's typlen, -1 if it varies.
 */
export function convertStatistics(statistics: AttributeStatistics, from: string, to: string, length: number): Retyped {
  const convert = conversionOf(base(from), base(to));
  const slots = convert === null ? [] : statistics.slots.map(convert);
  const names = statistics.slots.map(slotName);
  return {
    statistics: { ...statistics, avg_width: length > 0 ? length : statistics.avg_width, slots },
    kept: ['null_frac', 'n_distinct', ...(convert === null ? [] : names)],
    dropped: convert === null ? names : [],
  };
}

/** A type without its modifier, such as the `(20)` of varchar(20). */
function base(type: string): string {
  return type.replace(/\(\d+(?:,-?\d+)?\)/, '');
}

/** True if values of one type have the same text and order in the other. */
export function isSameFamily(from: string, to: string): boolean {
  return conversionOf(base(from), base(to)) !== null;
}

function conversionOf(from: string, to: string): ((slot: StatisticsSlot) => StatisticsSlot) | null {
  if (STRINGS.includes(from) && STRINGS.includes(to)) return (slot) => withElements(slot, from, to);
  if (!NUMBERS.includes(from) || !NUMBERS.includes(to)) return null;
  return (slot) => ({ ...withElements(slot, from, to), staop: slot.staop?.replaceAll(from, to) ?? null });
}

function withElements(slot: StatisticsSlot, from: string, to: string): StatisticsSlot {
  return { ...slot, elemtype: slot.elemtype === from ? to : slot.elemtype };
}
