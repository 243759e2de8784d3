import { identityOf } from './identity.ts';
import { isSubplan, type PlacedNode } from './placed-node.ts';

/** Numbers of the leaves that a node reads through its inputs. Subplans of expressions are separate trees. */
export type Leaves = ReadonlySet<number>;

/** The leaves below each node of two trees whose leaves are already matched. */
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
  // Children follow their parents in EXPLAIN's order, so in reverse every child's leaves are known first.
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

/** The node's scan: itself, or the scan for which it makes a bitmap. Null for a node that reads its inputs. */
function leafOf(placed: PlacedNode): PlacedNode | null {
  const { node, parent } = placed;
  if (/^Bitmap ?(Index Scan|And|Or)$/.test(node.nodeType)) return parent === null ? placed : leafOf(parent);
  if (node.nodeType === 'ModifyTable' || node.nodeType === 'Subquery Scan') return null;
  return identityOf(node).length > 0 ? placed : null;
}

/** The Jaccard index of two sets of leaves: the shared part, from 0 to 1. */
export function similarity(a: Leaves, b: Leaves): number {
  const shared = [...a].filter((leaf) => b.has(leaf)).length;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
