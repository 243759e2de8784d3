import type { PlanNode } from '../../../model/plan.ts';
import type { DifferenceCell, NodeChange } from '../../../model/plans/difference.ts';
import { formatCost, formatRatio } from '../../../model/plans/figures.ts';
import { nodeTitle, propertyText } from '../../../model/plans/node-title.ts';
import { subplanName } from '../../../model/plans/subplan-name.ts';
import { h, name, unseen, withProperty } from '../dom.ts';

export type Side = 'baseline' | 'current';
export type Mark = 'same' | 'changed' | 'added' | 'removed';

/** How nodes are shown. */
export interface NodeView {
  /** Shows every property of a node, not only changes. */
  readonly whole: boolean;
  /** The cost that fills a node's bar. */
  readonly most: number;
}

const SIGNS: Readonly<Record<Mark, readonly [sign: string, said: string]>> = {
  same: ['', ''],
  changed: ['~', 'changed: '],
  added: ['+', 'new: '],
  removed: ['−', 'gone: '],
};

/** Properties that a node's title or its place shows. */
const IN_TITLE = new Set([
  'Parallel Aware',
  'Join Type',
  'Strategy',
  'Partial Mode',
  'Scan Direction',
  'Operation',
  'Subplan Name',
  'Parent Relationship',
]);

/** Properties to show for a node that only one plan has. */
const TELLING = /(Cond|Filter|Key)$/;

/** How a node differs from its match in the other plan. */
export function markOf({ pair }: DifferenceCell, side: Side): Mark {
  if (pair === null) return side === 'baseline' ? 'removed' : 'added';
  return pair.reshaped ? 'changed' : 'same';
}

/** One node of a plan: its title, figures and details. */
export function nodeElement(cell: DifferenceCell, side: Side, view: NodeView, mark = markOf(cell, side)): HTMLElement {
  const { node, depth, pair } = cell;
  const [sign, said] = SIGNS[mark];
  const details = view.whole ? wholeDetails(cell, side) : pair === null ? ownDetails(node, mark) : changed(cell, side);
  const body = h(
    'div',
    { class: 'node-text' },
    h('div', { class: 'node-title' }, said !== '' && unseen(said), name(titleOf(node))),
    ...details,
  );
  const element = h(
    'div',
    { class: `node ${mark}` },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, sign),
    body,
    costCell(cell, side, view),
    rowsCell(cell, side),
  );
  return withProperty(element, '--depth', depth);
}

/** The cost of a node, and its ratio to the other plan's if that is not 1. */
export function costTexts({ node, pair }: DifferenceCell, side: Side): readonly string[] {
  const ratio = side === 'current' && pair !== null ? formatRatio(pair.baseline.totalCost, node.totalCost) : '';
  return [formatCost(node.totalCost), ...(ratio === '' || ratio === 'x1.00' ? [] : [ratio])];
}

function costCell(cell: DifferenceCell, side: Side, { most }: NodeView): HTMLElement {
  const { node, pair } = cell;
  const [total, ratio] = costTexts(cell, side);
  const way = pair !== null && node.totalCost > pair.baseline.totalCost ? 'dearer' : 'cheaper';
  const title = `startup ${formatCost(node.startupCost)}, total ${total}`;
  const cost = h(
    'span',
    { class: 'node-cost', title },
    unseen(' cost '),
    total,
    ratio !== undefined && h('span', { class: `ratio ${way}` }, ' ', ratio),
  );
  return withProperty(cost, '--reach', Math.min(1, node.totalCost / most));
}

function rowsCell({ node, pair }: DifferenceCell, side: Side): HTMLElement {
  const moved = pair !== null && pair.baseline.planRows !== pair.current.planRows;
  const title = `${node.planRows} rows of ${node.planWidth} bytes`;
  return h('span', { class: `node-rows${moved ? ` moved ${side}` : ''}`, title }, unseen(' rows '), node.planRows);
}

/** A node's title, with the name of its subplan, because expressions refer to it. */
function titleOf(node: PlanNode): string {
  const subplan = subplanName(node);
  return subplan === null ? nodeTitle(node) : `${subplan.reference}: ${nodeTitle(node)}`;
}

function ownDetails(node: PlanNode, mark: Mark): readonly HTMLElement[] {
  const shown = Object.entries(node.properties).filter(([label]) => TELLING.test(label));
  return shown.map(([label, value]) => detail(label, propertyText(value), mark !== 'same'));
}

function changed({ pair }: DifferenceCell, side: Side): readonly HTMLElement[] {
  return (pair?.changes ?? []).flatMap((change) => changeDetail(change, side));
}

function changeDetail({ kind, label, before, after }: NodeChange, side: Side): readonly HTMLElement[] {
  if (kind === 'position') return side === 'current' && before !== null ? [detail('was', before, true)] : [];
  if (IN_TITLE.has(label) || !['condition', 'key', 'parallel', 'property'].includes(kind)) return [];
  const value = side === 'baseline' ? before : after;
  return value === null ? [] : [detail(label, value, true)];
}

/** Every property, with changed ones marked. */
function wholeDetails({ node, pair }: DifferenceCell, side: Side): readonly HTMLElement[] {
  const moved = new Set(pair?.changes.map(({ label }) => label));
  const positions = pair?.changes.filter(({ kind }) => kind === 'position') ?? [];
  const properties = Object.entries(node.properties).filter(([label]) => !IN_TITLE.has(label));
  return [
    ...properties.map(([label, value]) => detail(label, propertyText(value), moved.has(label))),
    ...positions.flatMap((change) => changeDetail(change, side)),
    detail('Startup Cost', formatCost(node.startupCost), false),
    detail('Width', `${node.planWidth} bytes`, moved.has('Width')),
  ];
}

function detail(label: string, value: string, isMarked: boolean): HTMLElement {
  return h('div', { class: `node-detail${isMarked ? ' marked' : ''}` }, `${label}: `, name(value));
}
