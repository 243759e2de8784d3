import { aliasStem, identityOf } from '../trees/identity.ts';
import { isJoin } from '../trees/node-class.ts';
import { isBelowAppend, isSubplan, type PlacedNode } from '../trees/placed-node.ts';

/** The order in which a tree joins, such as `((o, c), i)`, outer input first; null where nothing is joined. */
export function joinOrder(root: PlacedNode, name: (scan: PlacedNode) => string = scanName): string | null {
  const order = describe(root, name);
  return order.startsWith('(') ? order : null;
}

/** A scan as people call it: by its alias, partitions by their table's. */
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
  // The members of an Append are parts of one table or one UNION; the first names them all.
  return isLeaf || first === undefined ? name(placed) : describe(first, name);
}
