import { expect, it } from 'vitest';
import { nodeTitle } from '../../src/model/plans/node-title.ts';
import { indexScan, join, node, seqScan } from '../support/plan-builders.ts';

const scan = seqScan('orders');

it.each([
  ['Seq Scan on public.orders', scan],
  ['Parallel Seq Scan on archive.orders o', seqScan('archive.orders o', { 'Parallel Aware': true })],
  ['Index Scan using a on public.orders', indexScan('orders', 'a')],
  ['Index Scan Backward using a on public.orders', indexScan('orders', 'a', { 'Scan Direction': 'Backward' })],
  ['Bitmap Index Scan on a', node('Bitmap Index Scan', { indexName: 'a' })],
  ['Hash Left Join', join('Hash Join', scan, scan, { 'Join Type': 'Left' })],
  ['Nested Loop Anti Join', join('Nested Loop', scan, scan, { 'Join Type': 'Anti' })],
  ['Nested Loop', join('Nested Loop', scan, scan)],
  ['Partial HashAggregate', node('Aggregate', { Strategy: 'Hashed', 'Partial Mode': 'Partial' })],
  ['GroupAggregate', node('Aggregate', { Strategy: 'Sorted', 'Partial Mode': 'Simple' })],
  ['Aggregate', node('Aggregate', { Strategy: 'Plain' })],
  ['HashSetOp Except', node('SetOp', { Strategy: 'Hashed', Command: 'Except' })],
  ['Update on public.orders', node('ModifyTable', { Operation: 'Update', schema: 'public', relationName: 'orders' })],
  ['CTE Scan on recent r', node('CTE Scan', { 'CTE Name': 'recent', alias: 'r' })],
  [
    'Function Scan on pg_catalog.unnest u',
    node('Function Scan', { schema: 'pg_catalog', 'Function Name': 'unnest', alias: 'u' }),
  ],
  ['Subquery Scan on "*SELECT* 1"', node('Subquery Scan', { alias: '*SELECT* 1' })],
  ['Seq Scan on public."Order ""x"""', seqScan('a', { relationName: 'Order "x"', alias: 'Order "x"' })],
])('%s', (title, plan) => {
  expect(nodeTitle(plan)).toBe(title);
});
