/** Makes elements from plain data. Text becomes text nodes, so it can never become an element. */

type Child = Node | string | number | null | undefined | false;
type Listener = (event: Event) => void;
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | Listener>>;

/**
 * Makes an element with attributes and children. A function is a listener for the event of that name; true makes an empty
 * attribute; false, null and undefined make none. Names and URLs must be the page's own; only values come from reports.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/** Adds children, except null, undefined and false. */
export function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      parent.append(typeof child === 'number' ? String(child) : child);
    }
  }
}

/** Text for screen readers only. */
export function unseen(text: string): HTMLElement {
  return h('span', { class: 'unseen' }, text);
}

/** A name from a database or a suite. Right-to-left letters in it do not reorder the text around it. */
export function name(text: string, className = ''): HTMLElement {
  return h('bdi', { class: className === '' ? null : className, dir: 'ltr' }, text);
}

/** Sets a custom property of CSS, in the only way that the page's policy allows. */
export function withProperty<T extends HTMLElement>(element: T, property: string, value: string | number): T {
  element.style.setProperty(property, String(value));
  return element;
}

/** Data that the file contains under an id. */
export function carried<T>(id: string): T {
  const text = document.getElementById(id)?.textContent;
  if (text === null || text === undefined) throw new Error(`the report has no part ${id}`);
  return JSON.parse(text) as T;
}
