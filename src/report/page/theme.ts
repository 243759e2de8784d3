import { h } from './dom.ts';

const THEMES = ['light dark', 'light', 'dark'] as const;
const NAMES: Readonly<Record<string, string>> = { 'light dark': 'as the system', light: 'light', dark: 'dark' };
const KEY = 'regress-theme';

/** True where the page is dark, by choice or by the system's. */
export function isDark(): boolean {
  const chosen = document.documentElement.style.colorScheme;
  return chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

/** A choice of light, dark or what the system has, kept by the browser where it keeps things for files. */
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
    // Browsers may keep nothing for a file; the choice then holds until the page is closed.
  }
}
