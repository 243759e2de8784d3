import type { PlanNode } from '../../model/plan.ts';
import { comparePlans } from '../trees/compare-plans.ts';

/** Properties whose text contains the query's constants or parameter symbols. */
const CONDITIONS = /(?:Cond|Filter|Order By|Key|Pruned|Removed)$|^Run Condition$/;

/**
 * The most important change of shape from a custom plan to the generic plan, in words; null if they differ only in
 * constants. Partitions that the custom plan leaves out do not count: the generic plan leaves them out when it runs.
 */
export function worksOtherwise(custom: PlanNode, generic: PlanNode): string | null {
  const [before, after] = [custom, generic].map((plan) => collapsed(bare(plan)));
  if (before === undefined || after === undefined) return null;
  return comparePlans(before, after).shapeChanges[0]?.message ?? null;
}

function bare(node: PlanNode): PlanNode {
  const kept = Object.entries(node.properties).filter(([label]) => !CONDITIONS.test(label));
  return { ...node, properties: Object.fromEntries(kept), plans: node.plans.map(bare) };
}

/** Merges partitions that are read in the same way into one, with the name of the first. */
function collapsed(node: PlanNode): PlanNode {
  const plans = node.plans.map(collapsed);
  if (node.nodeType !== 'Append' && node.nodeType !== 'Merge Append') return { ...node, plans };
  const kinds = new Map(plans.map((plan) => [kindOf(plan), plan] as const).reverse());
  const [only] = kinds.values();
  return kinds.size === 1 && only !== undefined
    ? { ...only, properties: { ...only.properties, ...parentOf(node) } }
    : { ...node, plans: [...kinds.values()].reverse() };
}

function kindOf({ nodeType, properties, plans }: PlanNode): string {
  return JSON.stringify([nodeType, properties, plans.map(kindOf)]);
}

function parentOf({ properties }: PlanNode): PlanNode['properties'] {
  const parent = properties['Parent Relationship'];
  return parent === undefined ? {} : { 'Parent Relationship': parent };
}
