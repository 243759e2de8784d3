import type { PlanNode } from '../plan.ts';

/**
 * What differs in a node that both plans have. `position`: it hangs below another node, or is another input of it.
 * `rows`, `cost` and `width` are estimates; all others are the shape of the plan.
 */
export type ChangeKind =
  | 'node type'
  | 'index'
  | 'join type'
  | 'condition'
  | 'key'
  | 'parallel'
  | 'property'
  | 'position'
  | 'rows'
  | 'cost'
  | 'width';

export interface NodeChange {
  readonly kind: ChangeKind;
  /** PostgreSQL's label, such as `Index Cond`; for a position, `Position`. */
  readonly label: string;
  /** null: the baseline's node has no such property. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A node of the baseline and the node of the current plan that does the same work. */
export interface NodePair {
  readonly baseline: PlanNode;
  readonly current: PlanNode;
  readonly changes: readonly NodeChange[];
  /** True when more than estimates changed. */
  readonly reshaped: boolean;
}

/** One node in its place on one side of the aligned trees. */
export interface DifferenceCell {
  readonly node: PlanNode;
  /** Levels below the root. */
  readonly depth: number;
  /** null: only this plan has the node. */
  readonly pair: NodePair | null;
}

/** A line of the two trees laid side by side, both in EXPLAIN's order. */
export interface DifferenceRow {
  readonly baseline: DifferenceCell | null;
  readonly current: DifferenceCell | null;
}

/** Two plans matched node by node, each node to at most one. */
export interface PlanDifference {
  readonly pairs: readonly NodePair[];
  /** Nodes that only the current plan has, in EXPLAIN's order. */
  readonly added: readonly PlanNode[];
  /** Nodes that only the baseline has, in EXPLAIN's order. */
  readonly removed: readonly PlanNode[];
  /** The shape changes as sentences without a full stop, the weightiest first; empty when only estimates moved. */
  readonly shapeChanges: readonly ShapeChange[];
  readonly rows: readonly DifferenceRow[];
}

export interface ShapeChange {
  readonly message: string;
  /** The node of the current plan, or of the baseline where it is gone. */
  readonly node: PlanNode;
}
