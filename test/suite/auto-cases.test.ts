import { describe, expect, it } from 'vitest';
import type { Compared, ComparisonOperator, ParameterUse, ValueShape } from '../../src/model/sql/parameter-use.ts';
import type { ParameterValue } from '../../src/model/suite.ts';
import { autoCases, type ColumnValues, columnValues } from '../../src/suite/index.ts';
import {
  aColumn,
  anIndex,
  aRelation,
  columnStatistics,
  histogram,
  mostCommonValues,
} from '../support/snapshot-builders.ts';

const ORDERS = aRelation('orders', {
  columns: [
    aColumn('id', 'bigint'),
    aColumn('tenant', 'integer'),
    aColumn('status', 'text'),
    aColumn('placed_at', 'timestamp with time zone'),
    aColumn('total', 'numeric(12,2)'),
    aColumn('email', 'text'),
    aColumn('paid', 'boolean'),
    aColumn('tags', 'text[]'),
    aColumn('one', 'integer'),
    aColumn('masked', 'integer'),
    aColumn('empty', 'integer'),
  ],
  statistics: [
    { ...columnStatistics('id', [histogram('bigint', '{1,25,50,75,100}')]), n_distinct: -1 },
    columnStatistics('tenant', [
      mostCommonValues('integer', '{7,3,9,2}', '{0.5,0.2,0.1,0.05}'),
      histogram('integer', '{11,20,30,40,50}'),
    ]),
    columnStatistics('status', [mostCommonValues('text', '{paid,open,"in transit"}', '{0.8,0.1,0.1}')]),
    columnStatistics('placed_at', [
      histogram(
        'timestamp with time zone',
        '{"2026-01-01 00:00:00+00","2026-02-01 00:00:00+00","2026-02-28 12:00:00.5+00"}',
      ),
    ]),
    columnStatistics('total', [histogram('numeric', '{-0.50,10.25,99.90}')]),
    columnStatistics('email', [histogram('text', '{adam@example.org,m_x@example.org,zoe@example.org}')]),
    columnStatistics('paid', [mostCommonValues('boolean', '{t,f}', '{0.9,0.1}')]),
    columnStatistics('tags', [
      { stakind: 4, staop: null, stacoll: null, stanumbers: null, stavalues: '{red,blue,"a b"}', elemtype: 'text' },
    ]),
    columnStatistics('one', [mostCommonValues('integer', '{5}', '{0.2}'), histogram('integer', '{1,2,3}')]),
    columnStatistics('masked', [
      { stakind: 1, staop: null, stacoll: null, stanumbers: '{0.5}', stavalues: null, elemtype: null },
    ]),
    columnStatistics('empty', []),
  ],
  indexes: [
    anIndex('orders_tenant', {
      definition: 'CREATE INDEX orders_tenant ON public.orders USING btree (tenant, status)',
      range: { min: { value: '1' }, max: { value: '60' } },
    }),
  ],
});

const PLAIN: ValueShape = { through: null, plus: 0, before: '', after: '' };

function compared(
  parameter: number,
  attname: string,
  operator: ComparisonOperator,
  shape: Partial<ValueShape> = {},
): Compared {
  const column = { schemaname: 'public', relname: 'orders', attname };
  return { parameter, kind: 'compared', column, operator, shape: { ...PLAIN, ...shape } };
}

const ask = (uses: readonly ParameterUse[], given: readonly (ParameterValue | undefined)[] = []) =>
  autoCases({
    uses,
    given,
    nameOf: (parameter) => `$${parameter}`,
    valuesOf: ({ column }): ColumnValues | { readonly missing: string } => columnValues(ORDERS, column.attname),
  });

const cases = (...uses: readonly ParameterUse[]) =>
  Object.fromEntries(ask(uses).cases.map(({ name, values }) => [name, values]));

describe('one parameter', () => {
  it.each([
    ['the range ends where the index says', compared(1, 'tenant', '='), { common: ['7'], rare: ['2'], absent: ['61'] }],
    ['of a unique column all values are alike', compared(1, 'id', '='), { common: ['50'] }],
    [
      'all values are in the list',
      compared(1, 'status', '='),
      { common: ['paid'], rare: ['in transit'], absent: ['paidz'] },
    ],
    ['a list of one', compared(1, 'one', '='), { common: ['5'], rare: ['2'], absent: ['6'] }],
    ['no third truth value', compared(1, 'paid', '='), { common: ['t'], rare: ['f'] }],
    [
      'above a value',
      compared(1, 'placed_at', '>'),
      {
        median: ['2026-02-01 00:00:00+00'],
        absent: ['2026-03-01 12:00:00.5+00'],
        first: ['2026-01-01 00:00:00+00'],
        last: ['2026-02-28 12:00:00.5+00'],
      },
    ],
    [
      'below a value',
      compared(1, 'total', '<='),
      { median: ['10.25'], absent: ['-1.5'], first: ['-0.50'], last: ['99.90'] },
    ],
    [
      'lists',
      compared(1, 'tenant', 'any'),
      {
        common: [['7', '3']],
        rare: [['2', '9']],
        absent: [['61', '62', '63', '64', '65', '66', '67', '68', '69', '70']],
      },
    ],
    ['lists of a unique column', compared(1, 'id', 'any'), { common: [['1', '25', '50', '75', '100']] }],
    [
      'a pattern of its own',
      compared(1, 'email', 'like'),
      { common: ['m\\_x%'], rare: ['m\\_x@example.org%'], absent: ['zoe@example.orgz%'] },
    ],
    [
      'a pattern the query completes',
      compared(1, 'email', 'like', { after: '%' }),
      { common: ['m\\_x'], rare: ['m\\_x@example.org'], absent: ['zoe@example.orgz'] },
    ],
    [
      'through upper',
      compared(1, 'status', '=', { through: 'upper' }),
      { common: ['PAID'], rare: ['IN TRANSIT'], absent: ['PAIDZ'] },
    ],
    ['plus a number', compared(1, 'tenant', '=', { plus: 5 }), { common: ['2'], rare: ['-3'], absent: ['56'] }],
    ['an element', compared(1, 'tags', 'element'), { common: ['red'], rare: ['a b'] }],
    ['an array', compared(1, 'tags', 'array'), { common: [['red']], rare: [['a b']] }],
  ] as const)('%s', (_, use, expected) => {
    expect(cases(use)).toEqual(expected);
  });
});

describe('several parameters', () => {
  it('does not multiply them: a new tenant asks for the usual status', () => {
    expect(cases(compared(1, 'tenant', '='), compared(2, 'status', '='))).toEqual({
      common: ['7', 'paid'],
      rare: ['2', 'in transit'],
      absent: ['61', 'paid'],
    });
  });

  it('gives each parameter of one column another value', () => {
    const values = cases(compared(1, 'tenant', '='), compared(2, 'tenant', '='));
    expect(values).toEqual({ common: ['7', '3'], rare: ['2', '9'], absent: ['61', '62'] });
  });

  it('makes a window of two ends', () => {
    expect(cases(compared(1, 'id', '>='), compared(2, 'id', '<'))).toEqual({
      median: ['50', '75'],
      absent: ['101', '102'],
      first: ['1', '25'],
      last: ['75', '100'],
      wide: ['1', '100'],
    });
  });

  it('shows the ends of a range to the commonest', () => {
    expect(cases(compared(1, 'tenant', '='), compared(2, 'placed_at', '>'), { parameter: 3, kind: 'limit' })).toEqual({
      common: ['7', '2026-02-01 00:00:00+00', '20'],
      rare: ['2', '2026-02-01 00:00:00+00', '20'],
      absent: ['61', '2026-02-01 00:00:00+00', '20'],
      first: ['7', '2026-01-01 00:00:00+00', '20'],
      last: ['7', '2026-02-28 12:00:00.5+00', '20'],
    });
  });

  it('stores what is usual', () => {
    const stored = {
      parameter: 1,
      kind: 'output',
      column: { schemaname: 'public', relname: 'orders', attname: 'status' },
    } as const;
    expect(cases(stored, compared(2, 'id', '='))).toEqual({ common: ['paid', '50'] });
    expect(cases(stored)).toEqual({});
  });
});

describe('no value', () => {
  const other: ParameterUse = { parameter: 1, kind: 'other' };

  it.each([
    [other, '$1: the query does not compare it with a column in a way that determines its value'],
    [compared(1, 'masked', '='), '$1: the snapshot holds no values of orders.masked'],
    [compared(1, 'empty', '='), '$1: the statistics of orders.empty hold no values'],
    [compared(1, 'new', '='), '$1: the snapshot has no statistics of orders.new'],
    [compared(1, 'tenant', 'array'), '$1: the statistics of orders.tenant have no suitable value'],
  ])('%j', (use, reason) => {
    expect(ask([use, compared(2, 'tenant', '=')])).toEqual({ cases: [], unfound: [reason] });
  });

  it('is mended by one that is given', () => {
    expect(ask([other, { parameter: 2, kind: 'limit' }], ['shoes', 50]).cases).toEqual([
      { name: 'common', values: ['shoes', 50], auto: true },
    ]);
  });
});
