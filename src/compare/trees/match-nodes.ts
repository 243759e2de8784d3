import { identityOf } from './identity.ts';
import { inputLeaves, type Leaves, similarity } from './leaves.ts';
import { classOf } from './node-class.ts';
import type { PlacedNode } from './placed-node.ts';
import { matchSubtrees } from './same-subtrees.ts';

/** The nodes of two trees, matched one to one. */
export interface Matching {
  /** The match of a node of either tree. */
  counterpart(placed: PlacedNode): PlacedNode | undefined;
  pairs(): readonly (readonly [baseline: PlacedNode, current: PlacedNode])[];
  /** The leaves that a node reads. Matched leaves have the same number in both trees. */
  leaves(placed: PlacedNode): Leaves;
}

/** Inner nodes match only if they share at least this part of their leaves. */
const MIN_SIMILARITY = 0.5;

/** Properties that distinguish stacked nodes of one type. */
const SIGNATURE = ['Join Type', 'Sort Key', 'Group Key', 'Partial Mode', 'Strategy', 'Command'];

/**
 * Matches equal subtrees first, then nodes by what they work on: leaves by relation and alias, inner nodes by the kind of
 * their work and the leaves below them. So a subtree that moved still matches.
 */
export function matchNodes(baseline: readonly PlacedNode[], current: readonly PlacedNode[]): Matching {
  const matches = new Map<PlacedNode, PlacedNode>();
  const counterparts = new Map<PlacedNode, PlacedNode>();
  const match: Match = (before, after) => {
    matches.set(before, after);
    counterparts.set(before, after);
    counterparts.set(after, before);
  };
  const free = (nodes: readonly PlacedNode[]) => nodes.filter((placed) => !counterparts.has(placed));
  matchSubtrees(baseline, current, match);
  for (const exactness of [0, 1, 2]) {
    matchByKey(free(baseline), free(current), ({ node }) => identityOf(node)[exactness], match);
  }
  const leaves = inputLeaves(baseline, current, counterparts);
  const leavesOf = (placed: PlacedNode): Leaves => leaves.get(placed) ?? new Set();
  for (const key of innerKeys(leavesOf)) matchByKey(free(baseline), free(current), key, match);
  matchBySimilarity(free(baseline), free(current), leavesOf, match);
  return {
    counterpart: (placed) => counterparts.get(placed),
    pairs: () => [...matches].sort(([a], [b]) => a.order - b.order),
    leaves: leavesOf,
  };
}

type Match = (before: PlacedNode, after: PlacedNode) => void;
type Key = (placed: PlacedNode) => string | undefined;

/** Matches nodes with equal keys. If several share a key, they match in EXPLAIN's order. */
function matchByKey(before: readonly PlacedNode[], after: readonly PlacedNode[], key: Key, match: Match): void {
  const waiting = new Map<string, PlacedNode[]>();
  for (const placed of after) {
    const name = key(placed);
    if (name !== undefined) waiting.set(name, [...(waiting.get(name) ?? []), placed]);
  }
  for (const placed of before) {
    const found = waiting.get(key(placed) ?? '')?.shift();
    if (found !== undefined) match(placed, found);
  }
}

/** Keys for inner nodes, the most exact first. */
function innerKeys(leavesOf: (placed: PlacedNode) => Leaves): readonly Key[] {
  const work: Key = (placed) =>
    isNamed(placed) ? undefined : JSON.stringify([classOf(placed.node), [...leavesOf(placed)].sort((a, b) => a - b)]);
  const typed: Key = (placed) => {
    const key = work(placed);
    return key === undefined ? undefined : `${key} ${placed.node.nodeType} ${placed.node.indexName ?? ''}`;
  };
  const signed: Key = (placed) => {
    const key = typed(placed);
    return key === undefined ? undefined : `${key} ${signature(placed)}`;
  };
  return [signed, typed, work];
}

function signature({ node }: PlacedNode): string {
  return JSON.stringify(SIGNATURE.map((label) => node.properties[label] ?? null));
}

/** True for nodes with a name of their own. They match by it or not at all. */
function isNamed({ node }: PlacedNode): boolean {
  return node.nodeType !== 'Subquery Scan' && identityOf(node).length > 0;
}

/** Matches the remaining nodes, the most similar first, such as an Append that gained a partition. */
function matchBySimilarity(
  before: readonly PlacedNode[],
  after: readonly PlacedNode[],
  leavesOf: (placed: PlacedNode) => Leaves,
  match: Match,
): void {
  const readers = readersByLeaf(after, leavesOf);
  const candidates = before.flatMap((left) => {
    const sharing = new Set([...leavesOf(left)].flatMap((leaf) => readers.get(leaf) ?? []));
    return [...sharing]
      .filter((right) => !isNamed(left) && !isNamed(right) && classOf(left.node) === classOf(right.node))
      .map((right) => ({ left, right, score: similarity(leavesOf(left), leavesOf(right)) }));
  });
  const taken = new Set<PlacedNode>();
  for (const { left, right, score } of candidates.sort((a, b) => b.score - a.score)) {
    if (score < MIN_SIMILARITY || taken.has(left) || taken.has(right)) continue;
    taken.add(left).add(right);
    match(left, right);
  }
}

/** Nodes by the leaves they read: only nodes that share a leaf can be similar. */
function readersByLeaf(
  nodes: readonly PlacedNode[],
  leavesOf: (placed: PlacedNode) => Leaves,
): ReadonlyMap<number, readonly PlacedNode[]> {
  const readers = new Map<number, PlacedNode[]>();
  for (const placed of nodes) {
    for (const leaf of leavesOf(placed)) {
      const known = readers.get(leaf);
      if (known === undefined) readers.set(leaf, [placed]);
      else known.push(placed);
    }
  }
  return readers;
}
