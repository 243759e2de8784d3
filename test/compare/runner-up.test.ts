import { describe, expect, it } from 'vitest';
import { avoidMore, NO_AVOIDANCE, runnerUpOf } from '../../src/compare/index.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import { bitmapScan, hashJoin, indexScan, join, node, seqScan } from '../support/plan-builders.ts';

const off = (...names: string[]) => ({ settings: Object.fromEntries(names.map((name) => [name, 'off'])), indexes: [] });

describe('what to avoid besides', () => {
  const cases: readonly (readonly [string, PlanNode, PlanNode, ReturnType<typeof avoidMore>])[] = [
    ['a kind of scan the wanted plan has nowhere', indexScan('o', 'a'), seqScan('o'), off('enable_seqscan')],
    [
      'an index and its kind of scan',
      seqScan('o'),
      indexScan('o', 'a'),
      { settings: { enable_indexscan: 'off' }, indexes: [{ schema: 'public', name: 'a' }] },
    ],
    [
      'an index alone, where its kind of scan is wanted',
      indexScan('o', 'a'),
      indexScan('o', 'b'),
      { settings: {}, indexes: [{ schema: 'public', name: 'b' }] },
    ],
    [
      'the index of a bitmap, in the schema of its table',
      seqScan('archive.o'),
      bitmapScan('archive.o', 'a'),
      { settings: { enable_bitmapscan: 'off' }, indexes: [{ schema: 'archive', name: 'a' }] },
    ],
    [
      'a join method',
      join('Nested Loop', seqScan('a'), seqScan('b')),
      hashJoin(seqScan('a'), seqScan('b')),
      off('enable_hashjoin'),
    ],
    [
      'parallel workers',
      seqScan('o'),
      node('Gather', { 'Workers Planned': 2 }, seqScan('o', { 'Parallel Aware': true })),
      { settings: { max_parallel_workers_per_gather: '0' }, indexes: [] },
    ],
    [
      'a kind of scan that is wanted elsewhere, where nothing else is left',
      join('Nested Loop', seqScan('a'), indexScan('b', 'b_idx')),
      join('Nested Loop', seqScan('a'), seqScan('b')),
      off('enable_seqscan'),
    ],
    ['nothing for the same shape', seqScan('o'), seqScan('o', { totalCost: 5 }), null],
    ['nothing for a join order', hashJoin(seqScan('a'), seqScan('b')), hashJoin(seqScan('b'), seqScan('a')), null],
  ];
  it.each(cases)('is %s', (_, wanted, made, expected) => {
    expect(avoidMore(wanted, made, NO_AVOIDANCE)).toEqual(expected);
  });

  it('adds to what is avoided, and ends', () => {
    const wanted = seqScan('o');
    const first = avoidMore(wanted, bitmapScan('o', 'a'), NO_AVOIDANCE);
    const second = avoidMore(wanted, indexScan('o', 'b'), first ?? NO_AVOIDANCE);
    expect(Object.keys(second?.settings ?? {})).toEqual(['enable_bitmapscan', 'enable_indexscan']);
    expect(second?.indexes.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(avoidMore(wanted, indexScan('o', 'b'), second ?? NO_AVOIDANCE)).toBeNull();
  });
});

describe('a runner-up', () => {
  const wanted = indexScan('o', 'a', { 'Index Cond': '(o.id = 1)' });

  it('has exactly the wanted shape', () => {
    const made = indexScan('o', 'a', { 'Index Cond': '(o.id = 1)', totalCost: 77.5 });
    expect(runnerUpOf(wanted, made, off('enable_seqscan'), 15)).toEqual({
      totalCost: 77.5,
      without: ['enable_seqscan'],
    });
    for (const other of [
      indexScan('o', 'b', { 'Index Cond': '(o.id = 1)' }),
      indexScan('o', 'a', { 'Index Cond': '(o.id = 2)' }),
      indexScan('o', 'a', { 'Index Cond': '(o.id = 1)', Filter: '(o.x = 1)' }),
      node('Limit', {}, wanted),
    ]) {
      expect(runnerUpOf(wanted, other, off('enable_seqscan'), 15)).toBeNull();
    }
  });

  const both = (a: number, b: number, total: number, method = 'Hash Join') =>
    join(method, seqScan('a', { startupCost: 1e10, totalCost: a }), indexScan('b', 'i', { totalCost: b }), {
      startupCost: 1e10 + 3,
      totalCost: total,
    });

  it('costs what it costs without the penalty of what is off', () => {
    const made = both(1e10 + 50.25, 8, 1e10 + 60.5);
    expect(runnerUpOf(made, made, off('enable_seqscan'), 17)?.totalCost).toBe(60.5);
  });

  it('is not told where a penalty was multiplied or hidden', () => {
    for (const made of [both(1e10 + 50, 8, 5e10 + 60), both(1e10 + 50, 8, 60), both(50, 8, 1e10 + 60)]) {
      expect(runnerUpOf(made, made, off('enable_seqscan'), 17)).toBeNull();
    }
  });

  it('may be marked as disabled from 18 on, where that costs nothing', () => {
    const made = seqScan('o', { Disabled: true, totalCost: 42 });
    expect(runnerUpOf(seqScan('o'), made, off('enable_seqscan'), 18)?.totalCost).toBe(42);
    expect(runnerUpOf(seqScan('o'), made, off('enable_seqscan'), 17)).toBeNull();
  });
});
