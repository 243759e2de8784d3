import { expect, it } from 'vitest';
import { batches } from '../../src/postgres/rows.ts';

it('splits rows by their length and keeps their order', () => {
  const rows = ['aaaa', 'bb', 'cccccccccccc', 'd'];
  expect(batches(rows, 10)).toEqual([['aaaa', 'bb'], ['cccccccccccc'], ['d']]);
});

it('makes no batch of no rows', () => {
  expect(batches([])).toEqual([]);
});
