import type { PlanNode } from '../../model/plan.ts';

/**
 * Keys for what a node works on, from the most to the least exact. All nodes are looked up in the other tree by their
 * first key before any is looked up by its second. Empty for nodes that only work on the output of their inputs.
 */
export type Identity = readonly string[];

/** The index is not part of the identity: it is a way to read a relation, not the relation. */
export function identityOf(node: PlanNode): Identity {
  const what = subject(node);
  if (what === null) return [];
  const alias = node.alias ?? '';
  const keys = [key(what, alias), key(what, aliasStem(alias)), key(what)];
  // A subquery's only name is its alias.
  return node.nodeType === 'Subquery Scan' ? keys.slice(0, 2) : keys;
}

/**
 * An alias without the number that EXPLAIN appends if a name occurs twice (ruleutils.c, set_rtable_names). Partitions are
 * numbered in sequence, so the numbers move if one is added.
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
