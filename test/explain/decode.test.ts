import { describe, expect, it } from 'vitest';
import { decodePlan } from '../../src/explain/index.ts';

const seqScan = {
  'Node Type': 'Seq Scan',
  'Parallel Aware': false,
  'Async Capable': false,
  'Relation Name': 'orders',
  Schema: 'public',
  Alias: 'o',
  'Startup Cost': 0,
  'Total Cost': 35.5,
  'Plan Rows': 2550,
  'Plan Width': 4,
  Disabled: false,
  Output: ['id'],
  Filter: '(o.id > 1)',
};

describe('decodePlan', () => {
  it('leaves out the OIDs of users’ objects in conditions, which are other ones in each database', () => {
    const filterOf = (Filter: string) => decodePlan([{ Plan: { ...seqScan, Filter } }]).properties.Filter;
    expect(filterOf(`(attrelid = '16385'::oid)`)).toBe(`(attrelid = '…'::oid)`);
    expect(filterOf(`(attrelid = ANY ('{1259,23033,16384}'::oid[]))`)).toBe(`(attrelid = ANY ('{1259,…,…}'::oid[]))`);
    expect(filterOf(`((classoid = '1259'::oid) AND (id = '20000'::bigint))`)).toBe(
      `((classoid = '1259'::oid) AND (id = '20000'::bigint))`,
    );
  });

  it('names the figures, keeps what describes the plan and drops what does not', () => {
    const limit = {
      'Node Type': 'Limit',
      'Parallel Aware': true,
      'Startup Cost': 0,
      'Total Cost': 1.25,
      'Plan Rows': 20,
      'Plan Width': 4,
      'Subplans Removed': 0,
      Plans: [{ ...seqScan, 'Parent Relationship': 'Outer', 'Index Name': 'i', Disabled: true }],
    };
    const beside = { 'Query Identifier': 1, Planning: {}, JIT: { Functions: 2 }, Settings: { work_mem: '1MB' } };
    expect(decodePlan([{ Plan: limit, ...beside }])).toStrictEqual({
      nodeType: 'Limit',
      startupCost: 0,
      totalCost: 1.25,
      planRows: 20,
      planWidth: 4,
      properties: { 'Parallel Aware': true, 'Subplans Removed': 0 },
      plans: [
        {
          nodeType: 'Seq Scan',
          schema: 'public',
          relationName: 'orders',
          alias: 'o',
          indexName: 'i',
          startupCost: 0,
          totalCost: 35.5,
          planRows: 2550,
          planWidth: 4,
          properties: { Disabled: true, Filter: '(o.id > 1)', 'Parent Relationship': 'Outer' },
          plans: [],
        },
      ],
    });
  });

  it.each([
    ['several statements', [{ Plan: seqScan }, { 'Utility Statement': {} }, { Plan: seqScan }], 71, 5100],
    ['nothing', [], 0, 0],
  ])('puts a query that rules rewrite into %s under one node', (_, json, totalCost, planRows) => {
    const plan = decodePlan(json);
    expect(plan).toMatchObject({ nodeType: 'Rewritten Query', totalCost, planRows });
    expect(plan.plans.map(({ nodeType }) => nodeType)).toEqual(totalCost > 0 ? ['Seq Scan', 'Seq Scan'] : []);
  });

  it.each([[undefined], [{}], [[{ Plan: { 'Node Type': 'Result' } }]]])('refuses %j', (json) => {
    expect(() => decodePlan(json)).toThrow(TypeError);
  });
});
