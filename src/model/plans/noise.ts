/** How far a query's costs and rows vary between snapshots of the same data, because ANALYZE samples at random. */
export interface Noise {
  /** Number of snapshots it was planned on, 2 or more. */
  readonly snapshots: number;
  /** The highest total cost divided by the lowest. */
  readonly cost: number;
  /** The highest ratio between two row estimates of one node. */
  readonly rows: number;
  /** Digests of the plan shapes that occurred. */
  readonly shapes: readonly string[];
}
