import { h } from './dom.ts';

const THEMES = ['light dark', 'light', 'dark'] as const;
const NAMES: Readonly<Record<string, string>> = { 'light dark': 'System', light: 'Light', dark: 'Dark' };
const KEY = 'regress-theme';

/** True if the page is dark, by the reader's choice or the system's. */
export function isDark(): boolean {
  const chosen = document.documentElement.style.colorScheme;
  return chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

/** The choice of light, dark or the system's colours. The browser remembers it, if it stores anything for files. */
export function themeChoice(): HTMLElement {
  apply(remembered());
  const select = h(
    'select',
    {
      id: 'theme',
      change: () => {
        apply(select.value);
        remember(select.value);
      },
    },
    ...THEMES.map((theme) => h('option', { value: theme }, NAMES[theme])),
  );
  select.value = remembered();
  return h('label', { class: 'field' }, 'Colours ', select);
}

function apply(theme: string): void {
  document.documentElement.style.colorScheme = theme;
}

function remembered(): string {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? THEMES[0];
  } catch {
    return THEMES[0];
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // If the browser stores nothing for files, the choice lasts until the page is closed.
  }
}
