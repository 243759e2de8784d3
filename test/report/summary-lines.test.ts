import { expect, it } from 'vitest';
import { duration } from '../../src/report/text/summary-lines.ts';

it.each([
  [3.6, '4 ms'],
  [999, '999 ms'],
  [2345, '2.3 s'],
  [59940, '59.9 s'],
  [59990, '1 min 0 s'],
  [3_723_000, '62 min 3 s'],
])('%d ms is %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
