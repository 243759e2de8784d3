import { h } from './dom.ts';
import type { List } from './list.ts';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'search'],
  [['j', '↓'], 'next query'],
  [['k', '↑'], 'previous query'],
  [['Enter', 'Space'], 'expand or collapse'],
  [['Esc'], 'collapse, or clear the search'],
  [['x'], 'collapse all'],
  [['?'], 'show these keys'],
];

/** The dialog that lists the keys. */
export function keysDialog(): HTMLDialogElement {
  const close = h('button', { type: 'button', click: () => dialog.close() }, 'Close');
  const dialog: HTMLDialogElement = h(
    'dialog',
    { 'aria-labelledby': 'keys-title' },
    h('h2', { id: 'keys-title' }, 'Keys'),
    h(
      'dl',
      { class: 'keys' },
      ...KEYS.map(([keys, does]) =>
        h('div', {}, h('dt', {}, ...keys.map((key) => h('kbd', {}, key))), h('dd', {}, does)),
      ),
    ),
    close,
  );
  return dialog;
}

/** Makes the page usable without a mouse. Keys typed into a field belong to the field. */
export function listenToKeys(
  list: List,
  search: HTMLInputElement,
  { showKeys, clearSearch }: { readonly showKeys: () => void; readonly clearSearch: () => void },
): void {
  const actions: Readonly<Record<string, () => void>> = {
    '/': () => {
      search.focus();
      search.select();
    },
    '?': showKeys,
    x: () => list.foldAll(),
    j: () => list.move(1),
    k: () => list.move(-1),
  };
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) return;
    if (key === 'Escape') {
      if (target === search) clearSearch();
      else list.foldAround(target);
      return;
    }
    if (target === search && key === 'ArrowDown') {
      event.preventDefault();
      list.move(0);
      return;
    }
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    const onRow = target instanceof Element && target.matches('button.unfold');
    const arrows: Readonly<Record<string, number>> = onRow ? { ArrowDown: 1, ArrowUp: -1 } : {};
    const by = arrows[key];
    const action = by === undefined ? actions[key] : () => list.move(by);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}
