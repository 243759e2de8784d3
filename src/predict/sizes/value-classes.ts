import { type StoredColumn, type TupleStates, type WidthShare, withColumn } from './tuple-sizes.ts';

/**
 * Values of a column that are about equally frequent. The classes of a column describe the distribution of its rows:
 * one class for each most common value, one for the other values, one for NULL.
 */
export interface ValueClass {
  /** Share of the rows, 0 to 1. */
  readonly share: number;
  /** Number of values that these rows are drawn from. For a unique key it is far above the number of rows (UNIQUE). */
  readonly values: number;
  /** Widths of these values; the shares add up to 1. */
  readonly widths: readonly WidthShare[];
}

/** A class of combinations of several columns' values, with the bytes of a tuple up to the last of these columns. */
export interface KeyClass {
  readonly share: number;
  readonly values: number;
  readonly states: TupleStates;
}

/** Number of values that stands for a unique column: no two rows have the same value. */
export const UNIQUE = 1e18;

/**
 * Estimates how many values rows were drawn from, if the rows show `seen` different ones. Some values are drawn more
 * than once and some never.
 */
export function populationFromRows(rows: number, seen: number): number {
  const mean = rows / seen;
  if (!(mean > 1.0001)) return UNIQUE;
  // mean = rate / (1 - exp(-rate)), solved by halving.
  let [low, high] = [0, mean];
  for (let step = 0; step < 60; step++) {
    const rate = (low + high) / 2;
    if (rate / -Math.expm1(-rate) < mean) low = rate;
    else high = rate;
  }
  return rows / high;
}

/** ANALYZE's result for a column, and the rows that it is based on. */
export interface Analyzed {
  /** Distinct values, from n_distinct. */
  readonly distinct: number;
  /** How many of these are listed as common values. */
  readonly common: number;
  /** Share of the rows with other values. */
  readonly rest: number;
  /** Rows of the table. */
  readonly rows: number;
  /** Rows in ANALYZE's sample. */
  readonly sampled: number;
}

/**
 * Estimates how many values the rows beyond the common values were drawn from. ANALYZE underestimates this from its
 * sample, by a tenth if values occur a few times each. Finds the number for which ANALYZE's estimator
 * (compute_scalar_stats, analyze.c) would give its result.
 */
export function populationFromAnalyze({ distinct, common, rest, rows, sampled }: Analyzed): number {
  const others = Math.max(1, distinct - common);
  if (sampled >= rows || distinct >= 0.999 * rows) return populationFromRows(rest * rows, others);
  const found = (values: number) => {
    const rate = (rest * sampled) / values;
    const seen = common + values * -Math.expm1(-rate);
    const once = values * rate * Math.exp(-rate);
    return (sampled * seen) / (sampled - once + (once * sampled) / rows);
  };
  let [low, high] = [others, UNIQUE];
  for (let step = 0; step < 100; step++) {
    const values = Math.sqrt(low * high);
    if (found(values) < distinct) low = values;
    else high = values;
  }
  return low;
}

/** The number of different values that `rows` rows are expected to have. */
export function expectedDistinct(classes: readonly Pick<ValueClass, 'share' | 'values'>[], rows: number): number {
  return classes.reduce((sum, { share, values }) => sum + values * -Math.expm1((-rows * share) / values), 0);
}

/** Classes for no columns, to start combineColumns with. */
export const NO_COLUMN: readonly KeyClass[] = [{ share: 1, values: 1, states: new Map([[0, 1]]) }];

/** Classes of some columns and one more, which is assumed to be independent of them. */
export function combineColumns(
  keys: readonly KeyClass[],
  column: StoredColumn,
  classes: readonly ValueClass[],
): KeyClass[] {
  const own = merged(classes, widen);
  return merged(
    keys.flatMap((key) =>
      own.map((each) => ({
        share: key.share * each.share,
        values: Math.min(UNIQUE, key.values * each.values),
        states: withColumn(key.states, column, each.widths),
      })),
    ),
    blend,
  );
}

/** Scales classes so that `rows` rows are expected to have `distinct` different values, as extended statistics say. */
export function scaleToDistinct(classes: readonly KeyClass[], rows: number, distinct: number): KeyClass[] {
  let [low, high] = [-60, 60];
  const scaled = (power: number) => classes.map((each) => ({ ...each, values: Math.max(1, each.values * 2 ** power) }));
  for (let step = 0; step < 60; step++) {
    const power = (low + high) / 2;
    if (expectedDistinct(scaled(power), rows) < distinct) low = power;
    else high = power;
  }
  return scaled(high);
}

/** Number of groups between a frequency and twice that frequency. */
const STEPS = 6;

/** Merges classes of about equal frequency, so that the number of classes stays small for many columns. */
function merged<Class extends { readonly share: number; readonly values: number }>(
  classes: readonly Class[],
  blendTwo: (a: Class, b: Class) => Class,
): Class[] {
  const groups = new Map<number, Class>();
  for (const each of classes) {
    if (each.share <= 0) continue;
    const group = Math.round(Math.log2(each.share / each.values) * STEPS);
    const known = groups.get(group);
    groups.set(group, known === undefined ? each : blendTwo(known, each));
  }
  return [...groups.values()];
}

function widen(a: ValueClass, b: ValueClass): ValueClass {
  const share = a.share + b.share;
  const widths = new Map<number | null, number>();
  for (const each of [a, b]) {
    for (const { width, share: part } of each.widths) {
      widths.set(width, (widths.get(width) ?? 0) + (part * each.share) / share);
    }
  }
  return { share, values: a.values + b.values, widths: [...widths].map(([width, part]) => ({ width, share: part })) };
}

function blend(a: KeyClass, b: KeyClass): KeyClass {
  const share = a.share + b.share;
  const states = new Map<number, number>();
  for (const each of [a, b]) {
    for (const [state, part] of each.states) states.set(state, (states.get(state) ?? 0) + (part * each.share) / share);
  }
  return { share, values: a.values + b.values, states };
}
