/** Chances that a seed settles. */
export interface Dice {
  /** At least 0, below 1. */
  chance(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  one<T>(choices: readonly T[]): T;
}

/** mulberry32: small, and good enough to spread faults. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const chance = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + Math.floor(chance() * (high - low + 1));
  return { chance, between, one: (choices) => choices[between(0, choices.length - 1)] as never };
}
