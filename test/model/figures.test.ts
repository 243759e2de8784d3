import { expect, it } from 'vitest';
import { formatCost, formatRatio } from '../../src/model/plans/figures.ts';

it.each([
  [100, 100, 'x1.00'],
  [100, 115, 'x1.15'],
  [1000, 1499.9, 'x1.49'],
  [10, 123, 'x12.3'],
  [10, 1239, 'x123'],
  [1, 2.5e7, 'x2.5e+7'],
  [100, 98, 'x0.98'],
  [100, 99.9999, 'x1.00'],
  [100, 70, 'x0.70'],
  [8471.05, 12.41, 'x0.0015'],
  [100, 2.1, 'x0.021'],
  [1e9, 1, 'x1.0e-9'],
  [1e308, 1e-300, 'x0'],
  [1e300, 1e-3, 'x1.0e-303'],
  [1e-300, 1e300, 'xInfinity'],
  [100, 0, 'x0'],
  [0, 5, ''],
])('%d to %d is %s', (before, after, text) => {
  expect(formatRatio(before, after)).toBe(text);
});

it('prints costs as EXPLAIN does', () => {
  expect([0, 12.4, 1234567.891].map(formatCost)).toEqual(['0.00', '12.40', '1234567.89']);
});
