import { expect, it } from 'vitest';
import { queryFailed, staleBaselines } from '../../src/compare/index.ts';

it('keeps what PostgreSQL says and shows the line it points at', () => {
  const error = {
    message: 'column "pice" does not exist',
    code: '42703',
    hint: 'Perhaps you meant "price".',
    position: 21,
  };
  expect(queryFailed(error, 'SELECT id,\n         pice\nFROM items')).toEqual({
    code: 'query-failed',
    severity: 'error',
    message: 'column "pice" does not exist',
    detail: 'Line 2 of the query: pice\nSQLSTATE 42703.',
    hint: 'Perhaps you meant "price".',
  });
});

it('counts characters as PostgreSQL does', () => {
  const { detail } = queryFailed({ message: 'm', position: 11 }, "SELECT '😀'\n, x");
  expect(detail).toBe("Line 1 of the query: SELECT '😀'");
  expect(queryFailed({ message: 'm', position: 12 }, "SELECT '😀'\n, x").detail).toBe('Line 2 of the query: , x');
});

it('says no more than there is', () => {
  expect(queryFailed({ message: 'timeout' }, 'SELECT 1')).toEqual({
    code: 'query-failed',
    severity: 'error',
    message: 'timeout',
  });
});

it('notes each baseline without a query', () => {
  expect(staleBaselines('suites/a.yaml', [{ query: 'gone', case: 'big' }])).toEqual([
    {
      code: 'baseline-stale',
      severity: 'note',
      message: 'gone [big] has a baseline, but is no longer in suites/a.yaml',
      hint: 'npx regress-pg update --all',
    },
  ]);
});
