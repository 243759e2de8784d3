import { describe, expect, it } from 'vitest';
import { scenesOf, shownCommands } from './markdown.ts';
import { outputDifference } from './output.ts';

describe('outputDifference', () => {
  it.each([
    ['the same', 'a\nb', 'a\nb\n'],
    ['… within a line', 'cost … on orders', 'cost 12.5 on orders'],
    ['… that PostgreSQL or regress printed', 'using customers_pkey on publ…', 'using customers_pkey on publ…'],
    ['… for lines', 'first\n…\nlast', 'first\n2\n3\nlast'],
    ['… for no line', 'first\n…\nlast', 'first\nlast'],
    ['times', 'done in 2.5 s', 'done in 31 s'],
    ['minor versions', 'PostgreSQL 15.20 (Debian 15.20-0+deb12u1)', 'PostgreSQL 15.21'],
    ['times of day and digests', 'at 2026-11-22 13:36 UTC, 7f01ed2b1703', 'at 2026-12-01 00:01 UTC, 0123456789ab'],
    ['progress', 'prepare: 1 (0.3 s)\nok', 'ok'],
    [
      'what lasts on a slow machine',
      'ok',
      'starting a server of PostgreSQL 15.20 (Debian 15.20-0+deb12u1) …\nprepare: db/schema.sql …\nok',
    ],
  ])('takes for equal: %s', (_, shown, actual) => {
    expect(outputDifference(shown, actual)).toBeNull();
  });

  it.each([
    ['another number', 'cost 12.5', 'cost 12.6'],
    ['a line too many', 'a', 'a\nb'],
    ['a line too few', 'a\nb', 'a'],
    ['another major', 'PostgreSQL 15', 'PostgreSQL 18'],
    ['a pattern taken literally', 'a.c', 'abc'],
  ])('tells apart: %s', (_, shown, actual) => {
    expect(outputDifference(shown, actual)).not.toBeNull();
  });

  it('names the line that is not there', () => {
    expect(outputDifference('…\nb\n…', 'a\nB\nc')).toBe('shown:   b\nprinted: (no line that is like it)');
  });

  it('names the first line that differs', () => {
    expect(outputDifference('a\nb\nc', 'a\nB\nc')).toBe('shown:   b\nprinted: B');
  });
});

describe('scenesOf', () => {
  const page = [
    '```sh',
    'one',
    '```',
    '<!-- run: shop -->',
    '<!-- setup: two -->',
    '1. item',
    '   ```console exit=1',
    '   $ three',
    '   ```',
    '<!-- setup',
    'four',
    'five',
    '-->',
    '```yaml',
    'no: command',
    '```',
    '```sh no-run: it needs the network',
    'six',
    '```',
  ].join('\n');

  it('finds what is run, where, and what is not and why', () => {
    expect(scenesOf('page.md', page)).toMatchObject([
      { stage: null, blocks: [{ kind: 'sh', text: 'one', line: 2, exit: 0, noRun: null }] },
      {
        stage: 'shop',
        blocks: [
          { kind: 'setup', text: 'two' },
          { kind: 'console', text: '$ three', exit: 1 },
          { kind: 'setup', text: '\nfour\nfive' },
          { kind: 'sh', text: 'six', noRun: 'it needs the network' },
        ],
      },
    ]);
  });

  it('refuses what it does not know, and a fence without an end', () => {
    expect(() => scenesOf('page.md', '```sh norun\n```')).toThrow('"norun" is not understood');
    expect(() => scenesOf('page.md', '```sh\n')).toThrow('does not end');
  });

  it('splits a console block at its commands', () => {
    expect(shownCommands('$ a \\\n  b\nout\n$ c')).toEqual([
      { command: 'a \\\n  b', output: 'out' },
      { command: 'c', output: '' },
    ]);
  });
});
