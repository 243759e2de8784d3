import type { PlanNode } from '../../model/plan.ts';
import type { NodePair, PlanDifference } from '../../model/plans/difference.ts';
import { isShapeChange, nodeChanges } from '../changes/node-changes.ts';
import { shapeChanges } from '../changes/shape-changes.ts';
import { renameAliases } from './aliases.ts';
import { alignRows } from './align-rows.ts';
import { matchNodes } from './match-nodes.ts';
import { type PlacedNode, placeNodes } from './placed-node.ts';

/** Matches the nodes of two plans, and finds the changes of each pair. */
export function comparePlans(baseline: PlanNode, current: PlanNode): PlanDifference {
  const trees = { baseline: placeNodes(baseline), current: placeNodes(current) };
  const matching = matchNodes(trees.baseline, trees.current);
  const rename = renameAliases(matching);
  const pairs = new Map<PlacedNode, NodePair>();
  for (const [before, after] of matching.pairs()) {
    const changes = nodeChanges(before, after, matching, rename);
    const pair = { baseline: before.node, current: after.node, changes, reshaped: changes.some(isShapeChange) };
    pairs.set(before, pair).set(after, pair);
  }
  const pairOf = (placed: PlacedNode) => pairs.get(placed) ?? null;
  const alone = (nodes: readonly PlacedNode[]) => nodes.filter((placed) => !pairs.has(placed)).map(({ node }) => node);
  return {
    pairs: [...new Set(pairs.values())],
    added: alone(trees.current),
    removed: alone(trees.baseline),
    shapeChanges: shapeChanges({ ...trees, matching, pairOf }),
    rows: alignRows(trees.baseline, trees.current, matching.pairs(), pairOf),
  };
}
