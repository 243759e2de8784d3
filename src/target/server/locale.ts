import type { ServerLocale } from '../../environment/index.ts';

/** The options of initdb for a locale. Messages are always in English. */
export function initdbLocaleOptions(locale: ServerLocale, major: number): string[] {
  const options = [
    `--encoding=${locale.encoding}`,
    '--locale=C',
    `--lc-collate=${locale.lc_collate}`,
    `--lc-ctype=${locale.lc_ctype}`,
  ];
  if (major >= 15 && locale.locale_provider === 'c') options.push('--locale-provider=libc');
  if (locale.locale_provider === 'i') options.push('--locale-provider=icu', `--icu-locale=${locale.locale}`);
  if (locale.locale_provider === 'b') options.push('--locale-provider=builtin', `--builtin-locale=${locale.locale}`);
  return options;
}
