import { describe, expect, test } from 'vitest';
import { initdbLocaleOptions, isSameLocale, localeCandidates, type ServerLocale } from '../../src/server/locale.ts';

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
      'ICU, then libc of the same name',
      icu,
      17,
      [
        icu,
        { ...icu, lc_collate: 'de_DE.UTF-8', lc_ctype: 'de_DE.UTF-8' },
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

test('only the spelling of the codeset may differ', () => {
  expect(isSameLocale(libc('en_US.utf8'), libc('en_US.UTF-8'))).toBe(true);
  expect(isSameLocale(libc('en_US.utf8'), libc('C.UTF-8'))).toBe(false);
  expect(isSameLocale(icu, libc('de_DE.UTF-8'))).toBe(false);
});
