import { describe, expect, it } from 'vitest';
import { planFigures, summarizeRehearsal, withCommonSpelling } from '../../src/compare/index.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import { indexScan, node, seqScan } from '../support/plan-builders.ts';
import { judgedResult } from '../support/report-builders.ts';

const UPGRADE = { source: 15, target: 18 };

function result(baseline: PlanNode | null, current: PlanNode, baselineMajor = 15) {
  const judged = judgedResult('q', baseline, current);
  return { ...judged, baseline: baseline && planFigures(baseline), baselineMajor: baseline && baselineMajor };
}

describe('summarizeRehearsal', () => {
  it('is null where snapshot and server are of one major', () => {
    expect(summarizeRehearsal([], { source: 15, target: 15 })).toBeNull();
  });

  it('counts shapes and spreads ratios over the plans compared with the other major', () => {
    const results = [
      result(seqScan('orders', { totalCost: 100 }), seqScan('orders', { totalCost: 150 })),
      result(seqScan('orders', { totalCost: 100 }), indexScan('orders', 'orders_pkey', { totalCost: 50 })),
      result(seqScan('orders', { totalCost: 100 }), seqScan('orders', { totalCost: 100 })),
      result(seqScan('orders', { totalCost: 100 }), seqScan('orders', { totalCost: 900 }), 18),
      result(null, seqScan('orders')),
    ];
    expect(summarizeRehearsal(results, UPGRADE)).toEqual({
      ...UPGRADE,
      compared: 3,
      sameShape: 2,
      costRatio: { least: 0.5, median: 1, greatest: 1.5 },
    });
  });

  it('has no ratio of what cost nothing', () => {
    const results = [result(seqScan('orders', { totalCost: 0 }), seqScan('orders', { totalCost: 1 }))];
    expect(summarizeRehearsal(results, UPGRADE)).toMatchObject({ compared: 1, costRatio: null });
  });
});

describe('withCommonSpelling', () => {
  it.each([
    ['a window', node('WindowAgg'), node('WindowAgg', { Window: 'w1 AS (ORDER BY day)' })],
    ['a direction', indexScan('o', 'i', { 'Scan Direction': 'NoMovement' }), indexScan('o', 'i')],
    ['a Result', node('Result'), node('Result', { Replaces: 'MinMaxAggregate' })],
    [
      'a subquery',
      node('Hash Join', { 'Hash Cond': '(a.id = "ANY_subquery".id)', 'Group Key': ['"ANY_subquery".id'] }),
      node('Hash Join', { 'Hash Cond': '(a.id = unnamed_subquery.id)', 'Group Key': ['unnamed_subquery.id'] }),
    ],
  ])('takes %s for the same', (_, older, newer) => {
    expect(older).not.toEqual(newer);
    expect(withCommonSpelling(older)).toEqual(withCommonSpelling(newer));
  });

  it('keeps what tells plans apart', () => {
    const backward = indexScan('o', 'i', { 'Scan Direction': 'Backward', Filter: '(a > 1)' });
    expect(withCommonSpelling(backward)).toEqual(backward);
  });
});
