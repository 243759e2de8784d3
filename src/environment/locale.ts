/** Encoding and locale of a database, by the columns of pg_database; `locale` is daticulocale or datlocale. */
export interface ServerLocale {
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  /** datlocprovider: c (libc), i (icu) or b (builtin). */
  readonly locale_provider: string;
  readonly locale: string | null;
  /** daticurules: rules that tailor ICU's order. */
  readonly icu_rules?: string;
}

/**
 * Locales to try for a database that should plan like one of the locale `asked`, best first: that locale; its name as
 * other systems spell it; its ICU or builtin collation, with another LC_COLLATE if the C library lacks it; a locale that
 * sorts by code point but does not count as C (so that LIKE cannot use a plain index, as in production); and C, which
 * exists everywhere.
 */
export function localeCandidates(asked: ServerLocale, major: number): ServerLocale[] {
  const { encoding } = asked;
  const respelled = respell(asked);
  const everywhere = encoding === 'UTF8' ? ['C.UTF-8', 'C'] : ['C'];
  const named = (lc: string) => ({ ...asked, lc_collate: lc, lc_ctype: lc });
  const candidates = [
    asked,
    respelled,
    ...(asked.locale_provider === 'c' ? [] : everywhere.map(named)),
    libc(respelled),
    ...everywhere.map((lc) => libc(named(lc))),
  ];
  const supported = candidates.filter((candidate) => isSupported(candidate, major));
  return [...new Map(supported.map((candidate) => [JSON.stringify(candidate), candidate])).values()];
}

function libc(locale: ServerLocale): ServerLocale {
  const { encoding, lc_collate, lc_ctype } = locale;
  return { encoding, lc_collate, lc_ctype, locale_provider: 'c', locale: null };
}

/** glibc accepts any spelling of the codeset, macOS only this one. */
function respell(locale: ServerLocale): ServerLocale {
  const spell = (name: string) => name.replace(/\.utf-?8(?=$|@)/i, '.UTF-8');
  return { ...locale, lc_collate: spell(locale.lc_collate), lc_ctype: spell(locale.lc_ctype) };
}

/** Providers other than libc exist from 15 (icu) and 17 (builtin). */
function isSupported(locale: ServerLocale, major: number): boolean {
  if (locale.locale_provider === 'i') return major >= 15 && locale.locale !== null;
  if (locale.locale_provider === 'b') return major >= 17 && locale.locale !== null;
  return locale.locale_provider === 'c';
}

/** One spelling for locale names that mean the same to the C library: `en_US.utf8` and en_US.UTF-8, POSIX and C. */
export function sameSpelling(name: string): string {
  if (/^(C|POSIX)$/i.test(name)) return 'C';
  return name.replace(/\.[^@]*/, (codeset) => codeset.toLowerCase().replaceAll(/[^.a-z0-9]/g, ''));
}
