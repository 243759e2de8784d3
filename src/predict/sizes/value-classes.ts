import { type StoredColumn, type TupleStates, type WidthShare, withColumn } from './tuple-sizes.ts';

/**
 * Values of a column that come about equally often. The classes of a column say how its rows fall on its values: one class
 * for each most common value, one for the rest, one for NULL.
 */
export interface ValueClass {
  /** Share of the rows, 0 to 1. */
  readonly share: number;
  /** How many values there are for these rows to fall on; those of a unique key are more than there are rows. */
  readonly values: number;
  /** How wide these values are; shares that add up to 1. */
  readonly widths: readonly WidthShare[];
}

/** The same of several columns together, with the bytes a tuple takes up to the last of them. */
export interface KeyClass {
  readonly share: number;
  readonly values: number;
  readonly states: TupleStates;
}

/** Values of which no two rows have the same. */
export const UNIQUE = 1e18;

/**
 * How many values rows were drawn from, when so many different ones were seen among them: drawn at random, some come
 * up more than once and some never.
 */
export function drawnFrom(rows: number, seen: number): number {
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

/** What ANALYZE has found of a column, and in how many rows. */
export interface Analyzed {
  /** Distinct values by n_distinct. */
  readonly distinct: number;
  /** How many of these are common values of their own. */
  readonly common: number;
  /** Share of the rows that the other values have. */
  readonly rest: number;
  /** Rows of the table. */
  readonly rows: number;
  /** Rows ANALYZE has looked at. */
  readonly sampled: number;
}

/**
 * How many values the rows beyond the common ones were drawn from. From a sample ANALYZE finds too few: by a tenth where
 * values come up a few times each. Asks which number would have made its estimator (compute_scalar_stats, analyze.c) find
 * what it did.
 */
export function analyzedFrom({ distinct, common, rest, rows, sampled }: Analyzed): number {
  const others = Math.max(1, distinct - common);
  if (sampled >= rows || distinct >= 0.999 * rows) return drawnFrom(rest * rows, others);
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

/** How many different values so many rows are expected to have. */
export function distinctOf(classes: readonly Pick<ValueClass, 'share' | 'values'>[], rows: number): number {
  return classes.reduce((sum, { share, values }) => sum + values * -Math.expm1((-rows * share) / values), 0);
}

/** Classes of no column. */
export const NO_COLUMN: readonly KeyClass[] = [{ share: 1, values: 1, states: new Map([[0, 1]]) }];

/** Classes of some columns and one more, taken to be independent. */
export function together(keys: readonly KeyClass[], column: StoredColumn, classes: readonly ValueClass[]): KeyClass[] {
  const few = merged(classes, widen);
  return merged(
    keys.flatMap((key) =>
      few.map((own) => ({
        share: key.share * own.share,
        values: Math.min(UNIQUE, key.values * own.values),
        states: withColumn(key.states, column, own.widths),
      })),
    ),
    blend,
  );
}

/** The same classes with another number of distinct values, as extended statistics tell it. */
export function withDistinct(classes: readonly KeyClass[], rows: number, distinct: number): KeyClass[] {
  let [low, high] = [-60, 60];
  const scaled = (power: number) => classes.map((each) => ({ ...each, values: Math.max(1, each.values * 2 ** power) }));
  for (let step = 0; step < 60; step++) {
    const power = (low + high) / 2;
    if (distinctOf(scaled(power), rows) < distinct) low = power;
    else high = power;
  }
  return scaled(high);
}

/** In how many steps frequencies are told apart from twice as large ones. */
const STEPS = 6;

/** Puts values that are about equally frequent into one class, so that classes of many columns stay few. */
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
