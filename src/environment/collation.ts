import type { SourceServer } from '../model/snapshot.ts';
import type { UnmetCondition } from '../model/target/condition.ts';
import { sameSpelling } from './locale.ts';

/** The facts that decide how texts compare: columns of pg_database, and versions of collations. */
type Locale = Pick<
  SourceServer,
  | 'platform'
  | 'encoding'
  | 'lc_collate'
  | 'lc_ctype'
  | 'locale_provider'
  | 'locale'
  | 'icu_rules'
  | 'collation_version'
  | 'collations'
>;

/**
 * Unmet conditions under which texts compare differently on the target, or their characters are classified differently. A
 * collation by bytes or code points (C, POSIX, those of the builtin provider) depends on no version.
 */
export function collationConditions(source: Locale, target: Locale): UnmetCondition[] {
  const sameOrder = orderOf(source) === orderOf(target);
  return [
    ...(sameOrder ? databaseVersion(source, target) : [otherLocale(source, target)]),
    ...(sameOrder && classesOf(source) !== classesOf(target) ? [otherClasses(source, target)] : []),
    ...namedCollations(source, target),
  ];
}

const PROVIDERS: Readonly<Record<string, string>> = { c: 'libc', i: 'icu', b: 'builtin' };

/** The order of the default collation. All of the builtin provider sort by code point, and count as C (pg_locale.c). */
function orderOf({ locale_provider, locale, icu_rules = '', lc_collate }: Locale): string {
  if (locale_provider === 'b') return 'C';
  return locale_provider === 'c' ? sameSpelling(lc_collate) : `${locale_provider} ${locale} ${icu_rules}`;
}

/** The classification of characters, such as letters and their case. Text search uses LC_CTYPE with every provider. */
function classesOf({ locale_provider, locale, lc_ctype }: Locale): string {
  const own = locale_provider === 'c' || locale === 'C' ? '' : `${locale} (${PROVIDERS[locale_provider]}), LC_CTYPE `;
  return `${own}${sameSpelling(lc_ctype)}`;
}

function localeOf({ locale_provider, locale, icu_rules, lc_collate }: Locale): string {
  const name = locale_provider === 'c' ? lc_collate : (locale ?? lc_collate);
  const rules = icu_rules === undefined ? '' : `, rules ${icu_rules}`;
  return `${name} (${PROVIDERS[locale_provider] ?? locale_provider}${rules})`;
}

const ORDER_EFFECT =
  'Strings in a histogram are compared and interpolated by their collation, so estimates for ranges and prefixes of text can differ.';

function otherLocale(source: Locale, target: Locale): UnmetCondition {
  return {
    code: 'collation',
    message: `the source's locale is ${localeOf(source)} and the target's ${localeOf(target)}`,
    effect: `${ORDER_EFFECT} If only one of the two is C, LIKE can use a plain index only there.`,
    hint: makeLocale(source),
  };
}

function otherClasses(source: Locale, target: Locale): UnmetCondition {
  return {
    code: 'ctype',
    message: `the source classifies characters by ${classesOf(source)} and the target by ${classesOf(target)}`,
    effect: 'Estimates for patterns that ignore case (ILIKE, ~*, citext) and for text search can differ.',
    hint: makeLocale(source),
  };
}

/** The commands that create the locale and a database with it. regress creates its own database like that if it can. */
function makeLocale(source: Locale): string {
  const { lc_collate, lc_ctype, locale_provider, locale, icu_rules } = source;
  const [, territory, codeset = 'UTF-8'] = /^([a-z]{2,3}_[A-Z]{2})(?:\.([^@]+))?$/.exec(lc_collate) ?? [];
  const libc =
    territory === undefined
      ? ''
      : `On the target's machine, run: localedef -i ${territory} -f ${codeset.replace(/^utf-?8$/i, 'UTF-8')} ${lc_collate}; then: `;
  const provider =
    locale_provider === 'i'
      ? ` LOCALE_PROVIDER icu ICU_LOCALE '${locale}'${icu_rules === undefined ? '' : ` ICU_RULES '${icu_rules}'`}`
      : locale_provider === 'b'
        ? ` LOCALE_PROVIDER builtin BUILTIN_LOCALE '${locale}'`
        : '';
  return `${libc}CREATE DATABASE … TEMPLATE template0${provider} LC_COLLATE '${lc_collate}' LC_CTYPE '${lc_ctype}'`;
}

function databaseVersion(source: Locale, target: Locale): UnmetCondition[] {
  if (orderOf(source) === 'C') return [];
  const [there, here] = [source.collation_version, target.collation_version];
  if (there !== here) return [otherVersion(`the locale ${localeOf(source)}`, there, here)];
  // C libraries without versions. The orders of musl, macOS and glibc differ from one another.
  const unlike = there === null && source.locale_provider === 'c' && systemOf(source) !== systemOf(target);
  if (!unlike || /^C\./i.test(source.lc_collate)) return [];
  return [
    {
      code: 'collation',
      message: `the locale ${localeOf(source)} comes from the C library of ${systemOf(source)} on the source and of ${systemOf(target)} on the target`,
      effect: ORDER_EFFECT,
      hint: SAME_SYSTEM,
    },
  ];
}

/** The operating system in a platform such as `x86_64-pc-linux-musl` or `aarch64-apple-darwin23.6.0`. */
function systemOf({ platform }: Locale): string {
  return platform
    .split('-')
    .slice(2)
    .join('-')
    .replace(/[\d.]+$/, '');
}

/** A collation that only one of the servers has is a difference of the schema. */
function namedCollations(source: Locale, target: Locale): UnmetCondition[] {
  return Object.entries(source.collations).flatMap(([name, there]) => {
    const here = target.collations[name];
    return here === undefined || here === there ? [] : [otherVersion(`the collation ${name}`, there, here)];
  });
}

const SAME_SYSTEM = 'Plan on a system with the same C library and ICU, such as the image production runs.';

function otherVersion(what: string, source: string | null, target: string | null): UnmetCondition {
  const versionText = (version: string | null) => (version === null ? 'no version' : `version ${version}`);
  return {
    code: 'collation',
    message: `${what} has ${versionText(source)} on the source and ${versionText(target)} on the target`,
    effect: ORDER_EFFECT,
    hint: SAME_SYSTEM,
  };
}
