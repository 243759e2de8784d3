import { tellingFinding } from '../../model/finding.ts';
import { formatCost } from '../../model/plans/figures.ts';
import type { PageData, PageEntry } from '../formats/html-data.ts';
import { detailOf } from './detail.ts';
import { h, name, unseen } from './dom.ts';
import { createMatcher, type Filter, ordered } from './filter.ts';
import { ratioBar, ratioText } from './plan/costs.ts';

/** The list of planned queries. */
export interface List {
  readonly element: HTMLElement;
  /** Shows the entries that match a filter, in its order. Returns their number. */
  show(filter: Filter): number;
  /** Moves the focus by a number of rows, or to the first row. */
  move(by: number): void;
  /** Folds the row around the target; false if it has none that is unfolded. */
  foldAround(target: EventTarget | null): boolean;
  foldAll(): void;
}

interface Row {
  readonly entry: PageEntry;
  readonly element: HTMLLIElement;
  readonly button: HTMLButtonElement;
  toggle(unfolded?: boolean): void;
}

/** Makes rows for all entries. Their details are made when they are unfolded. */
export function createList(data: PageData): List {
  const rows = new Map(data.entries.map((entry, at) => [entry, createRow(entry, at, data)]));
  const matches = createMatcher(data);
  const element = h('ol', { class: 'list', role: 'list' }, ...[...rows.values()].map((row) => row.element));
  let shown: readonly Row[] = [...rows.values()];
  let order = 'worst';
  const none = h('p', { class: 'none', hidden: true }, 'No query matches.');
  const becomeActive = (active: Row | undefined) => {
    for (const row of rows.values()) row.button.tabIndex = row === active ? 0 : -1;
  };
  becomeActive(shown[0]);
  element.addEventListener('focusin', ({ target }) => {
    const focused = shown.find(({ button }) => button === target);
    if (focused !== undefined) becomeActive(focused);
  });

  return {
    element: h('div', {}, element, none),
    show: (filter) => {
      const inOrder = ordered(data.entries, filter.order).flatMap((entry) => rows.get(entry) ?? []);
      if (filter.order !== order) element.replaceChildren(...inOrder.map((row) => row.element));
      order = filter.order;
      for (const row of inOrder) row.element.hidden = !matches(row.entry, filter);
      shown = inOrder.filter((row) => !row.element.hidden);
      none.hidden = shown.length > 0;
      becomeActive(shown[0]);
      return shown.length;
    },
    move: (by) => {
      const around = document.activeElement?.closest('li.row');
      const from = shown.findIndex((row) => row.element === around);
      const to = from < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, from + by));
      shown[to]?.button.focus();
      shown[to]?.element.scrollIntoView({ block: 'nearest' });
    },
    foldAround: (target) => {
      const around = target instanceof Element ? target.closest('li.row') : null;
      const row = shown.find((one) => one.element === around);
      if (row?.button.getAttribute('aria-expanded') !== 'true') return false;
      row.toggle(false);
      row.button.focus();
      return true;
    },
    foldAll: () => {
      for (const row of rows.values()) row.toggle(false);
    },
  };
}

function createRow(entry: PageEntry, at: number, data: PageData): Row {
  const id = `detail-${at}`;
  const said = { verdict: `verdict-${at}`, what: `name-${at}`, change: `change-${at}` };
  const button = h('button', {
    type: 'button',
    class: 'unfold',
    'aria-expanded': 'false',
    'aria-labelledby': Object.values(said).join(' '),
    'aria-controls': id,
  });
  const head = h(
    'div',
    { class: 'head' },
    button,
    h('span', { class: `badge ${entry.status}`, id: said.verdict }, entry.status),
    h(
      'div',
      { class: 'what', id: said.what },
      h(
        'div',
        { class: 'title' },
        name(entry.query, 'query'),
        entry.case !== null && name(entry.case, 'case'),
        name(`${entry.file}:${entry.line}`, 'place'),
      ),
      sayingOf(entry),
    ),
    h('div', { class: 'causes' }, ...entry.causes.map((cause) => h('span', { class: 'cause' }, cause))),
    h('div', { class: 'change', id: said.change }, ...changeOf(entry)),
  );
  const element = h('li', { class: `row ${entry.status}` }, head);
  let detail: HTMLElement | null = null;
  const toggle = (unfolded = button.getAttribute('aria-expanded') !== 'true') => {
    if (unfolded && detail === null) {
      detail = detailOf(entry, at, data);
      detail.id = id;
      element.append(detail);
    }
    if (detail !== null) detail.hidden = !unfolded;
    element.classList.toggle('unfolded', unfolded);
    button.setAttribute('aria-expanded', String(unfolded));
  };
  // A click anywhere on the row unfolds it, unless the click ends a selection of text.
  head.addEventListener('click', () => {
    if (document.getSelection()?.isCollapsed === false) return;
    toggle();
    button.focus({ preventScroll: true });
  });
  return { entry, element, button, toggle };
}

/** The main finding, on one line. */
function sayingOf({ findings }: PageEntry): HTMLElement | null {
  const main = tellingFinding(findings);
  if (main === undefined) return null;
  const more = findings.length === 1 ? '' : ` and ${findings.length - 1} more`;
  return h('div', { class: 'saying' }, name(main.message), h('span', { class: 'more' }, more));
}

function changeOf(entry: PageEntry): readonly HTMLElement[] {
  const { baselineCost, currentCost } = entry;
  const both = baselineCost !== null && currentCost !== null && baselineCost !== currentCost;
  const costs = both
    ? `${formatCost(baselineCost)} → ${formatCost(currentCost)}`
    : currentCost === null
      ? 'no plan'
      : formatCost(currentCost);
  return [
    h('span', { class: 'costs' }, unseen('cost '), costs),
    h('span', { class: 'ratio' }, ratioText(entry)),
    ratioBar(entry),
  ];
}
