import type { PlanNode } from '../plan.ts';

/**
 * How a node that both plans have differs. `position`: it is below another node, or another input of it. `rows`, `cost`
 * and `width` are estimates; all others are the plan's shape.
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
  /** True if more than estimates changed. */
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

/** A line of the two trees side by side, both in EXPLAIN's order. */
export interface DifferenceRow {
  readonly baseline: DifferenceCell | null;
  readonly current: DifferenceCell | null;
}

/** Two plans matched node by node; a node matches at most one other. */
export interface PlanDifference {
  readonly pairs: readonly NodePair[];
  /** Nodes that only the current plan has, in EXPLAIN's order. */
  readonly added: readonly PlanNode[];
  /** Nodes that only the baseline has, in EXPLAIN's order. */
  readonly removed: readonly PlanNode[];
  /** Changes of shape, the most important first; empty if only estimates changed. */
  readonly shapeChanges: readonly ShapeChange[];
  readonly rows: readonly DifferenceRow[];
}

export interface ShapeChange {
  /** A sentence without a full stop. */
  readonly message: string;
  /** The node of the current plan, or of the baseline if the current plan lacks it. */
  readonly node: PlanNode;
}
