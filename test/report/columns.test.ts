import { describe, expect, it } from 'vitest';
import { cutTo, displayWidth, hang, padEnd, wrap } from '../../src/report/text/columns.ts';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['orders', 6],
    ['注文', 4],
    ['한국', 4],
    ['ｱ', 1],
    ['（', 2],
    ['e\u0301', 1],
    ['é', 1],
    ['😀', 2],
    ['👩‍👩‍👧', 2],
    ['\u200b', 0],
    ['→…│', 3],
  ])('of %j is %d', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('hang', () => {
  it.each([
    ['-> Seq Scan on orders', 30, 4, ['-> Seq Scan on orders']],
    ['-> Seq Scan on orders', 15, 4, ['-> Seq Scan on', '    orders']],
    ['-> Index Scan using abcdefghijklmnop on t', 12, 4, ['-> Index', '    Scan', '    using', '    abcdef…']],
    ['abcdefghijklmnop on t', 8, 2, ['abcdefgh', '  ijklmn', '  op on', '  t']],
    ['注文注文 注文', 6, 2, ['注文注', '  文', '  注文']],
  ])('of %j in %d columns', (text, width, indent, lines) => {
    const written = hang(text, width, indent, 4);
    expect(written).toEqual(lines);
    for (const line of written) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });
});

describe('cutTo', () => {
  it.each([
    ['orders', 6, 'orders'],
    ['orders', 5, 'orde…'],
    ['注文注文', 5, '注文…'],
    ['注文注文', 4, '注…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ])('%j in %d columns is %j', (text, width, cut) => {
    expect(cutTo(text, width)).toBe(cut);
  });
});

it.each(['a', '注', '注文注文注文', 'abcdefghij'])('pads or cuts %j to the width exactly', (text) => {
  expect(displayWidth(padEnd(text, 7))).toBe(7);
});

describe('wrap', () => {
  it.each([
    ['SELECT 1', 20, ['SELECT 1']],
    ['SELECT a, b FROM t', 10, ['SELECT a,', 'b FROM t']],
    ['    indented text', 14, ['    indented', 'text']],
    ['aaaaaaaaaaaa b', 6, ['aaaaa…', 'b']],
    ['注文 注文', 6, ['注文', '注文']],
    ['', 10, ['']],
  ])('%j in %d columns', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

describe('text of hundreds of kilobytes', () => {
  const long = 'שלום 👩‍👩‍👧‍👦 日本語 x'.repeat(15_000);

  it.each([
    ['displayWidth', () => displayWidth(long)],
    ['cutTo', () => cutTo(long, 80)],
    ['wrap', () => wrap(long, 80)],
    ['wrap of a word', () => wrap(long.replaceAll(' ', ''), 80)],
    ['hang', () => hang(long, 80, 4, 4)],
  ])('is no trouble for %s', (_, work) => {
    const before = process.cpuUsage();
    expect(work()).toBeTruthy();
    const { user, system } = process.cpuUsage(before);
    // The processor's time: a clock on the wall also measures what else the machine does.
    expect((user + system) / 1000).toBeLessThan(5000);
  });
});
