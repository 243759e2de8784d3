import type { Random } from './random.ts';

/** What inputs are thrown at. Inputs are bytes, one a character. */
export interface Target {
  readonly name: string;
  /** Good inputs to begin with. */
  readonly seeds: readonly string[];
  /** Texts that mean something to it. */
  readonly words: readonly string[];
  /** An input changed with an eye to its structure; null where it has none. */
  readonly vary?: (input: string, random: Random) => string | null;
  /**
   * Reads an input as the product does. Throws what that throws, and Violation where the product's word does not hold.
   * Resolves to false for an input that was refused without an error.
   */
  run(input: string): Promise<unknown>;
}

/** Something that is to hold for every input does not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
