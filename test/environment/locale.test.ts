import { describe, expect, test } from 'vitest';
import { localeCandidates, type ServerLocale } from '../../src/environment/index.ts';
import { sameSpelling } from '../../src/environment/locale.ts';
import { initdbLocaleOptions } from '../../src/target/server/locale.ts';

const libc = (name: string, encoding = 'UTF8'): ServerLocale => ({
  encoding,
  lc_collate: name,
  lc_ctype: name,
  locale_provider: 'c',
  locale: null,
});
const icu: ServerLocale = { ...libc('de_DE.utf8'), locale_provider: 'i', locale: 'de' };
const builtin: ServerLocale = { ...libc('C'), locale_provider: 'b', locale: 'C.UTF-8' };

describe('localeCandidates', () => {
  test.for<[string, ServerLocale, number, ServerLocale[]]>([
    ['C is everywhere', libc('C', 'LATIN1'), 15, [libc('C', 'LATIN1')]],
    [
      'the spelling of macOS comes second, a locale that is not C third',
      libc('en_US.utf8'),
      15,
      [libc('en_US.utf8'), libc('en_US.UTF-8'), libc('C.UTF-8'), libc('C')],
    ],
    [
      'no UTF-8 locale for another encoding',
      libc('de_DE.ISO-8859-1', 'LATIN1'),
      15,
      [libc('de_DE.ISO-8859-1', 'LATIN1'), libc('C', 'LATIN1')],
    ],
    [
      'ICU, also where the C library lacks the locale, then libc of the same name',
      icu,
      17,
      [
        icu,
        { ...icu, lc_collate: 'de_DE.UTF-8', lc_ctype: 'de_DE.UTF-8' },
        { ...icu, lc_collate: 'C.UTF-8', lc_ctype: 'C.UTF-8' },
        { ...icu, lc_collate: 'C', lc_ctype: 'C' },
        libc('de_DE.UTF-8'),
        libc('C.UTF-8'),
        libc('C'),
      ],
    ],
    ['ICU is of 15 and later', icu, 14, [libc('de_DE.UTF-8'), libc('C.UTF-8'), libc('C')]],
    ['the builtin provider is of 17 and later', builtin, 16, [libc('C'), libc('C.UTF-8')]],
  ])('%s', ([, asked, major, expected]) => {
    expect(localeCandidates(asked, major)).toEqual(expected);
  });
});

test.for<[ServerLocale, number, string[]]>([
  [libc('C'), 14, []],
  [libc('C'), 15, ['--locale-provider=libc']],
  [icu, 15, ['--locale-provider=icu', '--icu-locale=de']],
  [builtin, 17, ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']],
])('initdb is told the provider by its own options (%#)', ([locale, major, expected]) => {
  const { encoding, lc_collate, lc_ctype } = locale;
  const common = [`--encoding=${encoding}`, '--locale=C', `--lc-collate=${lc_collate}`, `--lc-ctype=${lc_ctype}`];
  expect(initdbLocaleOptions(locale, major)).toEqual([...common, ...expected]);
});

test.for([
  ['en_US.utf8', 'en_US.UTF-8', true],
  ['de_DE.ISO8859-1', 'de_DE.iso88591', true],
  ['de_DE.UTF-8@euro', 'de_DE.utf8@euro', true],
  ['POSIX', 'C', true],
  ['C.UTF-8', 'C', false],
  ['en_US.utf8', 'C.UTF-8', false],
  ['de_DE@euro', 'de_DE@EURO', false],
] as const)('%s and %s are one locale: %s', ([one, other, same]) => {
  expect(sameSpelling(one) === sameSpelling(other)).toBe(same);
});
