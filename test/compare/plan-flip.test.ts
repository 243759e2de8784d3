import { describe, expect, it } from 'vitest';
import { choiceByCosts, planCacheOf, shapeDifference } from '../../src/compare/index.ts';
import { bitmapScan, hashJoin, indexScan, join, node, seqScan } from '../support/plan-builders.ts';

describe('choiceByCosts', () => {
  const cost = (totalCost: number) => seqScan('orders', { totalCost });
  const auto = planCacheOf({});

  it.each([
    [10, 10, 'generic'],
    // The least there can be: planning with one relation costs 2.5 units for it, and 2.5 more.
    [10, 14.99, 'generic'],
    [10, 15, 'unknown'],
    [10, 1000, 'custom'],
    [1000, 10, 'generic'],
  ])('custom %d, generic %d: %s', (custom, generic, choice) => {
    expect(choiceByCosts(cost(custom), cost(generic), auto)).toBe(choice);
  });

  it('heeds the settings', () => {
    expect(choiceByCosts(cost(1000), cost(10), planCacheOf({ plan_cache_mode: 'force_custom_plan' }))).toBe('custom');
    expect(choiceByCosts(cost(10), cost(1000), planCacheOf({ plan_cache_mode: 'force_generic_plan' }))).toBe('generic');
    expect(choiceByCosts(cost(10), cost(15), planCacheOf({ cpu_operator_cost: '0.01' }))).toBe('generic');
  });
});

describe('shapeDifference', () => {
  it.each([
    ['other constants', seqScan('orders', { Filter: '(a = 17)' }), seqScan('orders', { Filter: '(a = $1)' }), null],
    [
      'an index',
      seqScan('orders'),
      indexScan('orders', 'orders_a'),
      'Seq Scan on public.orders became Index Scan using orders_a on public.orders',
    ],
    [
      'another index',
      indexScan('orders', 'orders_a'),
      indexScan('orders', 'orders_b'),
      'Index Scan using orders_a on public.orders became Index Scan using orders_b on public.orders',
    ],
    [
      'other estimates',
      bitmapScan('orders', 'orders_a', { totalCost: 5 }),
      bitmapScan('orders', 'orders_a', { totalCost: 50 }),
      null,
    ],
    [
      'fewer partitions',
      seqScan('orders_1 orders'),
      node('Append', { 'Subplans Removed': 2 }, seqScan('orders_1 orders'), seqScan('orders_2 orders')),
      null,
    ],
  ])('%s', (_, custom, generic, message) => {
    expect(shapeDifference(custom, generic)).toBe(message);
  });

  it('tells of joins', () => {
    const hash = hashJoin(seqScan('orders'), seqScan('customers'), { 'Hash Cond': '(a = b)' });
    const loop = join('Nested Loop', seqScan('orders'), indexScan('customers', 'customers_pkey'));
    expect(shapeDifference(hash, loop)).not.toBeNull();
  });
});
