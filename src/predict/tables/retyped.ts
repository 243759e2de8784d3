import { slotName } from '../../catalog/index.ts';
import type { AttributeStatistics, StatisticsSlot } from '../../model/snapshot.ts';

/** Types whose values have the same text and the same order; the operators of each are its own. */
const NUMBERS = ['smallint', 'integer', 'bigint', 'numeric'];
/** Both are compared by the operators of text. */
const STRINGS = ['text', 'character varying'];

/** Statistics of a column that is of another type in the target. */
export interface Retyped {
  readonly statistics: AttributeStatistics;
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/**
 * What of a column's statistics still makes sense when its type is another one: how many of the values are null and how
 * many differ, and within one family of types the values too. `length` is the new type's typlen, -1 where it varies.
 */
export function retypedStatistics(statistics: AttributeStatistics, from: string, to: string, length: number): Retyped {
  const convert = conversionOf(base(from), base(to));
  const slots = convert === null ? [] : statistics.slots.map(convert);
  const names = statistics.slots.map(slotName);
  return {
    statistics: { ...statistics, avg_width: length > 0 ? length : statistics.avg_width, slots },
    kept: ['null_frac', 'n_distinct', ...(convert === null ? [] : names)],
    dropped: convert === null ? names : [],
  };
}

/** A type without its modifier, as in varchar(20). */
function base(type: string): string {
  return type.replace(/\(\d+(?:,-?\d+)?\)/, '');
}

/** True where values of one type have the same text and order in the other. */
export function isConvertible(from: string, to: string): boolean {
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
