import type { AttributeStatistics, StatisticsSlot } from '../../model/statistics.ts';

/** Arguments of pg_restore_attribute_stats() that come from slots, with their types. Names are those of pg_stats. */
export const SLOT_ARGUMENTS = {
  most_common_vals: 'text',
  most_common_freqs: 'float4[]',
  histogram_bounds: 'text',
  correlation: 'float4',
  most_common_elems: 'text',
  most_common_elem_freqs: 'float4[]',
  elem_count_histogram: 'float4[]',
  range_length_histogram: 'text',
  range_empty_frac: 'float4',
  range_bounds_histogram: 'text',
} as const;

type SlotArgument = keyof typeof SLOT_ARGUMENTS;

/** Arguments by name, as text. */
export type SlotArguments = { readonly [Name in SlotArgument]?: string | null };

/** Arguments that the parts of a slot become, by its kind (pg_statistic.h). An extension's kind has none. */
const ARGUMENTS_OF_KIND: Readonly<Record<number, (slot: StatisticsSlot) => SlotArguments>> = {
  1: ({ stavalues, stanumbers }) => ({ most_common_vals: stavalues, most_common_freqs: stanumbers }),
  2: ({ stavalues }) => ({ histogram_bounds: stavalues }),
  3: ({ stanumbers }) => ({ correlation: onlyNumber(stanumbers) }),
  4: ({ stavalues, stanumbers }) => ({ most_common_elems: stavalues, most_common_elem_freqs: stanumbers }),
  5: ({ stanumbers }) => ({ elem_count_histogram: stanumbers }),
  6: ({ stavalues, stanumbers }) => ({ range_length_histogram: stavalues, range_empty_frac: onlyNumber(stanumbers) }),
  7: ({ stavalues }) => ({ range_bounds_histogram: stavalues }),
};

/** The arguments of a slot; null for a kind that the server's functions do not accept. */
export function argumentsOfSlot(slot: StatisticsSlot): SlotArguments | null {
  return ARGUMENTS_OF_KIND[slot.stakind]?.(slot) ?? null;
}

/** The arguments of all slots together. */
export function argumentsOfSlots({ slots }: AttributeStatistics): SlotArguments {
  return Object.assign({}, ...slots.map(argumentsOfSlot));
}

/** The only element of a float4[] text. */
function onlyNumber(array: string | null): string | null {
  return array?.slice(1, -1) ?? null;
}
