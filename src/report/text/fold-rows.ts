import type { DifferenceCell, DifferenceRow } from '../../model/plans/difference.ts';

/** Fewer nodes than this are shown rather than counted. */
const MIN_FOLDED = 3;

/** A row of the trees, or a count of rows left out: because nothing in them changed, or because there are too many. */
export type FoldedRow =
  | { readonly kind: 'row'; readonly row: DifferenceRow }
  | { readonly kind: 'fold'; readonly count: number; readonly depth: number }
  | { readonly kind: 'cut'; readonly count: number };

/** Leaves out long runs of nodes that are equal in both plans and have nothing changed below them. */
export function foldRows(rows: readonly DifferenceRow[]): readonly FoldedRow[] {
  const kept = keptRows(rows);
  const folded: FoldedRow[] = [];
  for (let at = 0; at < rows.length; ) {
    const run = runLength(kept, at);
    if (run > MIN_FOLDED) {
      // The first of a run is shown, so that one sees what the others are like or hang below.
      folded.push({ kind: 'row', row: rows[at] as DifferenceRow });
      folded.push({ kind: 'fold', count: run - 1, depth: depthOf(rows.slice(at + 1, at + run)) });
    } else {
      for (const row of rows.slice(at, at + Math.max(run, 1))) folded.push({ kind: 'row', row });
    }
    at += Math.max(run, 1);
  }
  return folded;
}

/** True for a row whose nodes differ in anything a reader is shown. */
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

/** Keeps every node above a kept one, walking up from the end as children follow their parents. */
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
