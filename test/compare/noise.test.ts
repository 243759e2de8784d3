import { describe, expect, it } from 'vitest';
import { judge, keptNoise, measureNoise } from '../../src/compare/index.ts';
import type { BaselineBlock } from '../../src/model/baseline.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { Noise } from '../../src/model/plans/noise.ts';
import { acceptedBlock, judgement, PROVENANCE, THRESHOLDS } from '../support/judgements.ts';
import { hashJoin, indexScan, node, seqScan } from '../support/plan-builders.ts';

const orders = (totalCost: number, planRows: number) => seqScan('orders', { totalCost, planRows });

describe('noise', () => {
  it('is how far costs, rows and shapes of plans are apart', () => {
    const noise = measureNoise([
      node('Limit', { totalCost: 90, planRows: 20 }, orders(200, 40)),
      node('Limit', { totalCost: 120, planRows: 20 }, orders(260, 10)),
      node('Limit', { totalCost: 100, planRows: 20 }, orders(220, 30)),
    ]);
    expect(noise).toMatchObject({ snapshots: 3, cost: 1.334, rows: 4 });
    expect(noise.shapes).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/)]);
  });

  it('counts each shape once, whatever its figures', () => {
    const shapes = (...plans: [PlanNode, PlanNode, ...PlanNode[]]) => measureNoise(plans).shapes.length;
    expect(shapes(orders(1, 1), orders(5, 9))).toBe(1);
    expect(shapes(orders(1, 1), indexScan('orders', 'a'), orders(2, 2))).toBe(2);
    expect(shapes(hashJoin(orders(1, 1), seqScan('b')), hashJoin(seqScan('b'), orders(1, 1)))).toBe(2);
  });

  it('of plans that do not move is 1', () => {
    expect(measureNoise([orders(100, 10), orders(100, 10)])).toMatchObject({ snapshots: 2, cost: 1, rows: 1 });
  });
});

const other = { ...PROVENANCE, snapshot: 't' };
const noiseOf = (...plans: [PlanNode, PlanNode, ...PlanNode[]]): Noise => measureNoise(plans);

function found(baseline: PlanNode, current: PlanNode, noise: Noise | undefined, provenance = other) {
  const cost = { ...THRESHOLDS.cost, ignoreBelow: 10 };
  const { status, findings } = judge(
    judgement(current, {
      thresholds: { ...THRESHOLDS, cost, rows: { warn: 3 }, shape: 'fail' },
      baseline: acceptedBlock(baseline, { noise }),
      provenance,
    }),
  );
  return { status, codes: findings.map(({ code, severity }) => `${severity} ${code}`), findings };
}

describe('a change within the noise floor', () => {
  const five = noiseOf(orders(100, 10), orders(130, 30), orders(110, 20), orders(120, 15), orders(125, 12));

  it('is a note', () => {
    const { status, codes, findings } = found(orders(100, 10), orders(155, 40), five);
    expect([status, codes]).toEqual(['ok', ['note cost-increased', 'note rows-estimate-changed']]);
    expect(findings[0]?.message).toBe("cost rose from 100.00 to 155.00 (x1.55), within the noise of ANALYZE's sample");
    expect(findings[0]?.detail).toContain('On 5 snapshots of the same data it varied by x1.3.');
  });

  it('fails without it', () => {
    const { status, codes } = found(orders(100, 10), orders(155, 40), undefined);
    expect([status, codes]).toEqual(['fail', ['fail cost-increased', 'warn rows-estimate-changed']]);
  });

  it('fails where the snapshot is the baseline’s, for then it is no luck', () => {
    expect(found(orders(100, 10), orders(155, 10), five, PROVENANCE).codes).toEqual(['fail cost-increased']);
    expect(found(orders(100, 10), orders(155, 10), five, { ...PROVENANCE, query: 'r' }).status).toBe('fail');
  });

  it('fails from beyond it', () => {
    expect(found(orders(100, 10), orders(790, 10), five).status).toBe('ok');
    expect(found(orders(100, 10), orders(800, 10), five).codes).toEqual(['fail cost-increased']);
  });

  it('reaches further the fewer samples it is from', () => {
    const samples = (count: number) => ({ ...five, cost: 1.1, snapshots: count });
    const limits = [2, 5, 6, 8, 10, 40].map((count) => {
      let cost = 150;
      const isNoise = (after: number) => found(orders(100, 10), orders(after, 10), samples(count)).status === 'ok';
      while (isNoise(cost)) cost += 1;
      return cost;
    });
    expect(limits).toEqual([215, 213, 168, 150, 150, 150]);
  });

  it('may be another shape, where both came out of the same data', () => {
    const [index, seq] = [indexScan('orders', 'a'), seqScan('orders')];
    const both = noiseOf(index, seq, index);
    expect(found(index, seq, both).codes).toEqual(['note plan-shape-changed']);
    expect(found(index, seq, both).findings[0]?.message).toContain("within the noise of ANALYZE's sample");
    expect(found(index, seq, both, PROVENANCE).codes).toEqual(['fail plan-shape-changed']);
    expect(found(index, indexScan('orders', 'b'), both).codes).toEqual(['fail plan-shape-changed']);
    expect(found(indexScan('orders', 'b'), seq, both).codes).toEqual(['fail plan-shape-changed']);
  });
});

it('is kept when a plan of a known shape is accepted for the same query, and else forgotten', () => {
  const noise = noiseOf(orders(100, 10), orders(130, 10));
  const known: BaselineBlock = {
    query: 'q',
    case: null,
    provenance: PROVENANCE,
    reason: '',
    plan: orders(100, 10),
    noise,
  };
  expect(keptNoise(known, other, orders(170, 9))).toBe(noise);
  expect(keptNoise(known, { ...other, query: 'r' }, orders(170, 9))).toBeUndefined();
  expect(keptNoise(known, other, indexScan('orders', 'a'))).toBeUndefined();
  expect(keptNoise(null, other, orders(1, 1))).toBeUndefined();
});
