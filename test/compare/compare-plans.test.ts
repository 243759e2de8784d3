import { describe, expect, it } from 'vitest';
import { comparePlans, isSameShape } from '../../src/compare/index.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { PlanDifference } from '../../src/model/plans/difference.ts';
import { nodeTitle } from '../../src/model/plans/node-title.ts';
import { as, bitmapScan, hashJoin, indexScan, join, node, seqScan } from '../support/plan-builders.ts';

const sentences = (difference: PlanDifference) => difference.shapeChanges.map(({ message }) => message);
const titles = (nodes: readonly PlanNode[]) => nodes.map(nodeTitle);
const matched = (difference: PlanDifference) =>
  difference.pairs.map(({ baseline, current }) => `${nodeTitle(baseline)} = ${nodeTitle(current)}`);

describe('a single scan', () => {
  const cases: readonly (readonly [string, PlanNode, PlanNode, readonly string[]])[] = [
    [
      'became another kind of scan',
      indexScan('orders', 'orders_customer_id_idx'),
      seqScan('orders'),
      ['Index Scan using orders_customer_id_idx on public.orders became Seq Scan on public.orders'],
    ],
    [
      'uses another index',
      indexScan('orders o', 'a'),
      indexScan('orders o', 'b'),
      ['Index Scan using a on public.orders o became Index Scan using b on public.orders o'],
    ],
    [
      'became a bitmap scan',
      seqScan('orders'),
      bitmapScan('orders', 'a'),
      ['Seq Scan on public.orders became Bitmap Heap Scan on public.orders', 'Bitmap Index Scan on a is new'],
    ],
    [
      'uses another index for its bitmap',
      bitmapScan('orders', 'a'),
      bitmapScan('orders', 'b'),
      ['Bitmap Index Scan on a became Bitmap Index Scan on b'],
    ],
    [
      'lost a condition',
      seqScan('orders', { Filter: '(orders.id = 1)' }),
      seqScan('orders'),
      ['Seq Scan on public.orders lost Filter (orders.id = 1)'],
    ],
    [
      'changed a condition',
      indexScan('orders', 'a', { 'Index Cond': '(orders.id = 1)' }),
      indexScan('orders', 'a', { 'Index Cond': '(orders.id = 2)' }),
      ['Index Scan using a on public.orders changed Index Cond from (orders.id = 1) to (orders.id = 2)'],
    ],
    [
      'is read backwards',
      indexScan('orders', 'a'),
      indexScan('orders', 'a', { 'Scan Direction': 'Backward' }),
      ['Index Scan using a on public.orders became Index Scan Backward using a on public.orders'],
    ],
    [
      'reads another relation',
      seqScan('orders'),
      seqScan('archive'),
      ['Seq Scan on public.orders is gone', 'Seq Scan on public.archive is new'],
    ],
    ['only costs more', seqScan('orders'), seqScan('orders', { totalCost: 900, planRows: 3 }), []],
  ];
  it.each(cases)('%s', (_, baseline, current, expected) => {
    const difference = comparePlans(baseline, current);
    expect(sentences(difference)).toEqual(expected);
    expect(isSameShape(baseline, current)).toBe(expected.length === 0);
  });
});

it('lists what changed in a node that costs more', () => {
  const difference = comparePlans(seqScan('orders'), seqScan('orders', { totalCost: 900.5, planRows: 3 }));
  expect(difference.pairs).toHaveLength(1);
  expect(difference.pairs[0]).toMatchObject({
    reshaped: false,
    changes: [
      { kind: 'cost', label: 'Total Cost', before: '100', after: '900.5' },
      { kind: 'rows', label: 'Plan Rows', before: '10', after: '3' },
    ],
  });
});

it('tells the two sides of a self-join apart by alias', () => {
  const baseline = hashJoin(seqScan('staff boss'), seqScan('staff clerk'));
  const current = hashJoin(seqScan('staff boss'), indexScan('staff clerk', 'staff_boss_idx'));
  expect(sentences(comparePlans(baseline, current))).toEqual([
    'Seq Scan on public.staff clerk became Index Scan using staff_boss_idx on public.staff clerk',
  ]);
});

it('sees the sides of a self-join change places', () => {
  const baseline = hashJoin(seqScan('staff a'), seqScan('staff b'));
  const current = hashJoin(seqScan('staff b'), seqScan('staff a'));
  expect(sentences(comparePlans(baseline, current))[0]).toBe('join order changed from (a, b) to (b, a)');
});

it('does not take a table for one of the same name in another schema', () => {
  const baseline = hashJoin(seqScan('public.orders'), seqScan('archive.orders orders_1'));
  const current = hashJoin(seqScan('public.orders'), indexScan('archive.orders orders_1', 'orders_pkey'));
  const difference = comparePlans(baseline, current);
  expect(matched(difference)).toContain(
    'Seq Scan on archive.orders orders_1 = Index Scan using orders_pkey on archive.orders orders_1',
  );
  expect(sentences(difference)).toHaveLength(1);
});

describe('join order', () => {
  const [o, c, i] = [seqScan('orders o'), seqScan('customers c'), seqScan('items i')];

  it('is told as a whole, and the scans below still match', () => {
    const difference = comparePlans(hashJoin(hashJoin(o, c), i), hashJoin(hashJoin(o, i), c));
    expect(sentences(difference)[0]).toBe('join order changed from ((o, c), i) to ((o, i), c)');
    expect(matched(difference)).toEqual(
      expect.arrayContaining([
        'Seq Scan on public.orders o = Seq Scan on public.orders o',
        'Seq Scan on public.customers c = Seq Scan on public.customers c',
        'Seq Scan on public.items i = Seq Scan on public.items i',
      ]),
    );
    expect(titles(difference.added).filter((title) => title.includes('Scan'))).toEqual([]);
  });

  it('marks the inputs that moved', () => {
    const { pairs } = comparePlans(join('Nested Loop', o, c), join('Nested Loop', c, o));
    const positions = pairs.flatMap(({ changes }) => changes.filter(({ kind }) => kind === 'position'));
    expect(positions.map(({ before, after }) => `${before} -> ${after}`)).toEqual([
      'the outer input of Nested Loop -> the inner input of Nested Loop',
      'the inner input of Nested Loop -> the outer input of Nested Loop',
    ]);
  });

  it('is not said to change when a table joins in', () => {
    const difference = comparePlans(hashJoin(o, c), hashJoin(hashJoin(o, c), i));
    expect(sentences(difference).filter((sentence) => sentence.startsWith('join order'))).toEqual([]);
    expect(sentences(difference)).toContain('Seq Scan on public.items i is new');
  });

  it('is kept when only the way of joining changes', () => {
    expect(sentences(comparePlans(hashJoin(o, c), join('Nested Loop', o, c)))).toEqual([
      'Hash Join over o, c became Nested Loop over o, c',
      'Hash over c is gone',
    ]);
  });
});

it('says that an inner join became an outer one', () => {
  const [o, c] = [seqScan('orders o'), seqScan('customers c')];
  expect(sentences(comparePlans(hashJoin(o, c), hashJoin(o, c, { 'Join Type': 'Left' })))).toEqual([
    'Hash Join over o, c became Hash Left Join over o, c',
  ]);
});

describe('partitions', () => {
  const part = (name: string, number: number) =>
    seqScan(`${name} m_${number}`, { Filter: `(m_${number}.logdate > '2026-01-01'::date)` });
  const append = (...plans: readonly PlanNode[]) => node('Append', {}, ...plans.map((plan) => as('Member', plan)));

  it('match by relation when a new one renumbers the aliases', () => {
    const baseline = append(part('m_2026_01', 1), part('m_2026_03', 2));
    const current = append(part('m_2026_01', 1), part('m_2026_02', 2), part('m_2026_03', 3));
    expect(sentences(comparePlans(baseline, current))).toEqual(['Seq Scan on public.m_2026_02 m_2 is new']);
  });

  it('of one table joined with itself keep to their side', () => {
    const side = (alias: string) => append(seqScan(`m1 ${alias}_1`), seqScan(`m2 ${alias}_2`));
    const current = hashJoin(side('a'), append(seqScan('m1 b_1'), indexScan('m2 b_2', 'm2_pkey')));
    expect(sentences(comparePlans(hashJoin(side('a'), side('b')), current))).toEqual([
      'Seq Scan on public.m2 b_2 became Index Scan using m2_pkey on public.m2 b_2',
    ]);
  });

  it('change from Append to Merge Append', () => {
    const parts = [part('m1', 1), part('m2', 2)];
    const merged = node('Merge Append', { 'Sort Key': ['m.id'] }, ...parts.map((plan) => as('Member', plan)));
    expect(sentences(comparePlans(append(...parts), merged))).toEqual(['Append over m became Merge Append over m']);
  });
});

describe('a subtree', () => {
  const cte = (plan: PlanNode) => as('InitPlan', plan, 'CTE recent');

  it('that moved is one change and not a change of all its nodes', () => {
    const heavy = node('Sort', { 'Sort Key': ['i.id'] }, hashJoin(seqScan('items i'), seqScan('products p')));
    const scan = seqScan('orders o');
    const difference = comparePlans(join('Merge Join', scan, heavy), join('Merge Join', heavy, scan));
    const moved = difference.pairs.filter(({ reshaped }) => reshaped).map(({ current }) => nodeTitle(current));
    expect(moved.sort()).toEqual(['Seq Scan on public.orders o', 'Sort']);
    expect([difference.added, difference.removed]).toEqual([[], []]);
  });

  it('of a CTE matches by its name', () => {
    const scanOf = (name: string) => node('CTE Scan', { 'CTE Name': name, alias: name });
    const baseline = node('Limit', {}, cte(seqScan('orders')), scanOf('recent'));
    const current = node('Limit', {}, cte(indexScan('orders', 'a')), scanOf('recent'));
    expect(sentences(comparePlans(baseline, current))).toEqual([
      'Seq Scan on public.orders became Index Scan using a on public.orders',
    ]);
  });

  it('below a subquery in a filter is no input of the scan it filters', () => {
    const filtered = (below: PlanNode) => ({ ...seqScan('orders o'), plans: [as('SubPlan', below, 'SubPlan 1')] });
    const difference = comparePlans(filtered(seqScan('items i')), filtered(indexScan('items i', 'items_order')));
    expect(sentences(difference)).toEqual([
      'Seq Scan on public.items i became Index Scan using items_order on public.items i',
    ]);
  });

  it('that went parallel keeps its aggregate and scan', () => {
    const baseline = node('Aggregate', { Strategy: 'Plain', 'Partial Mode': 'Simple' }, seqScan('orders'));
    const partial = node(
      'Aggregate',
      { Strategy: 'Plain', 'Partial Mode': 'Partial' },
      seqScan('orders', { 'Parallel Aware': true }),
    );
    const gather = node('Gather', { 'Workers Planned': 2 }, partial);
    const current = node('Aggregate', { Strategy: 'Plain', 'Partial Mode': 'Finalize' }, gather);
    expect(sentences(comparePlans(baseline, current))).toEqual(['the plan became parallel, with 2 workers']);
  });
});

it('keeps two sorts of one input apart by their keys', () => {
  const sort = (key: string, plan: PlanNode) => node('Sort', { 'Sort Key': [key] }, plan);
  const group = (strategy: string, plan: PlanNode) => node('Aggregate', { Strategy: strategy }, plan);
  const baseline = sort('count', group('Hashed', seqScan('orders')));
  const current = sort('count', group('Sorted', sort('customer', seqScan('orders'))));
  expect(sentences(comparePlans(baseline, current))).toEqual([
    'HashAggregate over orders became GroupAggregate over orders',
    'Sort over orders is new',
  ]);
});

it('takes an alias the query renamed for no change', () => {
  const scan = (alias: string) => seqScan(`orders ${alias}`, { Filter: `(${alias}.id = '${alias}.x'::text)` });
  const difference = comparePlans(scan('o'), { ...scan('ord'), properties: { Filter: "(ord.id = 'o.x'::text)" } });
  expect(sentences(difference)).toEqual([]);
});

it('shortens conditions of many values', () => {
  const scan = (last: number) => seqScan('orders', { Filter: `(id = ANY ('{${'1,'.repeat(500)}${last}}'))` });
  expect(sentences(comparePlans(scan(1), scan(2)))[0]?.length).toBeLessThan(300);
});

describe('rows', () => {
  const sides = (difference: PlanDifference) =>
    difference.rows.map(({ baseline, current }) => [
      baseline === null ? null : `${' '.repeat(baseline.depth)}${baseline.node.nodeType}`,
      current === null ? null : `${' '.repeat(current.depth)}${current.node.nodeType}`,
    ]);

  it('put matched nodes beside each other and leave a gap where a plan has none', () => {
    const baseline = node('Limit', {}, node('Sort', {}, seqScan('orders')));
    const current = node('Limit', {}, indexScan('orders', 'a'));
    expect(sides(comparePlans(baseline, current))).toEqual([
      ['Limit', 'Limit'],
      [' Sort', null],
      ['  Seq Scan', ' Index Scan'],
    ]);
  });

  it('hold every node of both plans once and in order', () => {
    const [o, c, i] = [seqScan('orders o'), seqScan('customers c'), bitmapScan('items i', 'x')];
    const [baseline, current] = [hashJoin(hashJoin(o, c), i), join('Nested Loop', join('Merge Join', i, o), c)];
    const { rows } = comparePlans(baseline, current);
    const preorder = (plan: PlanNode): readonly string[] => [nodeTitle(plan), ...plan.plans.flatMap(preorder)];
    expect(rows.flatMap((row) => (row.baseline === null ? [] : [nodeTitle(row.baseline.node)]))).toEqual(
      preorder(baseline),
    );
    expect(rows.flatMap((row) => (row.current === null ? [] : [nodeTitle(row.current.node)]))).toEqual(
      preorder(current),
    );
  });
});
