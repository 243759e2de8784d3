/** Something the target has and the snapshot does not know, or knows wrong. */
export interface UnknownObject {
  readonly kind: 'relation' | 'index' | 'statistics object';
  readonly schemaname: string;
  readonly name: string;
  /** For people, such as `index public.orders_pkey`. */
  readonly description: string;
  /** What it is planned with; absent where the planner has nothing but the file of the target. */
  readonly estimate?: SizeEstimate;
  /** Of a relation: why its statistics in the snapshot, which no server can have written, are not planned with. */
  readonly refused?: string;
}

/** Figures of an object that production does not have, from a model. */
export interface SizeEstimate {
  /** Pages of the server's block size. */
  readonly pages: number;
  /** Rows of a table, entries of an index. */
  readonly tuples: number;
  /** Of a B-tree: levels above the leaves. */
  readonly tree_height: number | null;
  /** Sentences: what the figures follow from, and what had to be assumed. */
  readonly basis: readonly string[];
}
