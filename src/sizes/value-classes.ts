/**
 * Values of a key that come about equally often. The classes of a key say how its rows fall on its values: one class for
 * each most common value, one for the rest, one for NULL.
 */
export interface ValueClass {
  /** Share of the rows, 0 to 1. */
  readonly share: number;
  /** How many values there are for these rows to fall on; those of a unique key are more than there are rows. */
  readonly values: number;
}

/** How a column's rows fall on its values. */
export interface Distribution {
  readonly null_frac: number;
  /** Frequencies of the most common values, shares of all rows. */
  readonly frequencies: readonly number[];
  /** The rows of all other values. */
  readonly rest: ValueClass;
}

/** Values of which no two rows have the same. */
const UNIQUE = 1e18;

/** Classes of a single column. */
export function classesOf({ null_frac, frequencies, rest }: Distribution): ValueClass[] {
  const classes = frequencies.map((share) => ({ share, values: 1 }));
  if (null_frac > 0) classes.push({ share: null_frac, values: 1 });
  // Frequencies are rounded: a rest of nothing is none.
  if (rest.share > 1e-6 || classes.length === 0)
    classes.push({ share: rest.share, values: Math.max(rest.values, 1e-9) });
  return merged(classes);
}

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

/** Classes of two columns together, taken to be independent. */
export function together(left: readonly ValueClass[], right: readonly ValueClass[]): ValueClass[] {
  return merged(
    left.flatMap((a) =>
      right.map((b) => ({ share: a.share * b.share, values: Math.min(UNIQUE, a.values * b.values) })),
    ),
  );
}

/** The same classes with another number of distinct values, as extended statistics tell it. */
export function withDistinct(classes: readonly ValueClass[], rows: number, distinct: number): ValueClass[] {
  let [low, high] = [-60, 60];
  const scaled = (power: number) =>
    classes.map((each) => ({ ...each, values: Math.max(1e-9, each.values * 2 ** power) }));
  for (let step = 0; step < 60; step++) {
    const power = (low + high) / 2;
    if (distinctOf(scaled(power), rows) < distinct) low = power;
    else high = power;
  }
  return scaled(high);
}

/** How many different values so many rows are expected to have. */
export function distinctOf(classes: readonly ValueClass[], rows: number): number {
  return classes.reduce((sum, { share, values }) => sum + values * -Math.expm1((-rows * share) / values), 0);
}

/** In how many steps frequencies are told apart from twice as large ones. */
const STEPS = 6;

/** Puts values that are about equally frequent into one class, so that classes of many columns stay few. */
function merged(classes: readonly ValueClass[]): ValueClass[] {
  const groups = new Map<number, { share: number; values: number }>();
  for (const { share, values } of classes) {
    if (share <= 0) continue;
    const group = Math.round(Math.log2(share / values) * STEPS);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, { share, values });
    else {
      known.share += share;
      known.values += values;
    }
  }
  return [...groups.values()];
}

/** From so many rows of a value on, how often exactly it comes matters little. */
const MANY = 60;
const DEVIATIONS = [-1.5, -0.9, -0.3, 0.3, 0.9, 1.5];

/** How often a value comes that is expected so many times: pairs of a count (above 0) and its probability. */
export function counts(expected: number): (readonly [count: number, probability: number])[] {
  if (expected > MANY) {
    const deviation = Math.sqrt(expected);
    return DEVIATIONS.map((z) => [Math.max(1, Math.round(expected + z * deviation)), 1 / DEVIATIONS.length] as const);
  }
  const result: [number, number][] = [];
  let probability = Math.exp(-expected);
  for (let count = 1; count < expected + 8 * Math.sqrt(expected) + 4; count++) {
    probability *= expected / count;
    result.push([count, probability]);
  }
  return result;
}
