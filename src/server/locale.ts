/** Encoding and locale of a server, by the columns of pg_database; `locale` is daticulocale or datlocale. */
export interface ServerLocale {
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  /** datlocprovider: c (libc), i (icu) or b (builtin). */
  readonly locale_provider: string;
  readonly locale: string | null;
}

/**
 * What to try, best first: the locale asked for, its name as other systems spell it, a locale that sorts by code point
 * but is not taken for C (so that a LIKE cannot use a plain index, as in production), and C, which is everywhere.
 */
export function localeCandidates(asked: ServerLocale, major: number): ServerLocale[] {
  const { encoding } = asked;
  const libc = (name: string): ServerLocale => ({
    encoding,
    lc_collate: name,
    lc_ctype: name,
    locale_provider: 'c',
    locale: null,
  });
  const respelled = respell(asked);
  const libcOnly = { ...respelled, locale_provider: 'c', locale: null };
  const candidates = [asked, respelled, libcOnly, ...(encoding === 'UTF8' ? [libc('C.UTF-8')] : []), libc('C')];
  const supported = candidates.filter((candidate) => isSupported(candidate, major));
  return [...new Map(supported.map((candidate) => [JSON.stringify(candidate), candidate])).values()];
}

/** glibc takes any spelling of the codeset, macOS only this one. */
function respell(locale: ServerLocale): ServerLocale {
  const spell = (name: string) => name.replace(/\.utf-?8(?=$|@)/i, '.UTF-8');
  return { ...locale, lc_collate: spell(locale.lc_collate), lc_ctype: spell(locale.lc_ctype) };
}

/** Equal but for the spelling of the codeset. */
export function isSameLocale(a: ServerLocale, b: ServerLocale): boolean {
  return a.encoding === b.encoding && describeLocale(respell(a)) === describeLocale(respell(b));
}

function isSupported(locale: ServerLocale, major: number): boolean {
  if (locale.locale_provider === 'i') return major >= 15 && locale.locale !== null;
  if (locale.locale_provider === 'b') return major >= 17 && locale.locale !== null;
  return locale.locale_provider === 'c';
}

/** The options of initdb for a locale; messages are English everywhere. */
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

/** The locale for a message, such as `en_US.UTF-8` or `icu und (C.UTF-8)`. */
export function describeLocale(locale: ServerLocale): string {
  const { lc_collate, lc_ctype } = locale;
  const libc = lc_collate === lc_ctype ? lc_collate : `${lc_collate}/${lc_ctype}`;
  if (locale.locale_provider === 'c') return libc;
  return `${locale.locale_provider === 'i' ? 'icu' : 'builtin'} ${locale.locale} (${libc})`;
}
