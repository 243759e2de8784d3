import type { DifferenceCell, DifferenceRow } from '../../model/plans/difference.ts';

/** Runs of at most this many nodes are shown, longer ones are folded. */
const MIN_FOLDED = 3;

/** A row of the trees, or a number of rows left out: unchanged ones (`fold`), or the rest of a long tree (`cut`). */
export type FoldedRow =
  | { readonly kind: 'row'; readonly row: DifferenceRow }
  | { readonly kind: 'fold'; readonly count: number; readonly depth: number }
  | { readonly kind: 'cut'; readonly count: number };

/** Folds long runs of nodes that are equal in both plans and have no changes below them. */
export function foldRows(rows: readonly DifferenceRow[]): readonly FoldedRow[] {
  const kept = keptRows(rows);
  const folded: FoldedRow[] = [];
  for (let at = 0; at < rows.length; ) {
    const run = runLength(kept, at);
    if (run > MIN_FOLDED) {
      // The first of a run is shown as an example, or as the parent of the others.
      folded.push({ kind: 'row', row: rows[at] as DifferenceRow });
      folded.push({ kind: 'fold', count: run - 1, depth: depthOf(rows.slice(at + 1, at + run)) });
    } else {
      for (const row of rows.slice(at, at + Math.max(run, 1))) folded.push({ kind: 'row', row });
    }
    at += Math.max(run, 1);
  }
  return folded;
}

/** True for a row whose nodes differ in anything that a report shows. */
function isChanged({ baseline, current }: DifferenceRow): boolean {
  if (baseline === null || current === null || current.pair === null) return true;
  const [before, after] = [baseline.node, current.node];
  return current.pair.reshaped || before.totalCost !== after.totalCost || before.planRows !== after.planRows;
}

function keptRows(rows: readonly DifferenceRow[]): readonly boolean[] {
  const kept = rows.map(isChanged);
  for (const side of ['baseline', 'current'] as const) keepAncestors(rows, side, kept);
  return kept;
}

/** Keeps every ancestor of a kept node. Goes backwards, because children follow their parents. */
function keepAncestors(rows: readonly DifferenceRow[], side: 'baseline' | 'current', kept: boolean[]): void {
  let needed = -1;
  for (let at = rows.length - 1; at >= 0; at--) {
    const cell: DifferenceCell | null = rows[at]?.[side] ?? null;
    if (cell === null) continue;
    if (cell.depth === needed) kept[at] = true;
    if (kept[at]) needed = cell.depth - 1;
  }
}

function runLength(kept: readonly boolean[], from: number): number {
  let length = 0;
  while (kept[from + length] === false) length++;
  return length;
}

function depthOf(rows: readonly DifferenceRow[]): number {
  return Math.min(...rows.map(({ current, baseline }) => (current ?? baseline)?.depth ?? 0));
}
