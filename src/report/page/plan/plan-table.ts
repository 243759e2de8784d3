import type { PlanNode } from '../../../model/plan.ts';
import type { DifferenceRow, PlanDifference } from '../../../model/plans/difference.ts';
import { foldRows } from '../../text/fold-rows.ts';
import { h, name, withProperty } from '../dom.ts';
import { costTexts, type Mark, markOf, type NodeView, nodeElement, type Side } from './plan-node.ts';

/** Rows of a plan that are drawn at first. */
const MAX_ROWS = 400;

/** Two plans as trees side by side, with matching nodes on one line. Unchanged parts are folded. */
export function differenceTable(difference: PlanDifference, before: string): HTMLElement {
  const costs = difference.rows.flatMap(({ baseline, current }) => [costOf(baseline), costOf(current)]);
  const body = h('div', { class: 'plan-body' });
  const draw = (whole: boolean) =>
    body.replaceChildren(...tableRows(difference.rows, { whole, most: most([1, ...costs]) }));
  draw(false);
  const table = h('div', { class: 'plans two' }, heads([before, 'now']), body);
  fitColumns(table, difference.rows);
  selectOneSide(table);
  return h('section', { 'aria-label': 'Plans' }, toolbar('Plans', draw), table);
}

/** One plan as a tree. */
export function planTable(plan: PlanNode, title: string, mark: Mark = 'same'): HTMLElement {
  const rows = planRows(plan, 0);
  const body = h('div', { class: 'plan-body' });
  const draw = (whole: boolean) => {
    const view = { whole, most: Math.max(plan.totalCost, 1) };
    body.replaceChildren(
      ...limited(rows, ({ current }) => lineOf([current && nodeElement(current, 'current', view, mark)], mark)),
    );
  };
  draw(false);
  const table = h('div', { class: 'plans one' }, heads([title]), body);
  fitColumns(table, rows);
  return h('section', { 'aria-label': 'Plan' }, toolbar('Plan', draw), table);
}

function planRows(node: PlanNode, depth: number): readonly DifferenceRow[] {
  const own = { baseline: null, current: { node, depth, pair: null } };
  return [own, ...node.plans.flatMap((child) => planRows(child, depth + 1))];
}

function costOf(cell: DifferenceRow['current']): number {
  return cell?.node.totalCost ?? 0;
}

function toolbar(title: string, draw: (whole: boolean) => void): HTMLElement {
  const wholly = h('input', { type: 'checkbox', change: () => draw(wholly.checked) });
  return h(
    'div',
    { class: 'section-head' },
    h('h4', {}, title),
    h('label', { class: 'switch' }, wholly, ' every node and property'),
  );
}

/** Passes the depth of a table and the lengths of its figures to the style sheet, which aligns the columns. */
function fitColumns(table: HTMLElement, rows: readonly DifferenceRow[]): void {
  for (const side of ['baseline', 'current'] as const) {
    const cells = rows.flatMap((row) => row[side] ?? []);
    withProperty(table, `--${side}-cost`, most([4, ...cells.map((cell) => costTexts(cell, side).join(' ').length)]));
    withProperty(table, `--${side}-rows`, most([4, ...cells.map(({ node }) => String(node.planRows).length)]));
  }
  const depths = rows.flatMap(({ baseline, current }) => [baseline?.depth ?? 0, current?.depth ?? 0]);
  withProperty(table, '--deepest', most([1, ...depths]));
}

/** The greatest number. Math.max would overflow the stack with too many arguments. */
function most(numbers: readonly number[]): number {
  return numbers.reduce((greatest, one) => Math.max(greatest, one), 0);
}

function heads(titles: readonly string[]): HTMLElement {
  const cells = titles.map((title) =>
    h(
      'div',
      { class: 'side node' },
      h('span', {}),
      name(title, 'plan-name'),
      h('span', {}, 'cost'),
      h('span', {}, 'rows'),
    ),
  );
  return h('div', { class: 'plan-head' }, ...cells);
}

function tableRows(rows: readonly DifferenceRow[], view: NodeView): readonly HTMLElement[] {
  if (view.whole) return limited(rows, (row) => rowElement(row, view));
  let from = 0;
  const placed = foldRows(rows).map((folded) => {
    const at = from;
    from += folded.kind === 'row' ? 1 : folded.count;
    return { folded, at };
  });
  return limited(placed, ({ folded, at }) => {
    if (folded.kind === 'row') return rowElement(folded.row, view);
    return foldElement(rows.slice(at, at + folded.count), folded.kind === 'fold' ? folded.depth : 0, view);
  });
}

function rowElement({ baseline, current }: DifferenceRow, view: NodeView): HTMLElement {
  const cells = [
    baseline && nodeElement(baseline, 'baseline', view),
    current && nodeElement(current, 'current', view),
  ] as const;
  const mark =
    current !== null ? markOf(current, 'current') : baseline !== null ? markOf(baseline, 'baseline') : 'same';
  return lineOf(cells, mark);
}

function lineOf(cells: readonly (HTMLElement | null)[], mark: Mark): HTMLElement {
  const sides: readonly Side[] = cells.length === 1 ? ['current'] : ['baseline', 'current'];
  return h(
    'div',
    { class: `plan-row ${mark}` },
    ...cells.map((cell, at) => h('div', { class: `side ${sides[at]}${cell === null ? ' void' : ''}` }, cell)),
  );
}

/** A button in place of these rows. Pressing it shows them. */
function foldElement(behind: readonly DifferenceRow[], depth: number, view: NodeView): HTMLElement {
  const click = () => row.replaceWith(...behind.map((one) => rowElement(one, view)));
  const unfold = h('button', { type: 'button', class: 'fold', click }, `${behind.length} more nodes, unchanged`);
  const row = withProperty(h('div', { class: 'plan-row folded' }, unfold), '--depth', depth);
  return row;
}

/** Elements for the first rows, and a button that shows the others. */
function limited<T>(rows: readonly T[], element: (row: T) => HTMLElement): readonly HTMLElement[] {
  const first = rows.slice(0, MAX_ROWS).map((row) => element(row));
  const rest = rows.length - first.length;
  if (rest <= 0) return first;
  const click = () => more.replaceWith(...rows.slice(MAX_ROWS).map((row) => element(row)));
  const more = h('button', { type: 'button', class: 'fold', click }, `${rest} more nodes`);
  return [...first, more];
}

/** Keeps a selection of text within one side. */
function selectOneSide(table: HTMLElement): void {
  table.addEventListener('mousedown', ({ target }) => {
    const side = target instanceof Element ? target.closest('.side') : null;
    table.dataset.selecting = side === null ? '' : side.classList.contains('baseline') ? 'baseline' : 'current';
  });
}
