import type { PlanNode } from '../../../model/plan.ts';

/** A plan as EXPLAIN (FORMAT JSON) prints it, for other programs. */
export function explainJson(plan: PlanNode): string {
  return JSON.stringify([{ Plan: nodeJson(plan) }], null, 2);
}

function nodeJson(node: PlanNode): object {
  const { nodeType, startupCost, totalCost, planRows, planWidth, properties, plans } = node;
  return {
    'Node Type': nodeType,
    ...properties,
    'Relation Name': node.relationName,
    Schema: node.schema,
    Alias: node.alias,
    'Index Name': node.indexName,
    'Startup Cost': startupCost,
    'Total Cost': totalCost,
    'Plan Rows': planRows,
    'Plan Width': planWidth,
    Plans: plans.length === 0 ? undefined : plans.map(nodeJson),
  };
}
