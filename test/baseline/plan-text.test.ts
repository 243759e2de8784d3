import { describe, expect, it } from 'vitest';
import { formatPlan, PlanTextError, parsePlan } from '../../src/baseline/index.ts';
import type { PlanNode, PlanValue } from '../../src/model/plan.ts';

const HOSTILE = [
  '',
  ' ',
  'plain',
  'Upper',
  'x y',
  ' lead',
  'trail ',
  '-',
  '->',
  '-> Seq Scan on x  (cost=0.00..1.00 rows=1 width=1)',
  ' on ',
  'on',
  'using',
  'as',
  'a.b',
  'a"b',
  '"',
  '\\',
  'back\\"slash',
  'new\nline',
  '\r\n',
  'tab\t',
  '(cost=1..2 rows=3 width=4)',
  '*VALUES*',
  'übung',
  '日本',
  '\u2028',
  '\u0085',
  '\uD800',
  '💥',
  '1',
  '-1.5e3',
  'true',
  'null',
  '{a,b}',
  '["a"]',
  '{',
  'a: b',
  '<<<<<<< HEAD',
  'query: x',
];
const VALUES: PlanValue[] = [
  ...HOSTILE,
  0,
  -1,
  0.1,
  1e300,
  123456789012,
  true,
  [],
  ['a', 'b: c'],
  [1, [true]],
  { a: { 'b "c': ['\n'] } },
];
const FIGURES = [0, 0.1, 0.12, 8.45, 0.123456789, 1, 1e10, 1e21, 1.5e300, 12345678.91, 2251799813685248.5];

function node(fields: Partial<PlanNode> = {}): PlanNode {
  return {
    nodeType: 'Seq Scan',
    startupCost: 0,
    totalCost: 1,
    planRows: 1,
    planWidth: 4,
    properties: {},
    plans: [],
    ...fields,
  };
}

/** A repeatable sequence of numbers below 1 (a linear congruential generator). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomPlan(next: () => number, depth: number): PlanNode {
  const pick = <T>(values: readonly T[]) => values[Math.floor(next() * values.length)] as T;
  const maybe = <K extends string>(key: K) => (next() < 0.5 ? ({ [key]: pick(HOSTILE) } as Record<K, string>) : {});
  const relationships = ['Outer', 'Inner', 'Member', 'Subquery', 'InitPlan', 'SubPlan', 'null'];
  const labels = ['Filter', 'Index Cond', 'Schema', 'Parent Relationship', 'Sort Key', ...HOSTILE];
  const properties = Array.from({ length: Math.floor(next() * 4) }, () => [pick(labels), pick(VALUES)] as const);
  return {
    nodeType: pick(['Seq Scan', 'Append', 'BitmapOr', 'Hash Join', 'Subquery Scan', ...HOSTILE]),
    startupCost: pick(FIGURES),
    totalCost: pick(FIGURES),
    planRows: pick(FIGURES),
    planWidth: Math.floor(next() * 1000),
    ...maybe('schema'),
    ...maybe('relationName'),
    ...maybe('alias'),
    ...maybe('indexName'),
    properties: {
      ...Object.fromEntries(properties),
      ...(next() < 0.7 && { 'Parent Relationship': pick(relationships) }),
    },
    plans: depth === 0 ? [] : Array.from({ length: Math.floor(next() * 4) }, () => randomPlan(next, depth - 1)),
  };
}

describe('the text of a plan', () => {
  it('reads as EXPLAIN does', () => {
    const plan = node({
      nodeType: 'Limit',
      startupCost: 0.43,
      totalCost: 18.9,
      planRows: 20,
      planWidth: 12,
      plans: [
        node({
          nodeType: 'Nested Loop',
          startupCost: 0.43,
          totalCost: 1234.5,
          properties: { 'Parent Relationship': 'Outer', 'Join Type': 'Inner', 'Inner Unique': true },
          plans: [
            node({
              nodeType: 'CTE Scan',
              alias: 'recent',
              properties: { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE x' },
            }),
            node({
              nodeType: 'Index Scan',
              schema: 'public',
              relationName: 'orders',
              alias: 'o',
              indexName: 'orders_customer_id_created_at_idx',
              properties: {
                'Parent Relationship': 'Outer',
                'Scan Direction': 'Backward',
                'Index Cond': '(o.customer_id = 17)',
              },
            }),
            node({
              schema: 'public',
              relationName: 'Order Lines',
              alias: 'Order Lines',
              properties: {
                'Parent Relationship': 'Inner',
                'Sort Key': ['o.id', 'o."at" DESC'],
                Workers: 2,
                Note: '2',
              },
            }),
          ],
        }),
      ],
    });
    expect(formatPlan(plan).join('\n')).toBe(
      `
-> Limit  (cost=0.43..18.90 rows=20 width=12)
   -> Nested Loop  (cost=0.43..1234.50 rows=1 width=4)
      Join Type: Inner
      Inner Unique: true
      -> CTE Scan as recent  (cost=0.00..1.00 rows=1 width=4)
         Parent Relationship: InitPlan
         Subplan Name: CTE x
      -> Index Scan using orders_customer_id_created_at_idx on public.orders o  (cost=0.00..1.00 rows=1 width=4)
         Scan Direction: Backward
         Index Cond: (o.customer_id = 17)
      -> Seq Scan on public."Order Lines"  (cost=0.00..1.00 rows=1 width=4)
         Sort Key: ["o.id", "o.\\"at\\" DESC"]
         Workers: 2
         Note: "2"
`.trim(),
    );
    expect(parsePlan(formatPlan(plan))).toStrictEqual(plan);
  });

  it.each(HOSTILE.map((name) => [name]))('is lossless for the name %j', (name) => {
    for (const fields of [
      { nodeType: name },
      { schema: name },
      { relationName: name },
      { alias: name },
      { indexName: name },
      { relationName: 'r', alias: name },
      { relationName: name, alias: name, schema: name, indexName: name },
      { properties: { [name]: 'x' } },
    ]) {
      const plan = node(fields);
      const lines = formatPlan(plan);
      expect(parsePlan(lines)).toStrictEqual(plan);
      expect(lines.every((line) => !/[\n\r\u0085\u2028]/.test(line))).toBe(true);
    }
  });

  it.each(VALUES.map((value) => [value]))('is lossless for the value %j', (value) => {
    const plan = node({ properties: { Filter: value, Schema: value } });
    expect(parsePlan(formatPlan(plan))).toStrictEqual(plan);
  });

  it.each(FIGURES)('is lossless for the figure %d', (figure) => {
    const plan = node({ startupCost: figure, totalCost: figure, planRows: figure });
    expect(parsePlan(formatPlan(plan))).toStrictEqual(plan);
  });

  it('is lossless for any tree, also after a file was split into lines', () => {
    const next = random(1);
    for (let round = 0; round < 2000; round++) {
      const plan = randomPlan(next, 3);
      const file = formatPlan(plan).join('\r\n');
      expect(parsePlan(file.split(/\r?\n/))).toEqual(plan);
    }
  });

  it.each<[string, string[], number, RegExp]>([
    ['no line', [], 1, /expected a plan/],
    ['a property first', ['   Filter: x'], 1, /neither/],
    ['no figures', ['-> Seq Scan on x'], 1, /not a line of a plan node/],
    [
      'two roots',
      ['-> A  (cost=0.00..1.00 rows=1 width=1)', '-> B  (cost=0.00..1.00 rows=1 width=1)'],
      2,
      /indentation/,
    ],
    [
      'a skipped level',
      ['-> A  (cost=0.00..1.00 rows=1 width=1)', '      -> B  (cost=0.00..1.00 rows=1 width=1)'],
      2,
      /indentation/,
    ],
    ['a shifted property', ['-> A  (cost=0.00..1.00 rows=1 width=1)', '    Filter: x'], 2, /indentation/],
    ['broken JSON', ['-> A  (cost=0.00..1.00 rows=1 width=1)', '   Filter: ["x"'], 2, /JSON/],
    ['a merge conflict', ['-> A  (cost=0.00..1.00 rows=1 width=1)', '<<<<<<< HEAD'], 2, /neither/],
  ])('is refused with its line for %s', (_, lines, line, message) => {
    let error: unknown;
    try {
      parsePlan(lines);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PlanTextError);
    expect(error).toMatchObject({ line, message: expect.stringMatching(message) });
  });
});
