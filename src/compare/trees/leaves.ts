import { identityOf } from './identity.ts';
import { isSubplan, type PlacedNode } from './placed-node.ts';

/** Numbers of the leaves a node reads through its inputs; subplans of expressions are trees of their own. */
export type Leaves = ReadonlySet<number>;

/** The leaves below each node of two trees whose leaves are matched already. */
export function inputLeaves(
  baseline: readonly PlacedNode[],
  current: readonly PlacedNode[],
  counterparts: ReadonlyMap<PlacedNode, PlacedNode>,
): ReadonlyMap<PlacedNode, Leaves> {
  const numbers = new Map<PlacedNode, number>();
  for (const placed of [...baseline, ...current]) {
    const matched = counterparts.get(placed);
    numbers.set(placed, (matched && numbers.get(matched)) ?? numbers.size);
  }
  const leaves = new Map<PlacedNode, Leaves>();
  // Children come after their parents in EXPLAIN's order, so the reverse order has every child's leaves at hand.
  for (const placed of [...baseline, ...current].reverse()) {
    leaves.set(placed, leavesOf(placed, numbers, leaves));
  }
  return leaves;
}

function leavesOf(
  placed: PlacedNode,
  numbers: ReadonlyMap<PlacedNode, number>,
  leaves: ReadonlyMap<PlacedNode, Leaves>,
): Leaves {
  const leaf = leafOf(placed);
  if (leaf !== null) return new Set([numbers.get(leaf) ?? -1]);
  const below = placed.children
    .filter((child) => !isSubplan(child))
    .map((child) => leaves.get(child) ?? new Set<number>());
  return new Set(below.flatMap((set) => [...set]));
}

/** The scan a node is, or whose bitmap it makes; null for a node that reads what is below it. */
function leafOf(placed: PlacedNode): PlacedNode | null {
  const { node, parent } = placed;
  if (/^Bitmap ?(Index Scan|And|Or)$/.test(node.nodeType)) return parent === null ? placed : leafOf(parent);
  if (node.nodeType === 'ModifyTable' || node.nodeType === 'Subquery Scan') return null;
  return identityOf(node).length > 0 ? placed : null;
}

/** Shared part of two sets of leaves, 0 to 1 (Jaccard index). */
export function similarity(a: Leaves, b: Leaves): number {
  const shared = [...a].filter((leaf) => b.has(leaf)).length;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
