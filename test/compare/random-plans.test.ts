import { expect, it } from 'vitest';
import { comparePlans, isSameShape } from '../../src/compare/index.ts';
import { type PlanNode, walkPlan } from '../../src/model/plan.ts';
import type { DifferenceRow } from '../../src/model/plans/difference.ts';
import { as, bitmapScan, hashJoin, indexScan, join, node, seqScan } from '../support/plan-builders.ts';

/** Numbers from 0 up to a limit that are the same for a seed in every run (mulberry32). */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** A plan over few relations, so that two of them have much in common. */
function randomPlan(roll: (limit: number) => number, depth = 0): PlanNode {
  const below = () => randomPlan(roll, depth + 1);
  const relation = `t${roll(3)} t${roll(3)}`;
  const makers: readonly (() => PlanNode)[] = [
    () => seqScan(relation, { totalCost: roll(5) * 100 }),
    () => indexScan(relation, `i${roll(2)}`),
    () => bitmapScan(relation, `i${roll(2)}`),
    () => hashJoin(below(), below()),
    () => join('Nested Loop', below(), below()),
    () => node('Sort', { 'Sort Key': [`k${roll(2)}`] }, below()),
    () => node('Limit', {}, as('InitPlan', below(), 'CTE x'), below()),
    () => node('Append', {}, as('Member', below()), as('Member', below()), as('Member', below())),
  ];
  return makers[roll(depth > 3 ? 3 : makers.length)]?.() ?? node('Result');
}

const sideOf = (rows: readonly DifferenceRow[], side: 'baseline' | 'current') =>
  rows.flatMap((row) => (row[side] === null ? [] : [row[side].node]));

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

it('finds no difference between a plan and itself', () => {
  for (const seed of SEEDS) {
    const [plan, again] = [randomPlan(dice(seed)), randomPlan(dice(seed))];
    const { pairs, added, removed, shapeChanges } = comparePlans(plan, again);
    expect({ seed, added, removed, shapeChanges, changed: pairs.filter(({ changes }) => changes.length > 0) }).toEqual({
      seed,
      added: [],
      removed: [],
      shapeChanges: [],
      changed: [],
    });
  }
});

it('matches each node to one at most and lays out every node once and in order', () => {
  for (const seed of SEEDS) {
    const [baseline, current] = [randomPlan(dice(seed)), randomPlan(dice(seed + 1))];
    const { pairs, added, removed, rows } = comparePlans(baseline, current);
    const [before, after] = [[...walkPlan(baseline)], [...walkPlan(current)]];
    expect(new Set(pairs.map((pair) => pair.baseline)).size).toBe(pairs.length);
    expect(new Set(pairs.map((pair) => pair.current)).size).toBe(pairs.length);
    expect(pairs.length + removed.length).toBe(before.length);
    expect(pairs.length + added.length).toBe(after.length);
    expect(sideOf(rows, 'baseline').every((placed, at) => placed === before[at])).toBe(true);
    expect(sideOf(rows, 'current').every((placed, at) => placed === after[at])).toBe(true);
    expect([sideOf(rows, 'baseline').length, sideOf(rows, 'current').length]).toEqual([before.length, after.length]);
  }
});

it('has something to say of every node that came, went or changed its shape', () => {
  for (const seed of SEEDS) {
    const [baseline, current] = [randomPlan(dice(seed)), randomPlan(dice(seed + 1))];
    const { pairs, added, removed, shapeChanges } = comparePlans(baseline, current);
    const differs = added.length + removed.length > 0 || pairs.some(({ reshaped }) => reshaped);
    expect([seed, shapeChanges.length > 0]).toEqual([seed, differs]);
    if (shapeChanges.length > 0) expect(isSameShape(baseline, current)).toBe(false);
  }
});
