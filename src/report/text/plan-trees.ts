import type { PlanNode } from '../../model/plan.ts';
import type { DifferenceRow, PlanDifference } from '../../model/plans/difference.ts';
import { type FoldedRow, foldRows } from './fold-rows.ts';
import type { Paint } from './paint.ts';
import { cellLines, foldLine, mergedLine, type Side, type TreeLine } from './tree-lines.ts';
import { headerLine, isRoomy, layoutTable, tableLines } from './tree-table.ts';

/** Columns from which two plans are shown side by side if no name must be broken; from the second width on always. */
const SIDE_BY_SIDE_WIDTH = 116;
const ROOMY_WIDTH = 156;
const BETWEEN = '  │ ';

/** Rows of a tree before it is cut. The JSON report has whole plans. */
const MAX_ROWS = 80;

interface View {
  readonly width: number;
  /** The name of the earlier plan. */
  readonly before: string;
  readonly paint: Paint;
}

/**
 * Two plans as trees, one line for each node, with changed nodes marked: side by side in a wide terminal, one above the
 * other in a narrow one, or merged into one tree if only figures changed.
 */
export function differenceTrees(difference: PlanDifference, view: View): readonly string[] {
  const rows = cutRows(foldRows(difference.rows));
  if (difference.shapeChanges.length === 0 && difference.rows.every(isPaired)) return mergedTree(rows, view);
  const beside = view.width >= SIDE_BY_SIDE_WIDTH ? treesSideBySide(rows, view) : null;
  return beside ?? treesStacked(rows, view);
}

/** One plan as a tree. */
export function planTree(title: string, plan: PlanNode, view: View): readonly string[] {
  return table(title, planLines(plan, 0).slice(0, MAX_ROWS), view);
}

function planLines(node: PlanNode, depth: number): readonly TreeLine[] {
  return [mergedLine({ node, depth, pair: null }), ...node.plans.flatMap((child) => planLines(child, depth + 1))];
}

function isPaired({ baseline, current }: DifferenceRow): boolean {
  return baseline !== null && current !== null;
}

function cutRows(rows: readonly FoldedRow[]): readonly FoldedRow[] {
  if (rows.length <= MAX_ROWS) return rows;
  return [...rows.slice(0, MAX_ROWS), { kind: 'cut', count: rows.length - MAX_ROWS }];
}

function mergedTree(rows: readonly FoldedRow[], view: View): readonly string[] {
  const lines = rows.flatMap((row) =>
    row.kind !== 'row' ? [foldLine(row)] : row.row.current === null ? [] : [mergedLine(row.row.current)],
  );
  return table(`${view.before} → now`, lines, view);
}

function treesStacked(rows: readonly FoldedRow[], view: View): readonly string[] {
  const side = (name: Side) => rows.flatMap((row) => sideLines(row, name));
  return [...table(view.before, side('baseline'), view), '', ...table('now', side('current'), view)];
}

/** Null if the terminal is too narrow. */
function treesSideBySide(rows: readonly FoldedRow[], { width, before: name, paint }: View): readonly string[] | null {
  const sides = rows.map((row) => [sideLines(row, 'baseline'), sideLines(row, 'current')] as const);
  const [before, after] = [sides.flatMap(([lines]) => lines), sides.flatMap(([, lines]) => lines)];
  const room = width - BETWEEN.length;
  // Each side can use the columns that the other does not need.
  const right = layoutTable(after, room - layoutTable(before, Math.floor(room / 2)).total);
  const left = layoutTable(before, room - right.total);
  if (width < ROOMY_WIDTH && !(isRoomy(before, left) && isRoomy(after, right))) return null;
  const blank = ' '.repeat(left.total);
  const beside = (old: string, now: string) => `${old}${paint('dim', BETWEEN)}${now}`.trimEnd();
  const body = sides.flatMap(([old, now]) => {
    const lines = [
      old.flatMap((line) => tableLines(line, left, paint)),
      now.flatMap((line) => tableLines(line, right, paint)),
    ] as const;
    const height = Math.max(...lines.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) => beside(lines[0][at] ?? blank, lines[1][at] ?? ''));
  });
  return [beside(headerLine(name, left, paint), headerLine('now', right, paint)), ...body];
}

function sideLines(row: FoldedRow, side: Side): readonly TreeLine[] {
  if (row.kind !== 'row') return [foldLine(row)];
  const cell = row.row[side];
  return cell === null ? [] : cellLines(cell, side);
}

function table(title: string, lines: readonly TreeLine[], { width, paint }: View): readonly string[] {
  const layout = layoutTable(lines, width);
  const body = lines.flatMap((line) => tableLines(line, layout, paint));
  return [headerLine(title, layout, paint), ...body].map((line) => line.trimEnd());
}
