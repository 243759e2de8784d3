import type { PlanNode } from '../../model/plan.ts';

/** A node and its place in the tree. */
export interface PlacedNode {
  readonly node: PlanNode;
  /** Position in EXPLAIN's order, from 0. */
  readonly order: number;
  /** Levels below the root. */
  readonly depth: number;
  readonly parent: PlacedNode | null;
  readonly children: readonly PlacedNode[];
}

/** Every node of a plan in EXPLAIN's order, parents first. */
export function placeNodes(root: PlanNode): readonly PlacedNode[] {
  const placed: PlacedNode[] = [];
  const place = (node: PlanNode, parent: PlacedNode | null): PlacedNode => {
    const children: PlacedNode[] = [];
    const here = { node, order: placed.length, depth: parent === null ? 0 : parent.depth + 1, parent, children };
    placed.push(here);
    for (const child of node.plans) children.push(place(child, here));
    return here;
  };
  place(root, null);
  return placed;
}

/** A node's relationship to its parent: Outer, Inner, Member, Subquery, InitPlan or SubPlan; empty for the root. */
export function roleOf({ node }: PlacedNode): string {
  const role = node.properties['Parent Relationship'];
  return typeof role === 'string' ? role : '';
}

/** True for the plan of a CTE or of a subquery in an expression. It is no input of its parent. */
export function isSubplan(placed: PlacedNode): boolean {
  const role = roleOf(placed);
  return role === 'InitPlan' || role === 'SubPlan';
}

export function isBelowAppend({ parent }: PlacedNode): boolean {
  if (parent === null) return false;
  return /^(Merge )?Append$/.test(parent.node.nodeType) || isBelowAppend(parent);
}
