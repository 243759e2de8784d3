/** A value of EXPLAIN (FORMAT JSON), as PostgreSQL prints it. */
export type PlanValue = string | number | boolean | readonly PlanValue[] | { readonly [key: string]: PlanValue };

/**
 * One node of a decoded EXPLAIN (FORMAT JSON, VERBOSE). Costs are in planner cost units; rows and width (bytes) are as
 * printed. Decoding drops keys that say nothing (`Output`, and booleans that are false), so two equal plans are deeply
 * equal.
 */
export interface PlanNode {
  /** "Node Type", such as `Index Scan`. */
  readonly nodeType: string;
  readonly startupCost: number;
  readonly totalCost: number;
  readonly planRows: number;
  readonly planWidth: number;
  /** Schema, name and alias of the relation scanned or modified. */
  readonly schema?: string;
  readonly relationName?: string;
  readonly alias?: string;
  readonly indexName?: string;
  /** Every other key under PostgreSQL's own label, such as `Index Cond` or `Parent Relationship`. */
  readonly properties: Readonly<Record<string, PlanValue>>;
  readonly plans: readonly PlanNode[];
}

/** Yields a node and all nodes below it, parents first. */
export function* walkPlan(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.plans) yield* walkPlan(child);
}
