import type { Status } from '../../model/result.ts';
import type { PageData } from '../formats/html-data.ts';
import { h } from './dom.ts';
import { causesOf, countsOf, type Filter, NO_CAUSE, NO_FILTER, type Order } from './filter.ts';

/** The controls that filter the list. */
export interface Controls {
  readonly element: HTMLElement;
  readonly search: HTMLInputElement;
  /** Makes the controls show a filter. */
  set(filter: Filter): void;
  /** Shows how many queries match. */
  count(shown: number): void;
}

const VERDICTS: readonly (readonly [Status, string, keyof PageData['summary']])[] = [
  ['error', 'could not be planned', 'errored'],
  ['fail', 'failed', 'failed'],
  ['warn', 'warned', 'warned'],
  ['ok', 'ok', 'ok'],
];

const ORDERS: readonly (readonly [Order, string])[] = [
  ['worst', 'worst first'],
  ['ratio', 'by cost ratio'],
  ['cost', 'by cost'],
  ['suite', 'by suite'],
  ['name', 'by name'],
];

/** Buttons for verdicts, a search field, and choices of cause, table, finding and order. */
export function createControls(data: PageData, changed: (filter: Filter) => void): Controls {
  let filter = NO_FILTER;
  const change = (fields: Partial<Filter>) => {
    set({ ...filter, ...fields });
    changed(filter);
  };
  const verdicts = VERDICTS.map(([status, label, key]) => {
    const count = data.summary[key];
    const press = () => {
      const others = filter.verdicts.filter((one) => one !== status);
      change({ verdicts: others.length < filter.verdicts.length ? others : [...others, status] });
    };
    const attributes = { type: 'button', class: `verdict ${status}`, 'aria-pressed': 'false', disabled: count === 0 };
    const button = h('button', { ...attributes, click: press }, h('strong', {}, count), ` ${label}`);
    return { status, button };
  });
  const search = h('input', {
    type: 'search',
    id: 'search',
    placeholder: 'name, table, SQL, message…',
    autocomplete: 'off',
    spellcheck: 'false',
    input: () => change({ text: search.value }),
  });
  const select = (label: string, key: keyof Filter, options: readonly (readonly [string, string])[]) => {
    const element = h(
      'select',
      { id: `by-${key}`, change: () => change({ [key]: element.value }) },
      ...options.map(([value, text]) => h('option', { value }, text)),
    );
    return { key, element, field: h('label', { class: 'field' }, `${label} `, element) };
  };
  const counted = (counts: ReturnType<typeof countsOf>) => [
    ['', 'any'] as const,
    ...counts.map(([value, count]) => [value, `${value === NO_CAUSE ? 'unknown' : value} (${count})`] as const),
  ];
  const selects = [
    select('Cause', 'cause', counted(countsOf(data.entries, causesOf))),
    select('Table', 'table', counted(countsOf(data.entries, ({ tables }) => tables))),
    select('Finding', 'finding', counted(countsOf(data.entries, ({ findings }) => findings.map(({ code }) => code)))),
    select('Order', 'order', ORDERS),
  ];
  const counter = h('output', { class: 'counter', 'aria-live': 'polite' });
  const reset = h('button', { type: 'button', class: 'quiet', click: () => change(NO_FILTER) }, 'Show all');
  const set = (next: Filter) => {
    filter = next;
    if (search.value !== next.text) search.value = next.text;
    for (const { key, element } of selects) element.value = String(next[key]);
    for (const { status, button } of verdicts) {
      button.setAttribute('aria-pressed', String(next.verdicts.includes(status)));
    }
  };
  const element = h(
    'form',
    { class: 'controls', role: 'search', submit: (event) => event.preventDefault() },
    h(
      'div',
      { class: 'verdicts', role: 'group', 'aria-label': 'Verdict' },
      ...verdicts.map(({ button }) => button),
      h('div', { class: 'shown' }, counter, reset),
    ),
    h(
      'div',
      { class: 'narrow' },
      h('label', { class: 'field search' }, 'Search ', search),
      ...selects.map(({ field }) => field),
    ),
  );
  return {
    element,
    search,
    set,
    count: (shown) => {
      const all = data.entries.length;
      counter.textContent = shown === all ? `${all} planned queries` : `${shown} of ${all} planned queries`;
      reset.hidden = shown === all;
    },
  };
}
