import { describe, expect, it } from 'vitest';
import { firstDifference, verdictOf } from '../../src/compare/index.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import { hashJoin, indexScan, node, seqScan } from '../support/plan-builders.ts';

const insert = (width: number) =>
  node('ModifyTable', { Operation: 'Insert', planWidth: width }, node('Result', { planWidth: width }));
const joined = (fields: Parameters<typeof seqScan>[1], above = 100) =>
  ({ ...hashJoin(seqScan('orders'), seqScan('customers', fields)), totalCost: above }) as PlanNode;

describe('verdictOf', () => {
  it.each([
    ['the same', seqScan('o'), seqScan('o'), 0, 'identical'],
    ['an INSERT of another width', insert(44), insert(48), 0, 'identical'],
    ['a hundredth more', seqScan('o'), seqScan('o', { totalCost: 101 }), 0, 'same plan'],
    ['a hundredth more, tolerated', seqScan('o'), seqScan('o', { totalCost: 101 }), 0.01, 'identical'],
    ['two hundredths more', seqScan('o'), seqScan('o', { totalCost: 102.1 }), 0.01, 'same plan'],
    ['a cost where there was none', seqScan('o'), seqScan('o', { startupCost: 1 }), 0.5, 'same plan'],
    ['other rows below, tolerated', joined({ planRows: 1000 }), joined({ planRows: 1009 }), 0.01, 'identical'],
    ['other rows below', joined({ planRows: 1000 }), joined({ planRows: 1011 }), 0.01, 'same plan'],
    ['another node, whatever is tolerated', seqScan('o'), indexScan('o', 'o_pkey'), 0.99, 'different'],
  ] as const)('%s', (_, source, target, tolerance, verdict) => {
    expect(verdictOf(source, target, tolerance)).toBe(verdict);
  });
});

describe('firstDifference', () => {
  it.each([
    ['nothing', joined({}), joined({}), null],
    ['no width of an INSERT', insert(44), insert(48), null],
    [
      'the estimate where it begins, not where it ends',
      joined({ planRows: 5, totalCost: 7 }, 110),
      joined({ planRows: 6, totalCost: 8 }, 120),
      { source: 'Seq Scan on public.customers', label: 'Plan Rows', sourceValue: '5', targetValue: '6' },
    ],
    [
      'the node of another kind before any estimate',
      joined({ totalCost: 7 }),
      hashJoin(seqScan('orders', { totalCost: 1 }), indexScan('customers', 'customers_pkey')),
      { target: 'Index Scan using customers_pkey on public.customers', label: 'Node Type', sourceValue: 'Seq Scan' },
    ],
    [
      'a condition that one has not',
      seqScan('o'),
      seqScan('o', { Filter: '(a = 1)' }),
      { label: 'Filter', sourceValue: 'none', targetValue: '(a = 1)' },
    ],
    [
      'another number of inputs',
      node('Append', {}, seqScan('a'), seqScan('b')),
      node('Append', {}, seqScan('a')),
      { label: 'inputs', sourceValue: '2', targetValue: '1' },
    ],
  ] as const)('finds %s', (_, source, target, expected) => {
    const found = firstDifference(source, target);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });
});
