import type { Finding } from '../../model/finding.ts';
import { type PlanNode, walkPlan } from '../../model/plan.ts';
import { nodeTitle, qualifiedRelation } from '../../model/plans/node-title.ts';
import type { NodePattern, Query } from '../../model/suite.ts';
import { aliasStem } from '../trees/identity.ts';
import { isBelowAppend, type PlacedNode, placeNodes } from '../trees/placed-node.ts';
import type { Rule } from './judgement.ts';

/** The plan contains a node that the query forbids. */
export const forbiddenNode: Rule = ({ query, current }) => {
  const placed = placeNodes(current);
  return (query.expect.forbid ?? []).flatMap((pattern): readonly Finding[] => {
    const found = placed.filter((node) => matches(node, pattern));
    const [first] = found;
    if (first === undefined) return [];
    const times = found.length === 1 ? '' : ` (${found.length} times)`;
    const message = `${nodeTitle(first.node)} is forbidden${times}`;
    const hint = expectationHint(query);
    return [{ code: 'forbidden-node', severity: 'fail', message, hint, node: first.node }];
  });
};

/** The plan does not use an index that the query must use. */
export const indexNotUsed: Rule = ({ query, current }) => {
  const used = new Set([...walkPlan(current)].flatMap(indexesOf));
  return (query.expect.uses ?? [])
    .filter((index) => !used.has(index))
    .map((index) => ({
      code: 'index-not-used',
      severity: 'fail',
      message: `index ${index} is not used`,
      detail: used.size === 0 ? 'The plan uses no index.' : `The plan uses ${[...used].sort().join(', ')}.`,
      hint: expectationHint(query),
      node: current,
    }));
};

function expectationHint({ file, line }: Query): string {
  return `Fix the query or its schema, or change expect at ${file}:${line}.`;
}

function matches(placed: PlacedNode, { node, on }: NodePattern): boolean {
  return placed.node.nodeType === node && (on === undefined || isOn(placed, on));
}

/** True if a node works on the relation, named with or without its schema; for a partition also its table's name. */
function isOn(placed: PlacedNode, name: string): boolean {
  const { node } = heapOf(placed);
  if (node.relationName === undefined) return false;
  const names = [node.relationName, `${node.schema ?? ''}.${node.relationName}`, qualifiedRelation(node)];
  return names.includes(name) || (isBelowAppend(placed) && isTable(node, name));
}

/** EXPLAIN shows a partition's table only in the alias, and only if the query gave no alias. */
function isTable({ alias, schema }: PlanNode, name: string): boolean {
  const stem = aliasStem(alias ?? '');
  return stem === name || `${schema ?? ''}.${stem}` === name;
}

/** The node that names the relation: for a Bitmap Index Scan, the Bitmap Heap Scan above it. */
function heapOf(placed: PlacedNode): PlacedNode {
  const { node, parent } = placed;
  return node.nodeType.startsWith('Bitmap') && node.relationName === undefined && parent !== null
    ? heapOf(parent)
    : placed;
}

function indexesOf({ indexName, properties }: PlanNode): readonly string[] {
  const arbiters = properties['Conflict Arbiter Indexes'];
  const named = Array.isArray(arbiters) ? arbiters.map(String) : [];
  return indexName === undefined ? named : [indexName, ...named];
}
