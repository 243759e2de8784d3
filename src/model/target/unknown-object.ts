/** An object of the target that the snapshot does not have, or has with impossible statistics. */
export interface UnknownObject {
  readonly kind: 'relation' | 'index' | 'statistics object';
  readonly schemaname: string;
  readonly name: string;
  /** For people, such as `index public.orders_pkey`. */
  readonly description: string;
  /** The figures it is planned with; absent if the planner only has the target's own file. */
  readonly estimate?: SizeEstimate;
  /** For a relation: why the snapshot's statistics are not used. No server can have written them. */
  readonly refused?: string;
}

/** Modelled figures for an object that production does not have. */
export interface SizeEstimate {
  /** Pages of the server's block size. */
  readonly pages: number;
  /** Rows of a table, or entries of an index. */
  readonly tuples: number;
  /** For a B-tree: levels above the leaves. */
  readonly tree_height: number | null;
  /** Sentences: what the figures are derived from, and what was assumed. */
  readonly basis: readonly string[];
}
