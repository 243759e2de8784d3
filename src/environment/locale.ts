/** Encoding and locale of a database, by the columns of pg_database; `locale` is daticulocale or datlocale. */
export interface ServerLocale {
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  /** datlocprovider: c (libc), i (icu) or b (builtin). */
  readonly locale_provider: string;
  readonly locale: string | null;
  /** daticurules, which ICU's order is tailored by. */
  readonly icu_rules?: string;
}

/**
 * What to try for a database that is to plan like one of this locale, best first: the locale asked for; its name as other
 * systems spell it; its collation of ICU's or PostgreSQL's own, whatever the C library lacks; a locale that sorts by code
 * point but is not taken for C (so that a LIKE cannot use a plain index, as in production); and C, which is everywhere.
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

/** glibc takes any spelling of the codeset, macOS only this one. */
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

/** One spelling for names the C library takes for the same: `en_US.utf8` is en_US.UTF-8, and POSIX is C. */
export function sameSpelling(name: string): string {
  if (/^(C|POSIX)$/i.test(name)) return 'C';
  return name.replace(/\.[^@]*/, (codeset) => codeset.toLowerCase().replaceAll(/[^.a-z0-9]/g, ''));
}
