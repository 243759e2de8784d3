import type { PlanNode } from '../../model/plan.ts';
import { comparePlans } from '../trees/compare-plans.ts';

/** Keys whose text is made of the query's constants, or of the places of parameters. */
const CONDITIONS = /(?:Cond|Filter|Order By|Key|Pruned|Removed)$|^Run Condition$/;

/**
 * How the generic plan of a query works otherwise than the one for some values, in words; null where both do the same with
 * other constants. That the custom plan leaves out partitions is no difference: the generic one does so when it runs.
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

/** Partitions that are read alike count as one, by the name of the first. */
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
