/** Random numbers with a fixed seed, so that equal statistics give equal sizes. */
export interface Dice {
  /** A number from 0 up to 1, uniformly distributed. */
  roll(): number;
  /** A count with the given mean (Poisson distribution). */
  count(expected: number): number;
  /** Picks one item. Its probability is its share; shares add up to 1. */
  pick<T>(shares: readonly (readonly [T, number])[]): T;
}

/** For means above this, the normal distribution is close enough. */
const MANY = 50;

/** Makes a random number generator (mulberry32). */
export function makeDice(seed = 1): Dice {
  let state = seed;
  const roll = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    roll,
    count: (expected) => {
      if (expected > MANY) {
        const normal = Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
        return Math.max(0, Math.round(expected + Math.sqrt(expected) * normal));
      }
      const limit = Math.exp(-expected);
      let [count, product] = [0, roll()];
      while (product > limit) {
        count++;
        product *= roll();
      }
      return count;
    },
    pick: (shares) => {
      let left = roll();
      for (const [thing, share] of shares) {
        left -= share;
        if (left < 0) return thing;
      }
      return (shares.at(-1) as readonly [never, number])[0];
    },
  };
}
