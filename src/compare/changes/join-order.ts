import { aliasStem, identityOf } from '../trees/identity.ts';
import { isJoin } from '../trees/node-class.ts';
import { isBelowAppend, isSubplan, type PlacedNode } from '../trees/placed-node.ts';

/** The join order of a tree, such as `((o, c), i)`, outer input first; null without a join. */
export function joinOrder(root: PlacedNode, name: (scan: PlacedNode) => string = scanName): string | null {
  const order = describe(root, name);
  return order.startsWith('(') ? order : null;
}

/** A scan's name for people: its alias, or for a partition its table's alias. */
export function scanName(scan: PlacedNode): string {
  const { alias, relationName, nodeType } = scan.node;
  const called = alias ?? relationName ?? nodeType;
  return isBelowAppend(scan) ? aliasStem(called) : called;
}

function describe(placed: PlacedNode, name: (scan: PlacedNode) => string): string {
  const inputs = placed.children.filter((child) => !isSubplan(child));
  if (isJoin(placed.node)) return `(${inputs.map((input) => describe(input, name)).join(', ')})`;
  const isLeaf = identityOf(placed.node).length > 0 && placed.node.nodeType !== 'ModifyTable';
  const [first] = inputs;
  // The members of an Append belong to one table or one UNION, so the first one's name serves for all.
  return isLeaf || first === undefined ? name(placed) : describe(first, name);
}
