import type { PlanNode } from '../../model/plan.ts';

/**
 * What a node works on, from the most to the least exact key: a node is looked up by its first key in the whole other
 * tree before any node is looked up by its second. Empty for nodes that work on what their inputs give.
 */
export type Identity = readonly string[];

/** An index is how a relation is read and not which, so it is no part of the identity. */
export function identityOf(node: PlanNode): Identity {
  const what = subject(node);
  if (what === null) return [];
  const alias = node.alias ?? '';
  const keys = [key(what, alias), key(what, aliasStem(alias)), key(what)];
  // A subquery has no name but its alias.
  return node.nodeType === 'Subquery Scan' ? keys.slice(0, 2) : keys;
}

/**
 * An alias without the number EXPLAIN puts behind it where a name occurs twice (ruleutils.c, set_rtable_names), which
 * counts on for each partition and moves when one is added.
 */
export function aliasStem(alias: string): string {
  return alias.replace(/_\d+$/, '');
}

function subject(node: PlanNode): readonly string[] | null {
  const { nodeType, properties } = node;
  if (nodeType === 'ModifyTable') return ['modify', node.schema ?? '', node.relationName ?? ''];
  if (node.relationName !== undefined) return ['scan', node.schema ?? '', node.relationName];
  if (nodeType === 'Subquery Scan') return ['subquery'];
  for (const label of NAMES) {
    const name = properties[label];
    if (typeof name === 'string') return [label, name];
  }
  return node.plans.length === 0 && nodeType !== 'Bitmap Index Scan' ? [nodeType] : null;
}

const NAMES = ['CTE Name', 'Function Name', 'Table Function Name', 'Tuplestore Name', 'Relations'];

function key(what: readonly string[], alias?: string): string {
  return JSON.stringify(alias === undefined ? what : [...what, alias]);
}
