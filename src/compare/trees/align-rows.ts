import type { DifferenceCell, DifferenceRow, NodePair } from '../../model/plans/difference.ts';
import type { PlacedNode } from './placed-node.ts';

/**
 * Aligns two trees side by side, in EXPLAIN's order. Matched nodes share a row, except those that moved past others: they
 * have a row in each tree.
 */
export function alignRows(
  baseline: readonly PlacedNode[],
  current: readonly PlacedNode[],
  matches: readonly (readonly [PlacedNode, PlacedNode])[],
  pairOf: (placed: PlacedNode) => NodePair | null,
): readonly DifferenceRow[] {
  const cell = (placed: PlacedNode | undefined): DifferenceCell | null =>
    placed === undefined ? null : { node: placed.node, depth: placed.depth, pair: pairOf(placed) };
  const rows: DifferenceRow[] = [];
  let [left, right] = [0, 0];
  const rowsUpTo = (before: number, after: number): void => {
    const height = Math.max(before - left, after - right);
    for (let row = 0; row < height; row++) {
      rows.push({
        baseline: cell(left + row < before ? baseline[left + row] : undefined),
        current: cell(right + row < after ? current[right + row] : undefined),
      });
    }
    [left, right] = [before, after];
  };
  for (const [before, after] of longestInOrder(matches)) {
    rowsUpTo(before.order, after.order);
    rowsUpTo(before.order + 1, after.order + 1);
  }
  rowsUpTo(baseline.length, current.length);
  return rows;
}

type Match = readonly [PlacedNode, PlacedNode];

interface Chain {
  readonly match: Match;
  readonly previous: Chain | null;
}

/** The longest sequence of matches that is in order in both trees, by patience sorting. Matches come in the baseline's order. */
function longestInOrder(matches: readonly Match[]): readonly Match[] {
  const chains: Chain[] = [];
  for (const match of matches) {
    const place = firstNotBefore(chains, match[1].order);
    chains[place] = { match, previous: chains[place - 1] ?? null };
  }
  const longest: Match[] = [];
  for (let chain = chains.at(-1) ?? null; chain !== null; chain = chain.previous) longest.push(chain.match);
  return longest.reverse();
}

function firstNotBefore(chains: readonly Chain[], order: number): number {
  let [low, high] = [0, chains.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chains[middle]?.match[1].order ?? 0) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
