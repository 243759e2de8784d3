import { expect, it } from 'vitest';
import { comparePlans, withConstantsOf } from '../../src/compare/index.ts';
import { bitmapScan, indexScan, seqScan } from '../support/plan-builders.ts';

it.each([
  ['numbers', '(tenant = 17)', '(tenant = 4711)'],
  ['text', "(email = 'a'::text)", "(email = 'it''s'::text)"],
  ['numbers in quotes', "(id = '17'::bigint)", "(id = '-5'::bigint)"],
  ['arrays', "(id = ANY ('{1,2}'::bigint[]))", "(id = ANY ('{3}'::bigint[]))"],
  [
    'times',
    "(at >= '2026-01-01 00:00:00+00'::timestamp with time zone)",
    "(at >= '2026-02-01 00:00:00+00'::timestamp with time zone)",
  ],
  ['two', "((a = 1) AND (b = 'x'::text))", "((a = 2) AND (b = 'y'::text))"],
])('takes over %s', (_, before, after) => {
  const baseline = seqScan('orders', { Filter: before });
  const current = seqScan('orders', { Filter: after });
  expect(withConstantsOf(current, baseline)).toEqual(current);
});

it('leaves what differs in more than constants', () => {
  const baseline = indexScan('orders', 'orders_a', { 'Index Cond': '(a1 = 17)' });
  const moved = withConstantsOf(indexScan('orders', 'orders_a', { 'Index Cond': '(a2 = 23)' }), baseline);
  expect(moved).toEqual(baseline);
});

it('leaves the shape', () => {
  const baseline = bitmapScan('orders', 'orders_a', { 'Recheck Cond': '(a = 17)' });
  const current = seqScan('orders', { Filter: '(a = 23)' });
  const moved = withConstantsOf(current, baseline);
  expect(moved.properties['Recheck Cond']).toBe('(a = 23)');
  expect(comparePlans(moved, current).shapeChanges.map(({ message }) => message)).toContain(
    'Bitmap Heap Scan on public.orders became Seq Scan on public.orders',
  );
});
