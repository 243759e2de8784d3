import type { PlanNode } from '../../model/plan.ts';
import type { DifferenceCell, NodeChange } from '../../model/plans/difference.ts';
import { formatCost, formatRatio } from '../../model/plans/figures.ts';
import { nodeTitle, propertyText } from '../../model/plans/node-title.ts';
import { subplanName } from '../../model/plans/subplan-name.ts';
import type { FoldedRow } from './fold-rows.ts';

/** ` ` unchanged, `~` changed, `+` only in the current plan, `-` only in the baseline, `…` left out. */
export type Mark = ' ' | '~' | '+' | '-' | '…';

/** One line of a plan tree, before the layout of its columns. */
export interface TreeLine {
  readonly mark: Mark;
  readonly text: string;
  readonly cost: string;
  /** The cost relative to the baseline's; empty if there is none or the ratio is 1. */
  readonly ratio: string;
  readonly rows: string;
}

export type Side = 'baseline' | 'current';

/** Properties that the title of a node contains. */
const IN_TITLE = new Set(['Parallel Aware', 'Join Type', 'Strategy', 'Partial Mode', 'Scan Direction', 'Operation']);

/** Properties to show for a node that only one plan has. */
const TELLING = /(Cond|Filter|Key)$/;

/** The lines of one node: its title with figures, and its changes. */
export function cellLines(cell: DifferenceCell, side: Side): readonly TreeLine[] {
  const { node, depth, pair } = cell;
  const mark = markOf(cell, side);
  const ratio = side === 'current' && pair !== null ? changedRatio(pair.baseline, node) : '';
  const title = figureLine(mark, treeText(depth, titleOf(node)), node, ratio);
  const details = pair === null ? ownDetails(node) : pair.changes.flatMap((change) => changeDetail(change, side));
  return [title, ...details.map((text) => plainLine(mark, `${indent(depth)}${text}`))];
}

/** The line of a node that differs only in figures, with both plans' figures. */
export function mergedLine({ node, depth, pair }: DifferenceCell): TreeLine {
  const line = figureLine(
    ' ',
    treeText(depth, titleOf(node)),
    node,
    pair === null ? '' : changedRatio(pair.baseline, node),
  );
  if (pair === null) return line;
  return {
    ...line,
    cost: fromTo(formatCost(pair.baseline.totalCost), line.cost),
    rows: fromTo(String(pair.baseline.planRows), line.rows),
  };
}

/** The line that stands for nodes left out. */
export function foldLine(row: Exclude<FoldedRow, { kind: 'row' }>): TreeLine {
  if (row.kind === 'cut') return plainLine('…', `${row.count} more lines; the json reporter writes whole plans`);
  return plainLine('…', treeText(row.depth, `${row.count} more nodes, unchanged`));
}

/** A node's title, with the name of its subplan, because expressions refer to it. */
function titleOf(node: PlanNode): string {
  const name = subplanName(node);
  return name === null ? nodeTitle(node) : `${name.reference}: ${nodeTitle(node)}`;
}

function figureLine(mark: Mark, text: string, node: PlanNode, ratio: string): TreeLine {
  return { mark, text, cost: formatCost(node.totalCost), ratio, rows: String(node.planRows) };
}

function plainLine(mark: Mark, text: string): TreeLine {
  return { mark, text, cost: '', ratio: '', rows: '' };
}

function markOf({ pair }: DifferenceCell, side: Side): Mark {
  if (pair === null) return side === 'baseline' ? '-' : '+';
  return pair.reshaped ? '~' : ' ';
}

/** The ratio as text; empty if it rounds to 1. */
function changedRatio(baseline: PlanNode, current: PlanNode): string {
  const ratio = formatRatio(baseline.totalCost, current.totalCost);
  return ratio === 'x1.00' ? '' : ratio;
}

function treeText(depth: number, text: string): string {
  return depth === 0 ? text : `${'  '.repeat(depth - 1)}-> ${text}`;
}

/** Aligns details with the first letter of their node's title. */
function indent(depth: number): string {
  return depth === 0 ? '  ' : `${'  '.repeat(depth - 1)}     `;
}

function ownDetails(node: PlanNode): readonly string[] {
  return Object.entries(node.properties).flatMap(([label, value]) =>
    TELLING.test(label) ? [`${label}: ${propertyText(value)}`] : [],
  );
}

function changeDetail({ kind, label, before, after }: NodeChange, side: Side): readonly string[] {
  if (kind === 'position') return side === 'current' ? [`(was ${before})`] : [];
  if (IN_TITLE.has(label) || !['condition', 'key', 'parallel', 'property'].includes(kind)) return [];
  const value = side === 'baseline' ? before : after;
  return value === null ? [] : [`${label}: ${value}`];
}

function fromTo(before: string, after: string): string {
  return before === after ? after : `${before} → ${after}`;
}
