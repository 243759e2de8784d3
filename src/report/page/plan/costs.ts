import { formatCost, formatRatio } from '../../../model/plans/figures.ts';
import type { PageEntry } from '../../formats/html-data.ts';
import { h, name, unseen, withProperty } from '../dom.ts';
import { ratioOf } from '../filter.ts';

/** The ratio that fills a bar. */
const FULL = 1000;

/** The length of a bar, 0 to 1. A ratio and its inverse have equal lengths. */
export function reach(ratio: number): number {
  return Math.min(1, Math.abs(Math.log(Math.max(ratio, 1e-9))) / Math.log(FULL));
}

/** The ratio as a bar from the middle: to the right if the plan became costlier, to the left if cheaper. */
export function ratioBar(entry: PageEntry): HTMLElement {
  const ratio = ratioOf(entry);
  const way = ratio > 1 ? 'dearer' : ratio < 1 ? 'cheaper' : 'equal';
  return withProperty(h('span', { class: `bar ${way}`, 'aria-hidden': 'true' }), '--reach', reach(ratio));
}

/** `x2.66`; `=` if the cost did not change; empty without a plan to compare. */
export function ratioText({ baselineCost, currentCost }: PageEntry): string {
  if (baselineCost === null || currentCost === null) return '';
  return baselineCost === currentCost ? '=' : formatRatio(baselineCost, currentCost);
}

/** Costs of both plans, and of the runner-up if it is known, as bars of one scale. */
export function costBars(entry: PageEntry, before: string): HTMLElement | null {
  const { baselineCost, currentCost, runnerUp } = entry;
  const lines = [
    { label: before, cost: baselineCost, kind: 'before', note: '' },
    { label: 'now', cost: currentCost, kind: 'now', note: ratioText(entry).replace('=', 'the same') },
    {
      label: 'the old plan, now',
      cost: runnerUp?.totalCost ?? null,
      kind: 'runner-up',
      note: runnerUp === undefined ? '' : `without ${runnerUp.without.join(', ')}`,
    },
  ].flatMap((line) => (line.cost === null ? [] : [{ ...line, cost: line.cost }]));
  if (lines.length === 0) return null;
  const most = Math.max(...lines.map(({ cost }) => cost), Number.MIN_VALUE);
  const rows = lines.map(({ label, cost, kind, note }) => {
    const bar = withProperty(h('span', { class: `cost-bar ${kind}`, 'aria-hidden': 'true' }), '--reach', cost / most);
    return h(
      'div',
      { class: 'cost-line' },
      h('dt', {}, name(label)),
      h('dd', {}, bar, h('span', { class: 'figure' }, formatCost(cost)), ' ', name(note, 'cost-note')),
    );
  });
  return h('dl', { class: 'cost-bars' }, unseen('Cost'), ...rows);
}
