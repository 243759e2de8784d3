/** The page of the HTML report: reads the data in the file and draws it. */
import type { PageData } from '../formats/html-data.ts';
import { createControls } from './controls.ts';
import { carried, h } from './dom.ts';
import { type Filter, fromHash, NO_FILTER, toHash } from './filter.ts';
import { footer, header } from './header.ts';
import { keysDialog, listenToKeys } from './keyboard.ts';
import { createList } from './list.ts';

const data = carried<PageData>('report');
const list = createList(data);
const dialog = keysDialog();
const showKeys = () => dialog.showModal();

const show = (filter: Filter) => controls.count(list.show(filter));
const controls = createControls(data, (filter) => {
  show(filter);
  // Kept in the address, so that a view can be shared. This works for files too.
  history.replaceState(null, '', `#${toHash(filter)}`);
});

const readAddress = () => {
  const filter = fromHash(location.hash);
  controls.set(filter);
  show(filter);
};

document.body.append(header(data, showKeys), h('main', {}, controls.element, list.element), footer(), dialog);
new ResizeObserver(() => {
  document.documentElement.style.setProperty('--controls', `${controls.element.offsetHeight}px`);
}).observe(controls.element);
readAddress();
addEventListener('hashchange', readAddress);
listenToKeys(list, controls.search, {
  showKeys,
  clearSearch: () => {
    const filter = { ...fromHash(location.hash), text: NO_FILTER.text };
    controls.set(filter);
    show(filter);
    history.replaceState(null, '', `#${toHash(filter)}`);
  },
});
