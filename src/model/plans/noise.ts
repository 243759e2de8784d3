/**
 * How far the figures of a planned query move between snapshots of the same data, by the luck of the sample that ANALYZE
 * takes.
 */
export interface Noise {
  /** Snapshots it was planned on, 2 or more. */
  readonly snapshots: number;
  /** The greatest total cost divided by the least. */
  readonly cost: number;
  /** The greatest ratio between two estimates of one node's rows. */
  readonly rows: number;
  /** Digests of the shapes of plan that came out. */
  readonly shapes: readonly string[];
}
