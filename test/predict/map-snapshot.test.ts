import { describe, expect, it } from 'vitest';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import { mapPlanNode, mapSearchPath, mapSnapshot } from '../../src/predict/index.ts';
import { nameKey, type TargetNames } from '../../src/predict/names/schema-map.ts';
import {
  aColumn,
  anIndex,
  aRelation,
  aSnapshot,
  columnStatistics,
  histogram,
  statisticsObject,
} from '../support/snapshot-builders.ts';

const target = (schemas: readonly string[], objects: readonly (readonly [string, string])[] = []): TargetNames => ({
  schemas: new Set(schemas),
  objects: new Set(objects.map(([schema, name]) => nameKey(schema, name))),
  quoted: (schema) => schema,
});

async function mapped(relations: RelationSnapshot[], map: Record<string, string>, names: TargetNames) {
  const result: RelationSnapshot[] = [];
  const snapshot = mapSnapshot(aSnapshot(relations), new Map(Object.entries(map))).forNames(names);
  for await (const relation of snapshot.relations()) result.push(relation);
  return result;
}

describe('which relations a mapped snapshot has', () => {
  const relations = ['public', 'tenant_1', 'tenant_42'].map((schemaname) => aRelation('orders', { schemaname }));

  it.each([
    [{ public: 'tenant_42' }, ['public'], ['tenant_1', 'public']],
    [{ public: 'tenant_42', copy: 'tenant_42' }, ['public', 'copy'], ['tenant_1', 'public', 'copy']],
    [{ copy: 'tenant_42' }, ['copy', 'tenant_42'], ['public', 'tenant_1', 'copy', 'tenant_42']],
    [{ public: 'tenant_42', tenant_42: 'public' }, ['public', 'tenant_42'], ['tenant_42', 'tenant_1', 'public']],
    [{ public: 'public' }, ['public'], ['public', 'tenant_1', 'tenant_42']],
  ])('%j in a target with %j', async (map, schemas, expected) => {
    const names = (await mapped(relations, map as Record<string, string>, target(schemas))).map(
      ({ schemaname }) => schemaname,
    );
    expect(names).toEqual(expected);
  });
});

describe('a mapped relation', () => {
  const orders = aRelation('orders', {
    schemaname: 'tenant_42',
    relkind: 'p',
    inherits: ['tenant_42.citext'],
    children: ['tenant_42.a', 'public.b'],
    partition_key: 'LIST (tenant_42.f(state))',
    partition_bound: `FOR VALUES IN ('tenant_42.x')`,
    columns: [
      { ...aColumn('state', 'tenant_42.mood'), default: `'tenant_42.x'::tenant_42.mood`, collation: 'tenant_42.c' },
      aColumn('name', 'tenant_42.citext'),
    ],
    statistics: [
      columnStatistics('name', [{ ...histogram('tenant_42.citext', '{tenant_42.a}'), stacoll: 'tenant_42.c' }]),
    ],
    indexes: [
      anIndex('i', {
        schemaname: 'tenant_42',
        definition: 'CREATE INDEX i ON tenant_42.orders USING gin (name tenant_42.gin_trgm_ops)',
      }),
    ],
    extended_statistics: [
      {
        ...statisticsObject(
          'st',
          'CREATE STATISTICS tenant_42.st ON state, tenant_42.f(name) FROM tenant_42.orders',
          ['state'],
          [],
        ),
        schemaname: 'tenant_42',
      },
    ],
  });

  it('has all of its names from CI, and its values as they were', async () => {
    const [relation] = await mapped([orders], { public: 'tenant_42' }, target(['public']));
    expect(relation).toMatchObject({
      schemaname: 'public',
      inherits: ['public.citext'],
      children: ['public.a', 'public.b'],
      partition_key: 'LIST (public.f(state))',
      partition_bound: `FOR VALUES IN ('tenant_42.x')`,
      columns: [
        { type: 'public.mood', default: `'tenant_42.x'::public.mood`, collation: 'public.c' },
        { type: 'public.citext' },
      ],
      statistics: [
        {
          slots: [
            {
              staop: 'pg_catalog.<(public.citext,public.citext)',
              stacoll: 'public.c',
              elemtype: 'public.citext',
              stavalues: '{tenant_42.a}',
            },
          ],
        },
      ],
      indexes: [
        { schemaname: 'public', definition: 'CREATE INDEX i ON public.orders USING gin (name public.gin_trgm_ops)' },
      ],
      extended_statistics: [
        { schemaname: 'public', definition: 'CREATE STATISTICS public.st ON state, public.f(name) FROM public.orders' },
      ],
    });
  });

  it('keeps the schema of what an extension made where the target has it there alone', async () => {
    const names = target(
      ['ci', 'tenant_42'],
      [
        ['tenant_42', 'citext'],
        ['tenant_42', 'gin_trgm_ops'],
        ['tenant_42', 'mood'],
        ['tenant_42', 'orders'],
        ['ci', 'mood'],
      ],
    );
    const [relation] = await mapped([orders], { ci: 'tenant_42' }, names);
    expect(relation).toMatchObject({
      inherits: ['ci.citext'],
      columns: [{ type: 'ci.mood' }, { type: 'tenant_42.citext' }],
      statistics: [{ slots: [{ staop: 'pg_catalog.<(tenant_42.citext,tenant_42.citext)' }] }],
      indexes: [{ definition: 'CREATE INDEX i ON ci.orders USING gin (name tenant_42.gin_trgm_ops)' }],
    });
  });
});

it.each([
  ['tenant_42, public', 'public'],
  ['"$user", public', '"$user", public'],
  ['"tenant_42", ext', 'public, ext'],
])('makes search_path %s %s', (path, expected) => {
  expect(mapSearchPath({ search_path: path, work_mem: '1' }, new Map([['public', 'tenant_42']]))).toEqual({
    search_path: expected,
    work_mem: '1',
  });
});

it('gives a plan of production the schemas of CI', () => {
  const node = { startupCost: 0, totalCost: 1, planRows: 1, planWidth: 1 };
  const scan = {
    ...node,
    nodeType: 'Seq Scan',
    schema: 'tenant_42',
    relationName: 'tenant_42',
    properties: { Filter: `(tenant_42.f(x) = 'tenant_42.y')` },
    plans: [],
  };
  const plan = { ...node, nodeType: 'Limit', properties: {}, plans: [scan] };
  expect(mapPlanNode(plan, new Map([['public', 'tenant_42']])).plans).toEqual([
    { ...scan, schema: 'public', properties: { Filter: `(public.f(x) = 'tenant_42.y')` } },
  ]);
});
