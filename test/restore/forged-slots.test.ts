import { beforeAll, describe, expect, it } from 'vitest';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import type { AttributeStatistics, StatisticsSlot } from '../../src/model/statistics.ts';
import type { RestoreReport } from '../../src/restore/index.ts';
import { testMajors } from '../support/servers.ts';
import { aColumn, anIndex, aRelation, aSnapshot, statisticsObject } from '../support/snapshot-builders.ts';
import { targetServer } from './target-server.ts';

const majors = await testMajors();

/** The types that statistics differ by, and conditions that lean on every kind of slot a column of each can have. */
const COLUMNS: Readonly<Record<string, { readonly type: string; readonly conditions: readonly string[] }>> = {
  status: {
    type: 'text',
    conditions: [`= 'active'`, `< 'm'`, `LIKE 'a%'`, `IN ('a', 'b')`, `= ANY (ARRAY['a', 'c'])`],
  },
  code: { type: 'character varying', conditions: [`= 'active'`, `> 'm'`] },
  n: { type: 'integer', conditions: ['= 7', '< 50', 'BETWEEN 3 AND 9', 'IS NULL'] },
  big: { type: 'bigint', conditions: ['= 7', '> 50'] },
  positive: { type: 'public.positive', conditions: ['= 7', '< 50'] },
  mood: { type: 'public.mood', conditions: [`= 'good'`, `< 'bad'`] },
  tags: { type: 'text[]', conditions: [`@> ARRAY['x']`, `<@ ARRAY['x', 'y']`, `&& ARRAY['x']`, `= ARRAY['x']`] },
  sizes: { type: 'public.sizes', conditions: ['@> ARRAY[1]', '<@ ARRAY[1, 2]'] },
  shares: { type: 'public.positive[]', conditions: ['@> ARRAY[1]::positive[]', '&& ARRAY[1, 2]::positive[]'] },
  words: { type: 'tsvector', conditions: [`@@ 'word'::tsquery`, `@@ 'wo:*'::tsquery`] },
  span: { type: 'int4range', conditions: ['@> 5', `&& '[1,5)'`, `<@ '[1,90)'`, `<< '[1,5)'`, `= '[1,5)'`] },
  spans: { type: 'int4multirange', conditions: ['@> 5', `&& '{[1,5)}'`, `<@ '{[1,90)}'`] },
  address: { type: 'cidr', conditions: [`= '10.0.0.0/8'`, `<< '10.0.0.0/8'`] },
  pair: { type: 'public.pair', conditions: [`= ROW(1, 'a')::pair`] },
};
const TYPES_SQL = `
  CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TYPE pair AS (a int, b text);
  CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN sizes AS int[];`;
const DEFINITIONS = Object.entries(COLUMNS).map(([name, { type }]) => `${name} ${type}`);

const NOTHING = { staop: null, stacoll: null, stanumbers: null, stavalues: null, elemtype: null };
const slot = (stakind: number, fields: Partial<StatisticsSlot>): StatisticsSlot => ({ ...NOTHING, stakind, ...fields });
const common = (elemtype: string, stavalues: string, stanumbers: string, staop = `=(${elemtype},${elemtype})`) =>
  slot(1, { elemtype, stavalues, stanumbers, staop });
const histogram = (elemtype: string, stavalues: string, staop = `<(${elemtype},${elemtype})`) =>
  slot(2, { elemtype, stavalues, staop });
const correlation = (stanumbers: string, staop = '<(integer,integer)') => slot(3, { stanumbers, staop });
const elements = (elemtype: string, stavalues: string, stanumbers: string, staop = `=(${elemtype},${elemtype})`) =>
  slot(4, { elemtype, stavalues, stanumbers, staop });
const counts = (stanumbers: string, staop = '=(text,text)') => slot(5, { stanumbers, staop });
const FLOAT8_LESS = '<(double precision,double precision)';
const lengths = (stavalues: string | null, stanumbers: string, elemtype: string | null = 'double precision') =>
  slot(6, { elemtype, stavalues, stanumbers, staop: FLOAT8_LESS });
const bounds = (elemtype: string, stavalues: string) => slot(7, { elemtype, stavalues });

/** As ANALYZE writes them. */
const HONEST: Readonly<Record<string, readonly StatisticsSlot[]>> = {
  status: [
    { ...common('text', '{active,"a,\\"b\\\\"}', '{0.5,0.25}'), stacoll: 'pg_catalog."default"' },
    { ...histogram('text', '{a,"",z}'), stacoll: 'pg_catalog."C"' },
    correlation('{-0.5}', '<(text,text)'),
  ],
  code: [
    common('character varying', '{a}', '{1}', '=(text,text)'),
    histogram('character varying', '{a,b}', '<(text,text)'),
  ],
  n: [common('integer', '{7,9}', '{0.5,0.1}'), histogram('integer', '{1,50}'), correlation('{1}')],
  positive: [common('public.positive', '{7,-9}', '{0.5,0.1}', '=(integer,integer)')],
  mood: [common('public.mood', '{good}', '{1e-05}', '=(anyenum,anyenum)')],
  tags: [
    common('text[]', '{"{x,y}","{NULL}"}', '{0.5,0.1}', '=(anyarray,anyarray)'),
    elements('text', '{x,y}', '{0.5,0.25,0.25,0.5,0}'),
    counts('{1,2,3,2.5}'),
  ],
  sizes: [elements('integer', '{1,2}', '{0.5,0.25,0.25,0.5,0}'), counts('{1,1,1}', '=(integer,integer)')],
  shares: [elements('public.positive', '{1,2}', '{0.5,0.25,0.25,0.5,0}', '=(integer,integer)')],
  words: [{ ...elements('text', '{word}', '{0.5,0.25,0.25}'), stacoll: 'pg_catalog."default"' }],
  span: [bounds('int4range', '{"[1,5)","[3,9)"}'), lengths('{1,Infinity}', '{0.25}')],
  spans: [lengths(null, '{0}', null)],
  address: [
    common('cidr', '{10.0.0.0/8}', '{1}', '=(inet,inet)'),
    histogram('cidr', '{10.0.0.0/8,11.0.0.0/8}', '<(inet,inet)'),
  ],
  pair: [common('public.pair', '{"(1,a)"}', '{1}', '=(record,record)')],
};

/** A slot for a column that ANALYZE cannot have written, and what is said of it. */
const FORGED: readonly (readonly [name: string, column: string, slot: StatisticsSlot, message: string | RegExp])[] = [
  [
    'bigint for text',
    'status',
    common('bigint', '{12345678,99999999}', '{0.5,0.3}', '=(text,text)'),
    /are of type bigint/,
  ],
  ['bigint for text in a histogram', 'status', histogram('bigint', '{1,2}', '<(text,text)'), /are of type bigint/],
  ['integer for varchar', 'code', common('integer', '{1}', '{1}', '=(text,text)'), /are of type integer/],
  ['integer for bigint', 'big', common('integer', '{1}', '{1}'), /are of type integer/],
  ['text for a domain', 'positive', common('text', '{1}', '{1}'), /are of type text/],
  ['text for an enum', 'mood', histogram('text', '{good,bad}'), /are of type text/],
  ['integer for an array', 'tags', common('integer', '{1}', '{1}'), /are of type integer/],
  ['text for a record', 'pair', common('text', '{a}', '{1}'), /are of type text/],
  ['inet for cidr', 'address', common('inet', '{10.0.0.1}', '{1}'), /are of type inet/],
  ['a type that is none', 'n', common('nothing', '{1}', '{1}', '=(integer,integer)'), 'type "nothing" does not exist'],
  ['a type that is no name', 'n', common('int(', '{1}', '{1}', '=(integer,integer)'), 'type "int(" does not exist'],
  ['no type', 'n', slot(1, { stavalues: '{1}', stanumbers: '{1}', staop: '=(integer,integer)' }), /have no type/],
  ['no values', 'n', slot(1, { stanumbers: '{1}', staop: '=(integer,integer)' }), /fewer than 1 value/],
  ['an empty array', 'n', common('integer', '{}', '{}'), /fewer than 1 value/],
  ['NULL values', 'n', common('integer', '{NULL,NULL}', '{0.5,0.5}'), 'stavalues holds NULL'],
  ['two dimensions', 'n', common('integer', '{{1,2},{3,4}}', '{0.5,0.5}'), 'stavalues is not a 1-D array'],
  ['other bounds', 'n', common('integer', '[2:3]={1,2}', '{0.5,0.5}'), 'stavalues is not a 1-D array'],
  ['more values than numbers', 'n', common('integer', '{1,2,3,4,5,6,7,8}', '{0.5}'), 'stanumbers has 1 numbers, not 8'],
  ['fewer values than numbers', 'n', common('integer', '{1}', '{0.5,0.5}'), 'stanumbers has 2 numbers, not 1'],
  ['numbers of two dimensions', 'n', common('integer', '{1,2}', '{{0.5},{0.5}}'), /not a 1-D float4 array/],
  ['numbers with bounds', 'n', common('integer', '{1,2}', '[0:1]={0.5,0.5}'), /not a 1-D float4 array/],
  ['NULL numbers', 'n', common('integer', '{1,2}', '{0.5,NULL}'), /not a 1-D float4 array/],
  ['NaN', 'n', common('integer', '{1}', '{NaN}'), /not a 1-D float4 array/],
  ['Infinity', 'n', common('integer', '{1}', '{Infinity}'), /not a 1-D float4 array/],
  ['more than float4 holds', 'n', common('integer', '{1}', '{1e300}'), /not a 1-D float4 array/],
  ['a frequency above 1', 'n', common('integer', '{1}', '{1.5}'), '1.5 is not between 0 and 1'],
  ['a negative frequency', 'n', common('integer', '{1}', '{-0.5}'), '-0.5 is not between 0 and 1'],
  ["another type's operator", 'n', common('integer', '{1}', '{1}', '=(text,text)'), /does not take the type/],
  ['an operator of two types', 'n', common('integer', '{1}', '{1}', '=(integer,bigint)'), /does not take the type/],
  ['a less-than for common values', 'n', common('integer', '{1}', '{1}', '<(integer,integer)'), /not an equality/],
  ['an equality for a histogram', 'n', histogram('integer', '{1,2}', '=(integer,integer)'), /not a less-than/],
  ['an operator that orders nothing', 'n', histogram('integer', '{1,2}', '+(integer,integer)'), /not a less-than/],
  ['an operator that is none', 'n', common('integer', '{1}', '{1}', '=('), 'operator does not exist: =('],
  ['no operator', 'n', slot(1, { elemtype: 'integer', stavalues: '{1}', stanumbers: '{1}' }), 'it has no operator'],
  [
    'a collation of a number',
    'n',
    { ...common('integer', '{1}', '{1}'), stacoll: 'pg_catalog."C"' },
    /its type has none/,
  ],
  [
    'a collation that is none',
    'status',
    { ...common('text', '{a}', '{1}'), stacoll: 'pg_catalog."zz"' },
    /does not exist/,
  ],
  ['a histogram of one', 'n', histogram('integer', '{1}'), 'stavalues has fewer than 2 values'],
  ['a histogram with numbers', 'n', { ...histogram('integer', '{1,2}'), stanumbers: '{1}' }, /its kind has none/],
  ['no correlation', 'n', correlation('{}'), 'stanumbers has 0 numbers, not 1'],
  ['two correlations', 'n', correlation('{0.5,0.5}'), 'stanumbers has 2 numbers, not 1'],
  ['a correlation of 2', 'n', correlation('{2}'), '2 is not between -1 and 1'],
  [
    'a correlation with values',
    'n',
    { ...correlation('{1}'), elemtype: 'integer', stavalues: '{1}' },
    /its kind has none/,
  ],
  ['elements of no array', 'n', elements('integer', '{1}', '{1,1,1,1}'), /has no such statistics/],
  ['elements of another type', 'tags', elements('bigint', '{1}', '{1,1,1,0}'), /are of type bigint/],
  [
    "elements of the array's type",
    'tags',
    elements('text[]', '{"{a}"}', '{1,1,1,0}', '=(anyarray,anyarray)'),
    /are of type/,
  ],
  ['too few element numbers', 'tags', elements('text', '{a}', '{1,1,1}'), 'stanumbers has 3 numbers, not 4'],
  ['array numbers for words', 'words', elements('text', '{a}', '{1,1,1,0}'), 'stanumbers has 4 numbers, not 3'],
  ['words that are numbers', 'words', elements('integer', '{1}', '{1,1,1}'), /are of type integer/],
  ["elements of a domain's array", 'sizes', elements('bigint', '{1}', '{1,1,1,0}'), /are of type bigint/],
  ["elements of another type than a domain's", 'shares', elements('text', '{1}', '{1,1,1,0}'), /are of type text/],
  ['counts of no array', 'words', counts('{1,2,3}'), /has no such statistics/],
  ['too few counts', 'tags', counts('{1,2}'), 'stanumbers has fewer than 3 numbers'],
  ['a negative count', 'tags', counts('{-1,2,3}'), /-1 is not between/],
  ['lengths of another type', 'span', lengths('{1,2}', '{0}', 'integer'), /are of type integer/],
  ['lengths with no fraction', 'span', lengths('{1,2}', '{}'), 'stanumbers has 0 numbers, not 1'],
  ['lengths that are no number', 'span', lengths('{1,NaN}', '{0}'), 'stavalues holds NaN'],
  ['bounds of another range', 'span', bounds('int8range', '{"[1,2)","[2,3)"}'), /are of type int8range/],
  ['bounds that are numbers', 'span', bounds('bigint', '{1,2}'), /are of type bigint/],
  ['multirange bounds', 'spans', bounds('int4multirange', '{"{[1,2)}","{[2,3)}"}'), /are of type int4multirange/],
  ['an empty range', 'span', bounds('int4range', '{"[1,2)",empty}'), 'stavalues holds an empty range'],
  ['bounds of no range', 'n', bounds('int4range', '{"[1,2)","[2,3)"}'), /has no such statistics/],
  ['a kind that is none', 'n', slot(42, { stanumbers: '{1}' }), 'there is no kind 42'],
  ["an extension's kind with values", 'n', slot(150, { elemtype: 'integer', stavalues: '{1}' }), /only numbers/],
  ['PostGIS cells that are not there', 'n', slot(102, { stanumbers: `{2,1000,1000${',1'.repeat(40)}}` }), /PostGIS/],
];

const EXPRESSION_FORGERIES: readonly (readonly [name: string, slot: StatisticsSlot])[] = [
  ['text of a number', common('text', '{a}', '{1}')],
  ['numbers that do not fit', common('integer', '{1,2,3}', '{1}')],
  ['NULL', histogram('integer', '{1,NULL}')],
];

const statisticsOf = (slots: readonly StatisticsSlot[]): AttributeStatistics => ({
  null_frac: 0.1,
  avg_width: 4,
  n_distinct: -0.5,
  slots,
});

function aTable(name: string, statistics: Readonly<Record<string, readonly StatisticsSlot[]>>): RelationSnapshot {
  return aRelation(name, {
    file: `snapshots/forged/relations/public/${name}.json`,
    columns: Object.entries(COLUMNS).map(([column, { type }]) => aColumn(column, type)),
    statistics: Object.entries(statistics).map(([attname, slots]) => ({
      attname,
      inherited: false,
      ...statisticsOf(slots),
    })),
  });
}

const index = (table: string, key: string) => `CREATE INDEX ${table}_x ON public.${table} USING ${key}`;
const object = (table: string) => `CREATE STATISTICS public.${table}_st ON n, big, (n + 1) FROM public.${table}`;

/** Tables with forged statistics of expressions in an index and in a statistics object. */
const EXPRESSION_TABLES = EXPRESSION_FORGERIES.map(([name, each], at) => ({ name, table: `e${at}`, slot: each }));

/** Forged data of `object`, and the parts that are refused. */
const COMPLETE = [
  ['n', 'big'],
  ['n', '-1'],
  ['big', '-1'],
  ['n', 'big', '-1'],
].map((attributes) => ({
  attributes,
  ndistinct: 5,
}));
const DATA = { inherited: false, ndistinct: null, dependencies: null, mcv: null, expressions: null };
const EXTENDED_FORGERIES: readonly (readonly [name: string, data: object, part: string])[] = [
  ['a combination that is missing', { ndistinct: COMPLETE.slice(1) }, 'ndistinct'],
  ['no combination', { ndistinct: [] }, 'ndistinct'],
  ['an expression that is none', { ndistinct: [{ attributes: ['n', '-7'], ndistinct: 1 }] }, 'ndistinct'],
  ['a negative number', { ndistinct: COMPLETE.map((each) => ({ ...each, ndistinct: -5 })) }, 'ndistinct'],
  ['a column that is none', { ndistinct: [{ attributes: ['n', 'tags'], ndistinct: 1 }] }, 'ndistinct'],
  [
    'a dependency of an expression that is none',
    { dependencies: [{ attributes: ['n', '-9'], degree: 1 }] },
    'dependencies',
  ],
  ['a dependency on itself', { dependencies: [{ attributes: ['n', 'n'], degree: 1 }] }, 'dependencies'],
  ['a degree of 2', { dependencies: [{ attributes: ['n', 'big'], degree: 2 }] }, 'dependencies'],
  ['no dependencies', { dependencies: [] }, 'dependencies'],
  ['an item of two values', { mcv: [{ values: ['1', '2'], frequency: 0.5, base_frequency: 0.5 }] }, 'mcv'],
  ['a frequency of 2', { mcv: [{ values: ['1', '2', '2'], frequency: 2, base_frequency: 0.5 }] }, 'mcv'],
  ['no items', { mcv: [] }, 'mcv'],
  ['no expressions', { expressions: [] }, 'expressions'],
  ['two expressions', { expressions: [statisticsOf([]), statisticsOf([])] }, 'expressions'],
];

describe.runIf(majors.length > 0).each(majors)('forged statistics on PostgreSQL %i', (major) => {
  const { databaseWith, psql, restore } = targetServer(major);
  let database: string;
  let report: RestoreReport;

  const tables = ['honest', 'twice', 'alone', 'nothing', ...FORGED.map((_, at) => `f${at}`)];
  const extended = EXTENDED_FORGERIES.map(([name, data, part], at) => ({ name, data, part, table: `x${at}` }));
  const expressions = EXPRESSION_TABLES.map(({ table }) => table);

  const refusals = (of: string) => report.refused.filter((each) => each.origin?.file?.endsWith(`/${of}.json`));

  beforeAll(async () => {
    const make = [...tables, ...expressions, ...extended.map(({ table }) => table)];
    const objects = [...expressions, ...extended.map(({ table }) => table), 'honest', 'nothing'];
    database = await databaseWith(
      [
        TYPES_SQL,
        ...make.map((name) => `CREATE TABLE ${name} (${DEFINITIONS.join(', ')});`),
        ...objects.map((name) => `${object(name)};`),
        ...expressions.map((name) => `${index(name, 'btree (((n + 2)))')};`),
        // An operator class with a storage type: the index has not the type of the expression.
        `${index('honest', `gin (to_tsvector('simple'::regconfig, status))`)};`,
      ].join('\n'),
    );
    const honest = aTable('honest', HONEST);
    const relations = [
      {
        ...honest,
        indexes: [
          anIndex('honest_x', {
            am: 'gin',
            definition: index('honest', `gin (to_tsvector('simple'::regconfig, status))`),
            statistics: [{ attnum: 1, inherited: false, ...statisticsOf(HONEST.words ?? []) }],
          }),
        ],
        extended_statistics: [
          statisticsObject(
            'honest_st',
            object('honest'),
            ['n', 'big'],
            [
              {
                inherited: false,
                ndistinct: COMPLETE,
                dependencies: [{ attributes: ['n', '-1'], degree: 1 }],
                mcv: [{ values: ['1', null, '2'], frequency: 0.5, base_frequency: 0.25 }],
                expressions: [statisticsOf([common('integer', '{1}', '{1}')])],
              },
            ],
          ),
        ],
      },
      aTable('alone', { span: [bounds('int4range', '{"[1,5)","[3,9)"}'), lengths(null, '{0}', null)] }),
      aTable('twice', { n: [correlation('{1}'), correlation('{0.5}')] }),
      ...FORGED.map(([, column, each], at) => aTable(`f${at}`, { [column]: [each] })),
      ...EXPRESSION_TABLES.map(({ table, slot: each }) => ({
        ...aTable(table, {}),
        indexes: [
          anIndex(`${table}_x`, {
            definition: index(table, 'btree (((n + 2)))'),
            statistics: [{ attnum: 1, inherited: false, ...statisticsOf([each]) }],
          }),
        ],
        extended_statistics: [
          statisticsObject(
            `${table}_st`,
            object(table),
            ['n', 'big'],
            [{ ...DATA, expressions: [statisticsOf([each])] }],
          ),
        ],
      })),
      {
        ...aTable('nothing', {}),
        extended_statistics: [
          statisticsObject('nothing_st', object('nothing'), ['n', 'big'], [{ ...DATA, expressions: [null] }]),
        ],
      },
      ...extended.map(({ table, data }) => ({
        ...aTable(table, { n: HONEST.n ?? [] }),
        extended_statistics: [statisticsObject(`${table}_st`, object(table), ['n', 'big'], [{ ...DATA, ...data }])],
      })),
    ];
    report = await restore(database, aSnapshot(relations));
  });

  it('loses nothing that ANALYZE can have written', () => {
    expect(refusals('honest')).toEqual([]);
  });

  it.each(FORGED.map(([name, column, each, message], at) => ({ name, column, each, message, at })))(
    'refuses $name',
    ({ column, at, message }) => {
      const [refusal, ...others] = refusals(`f${at}`);
      expect(others).toEqual([]);
      expect(refusal?.object).toBe(`public.f${at}.${column}`);
      expect(refusal?.message).toMatch(message);
      expect(refusal?.origin).toMatchObject({ schemaname: 'public', relname: `f${at}` });
    },
  );

  it('takes the first of two slots of a kind', () => {
    expect(refusals('twice').map(({ message }) => message)).toEqual(['another slot is of the same kind']);
  });

  it('refuses bounds of ranges beside lengths without values', () => {
    expect(refusals('alone').map(({ what }) => what)).toEqual(['range bounds histogram']);
  });

  it.each(EXPRESSION_TABLES)('refuses $name for an expression of an index and of a statistics object', ({ table }) => {
    expect(
      refusals(table)
        .map(({ object: of }) => of)
        .sort(),
    ).toEqual([`public.${table}_st expression 1`, `public.${table}_x column 1`]);
  });

  it.each(extended)('refuses $name in extended statistics', ({ table, part }) => {
    expect(refusals(table).map(({ object: of, what }) => [of, what])).toEqual([[`public.${table}_st`, part]]);
  });

  it('lets the server plan every query on them, and live', async () => {
    const queries = [...tables, ...expressions, ...extended.map(({ table }) => table)].flatMap((table) => [
      ...Object.entries(COLUMNS).flatMap(([column, { conditions }]) =>
        conditions.map((condition) => `EXPLAIN SELECT FROM ${table} WHERE ${column} ${condition}`),
      ),
      `EXPLAIN SELECT FROM ${table} a JOIN ${table} b ON a.n = b.n AND a.status = b.status ORDER BY a.n`,
      `EXPLAIN SELECT FROM ${table} WHERE n = 1 AND big = 2 AND n + 1 = 2`,
      `EXPLAIN SELECT FROM ${table} WHERE n + 2 = 7 AND n + 1 < 7`,
      `EXPLAIN SELECT n, big, n + 1 FROM ${table} GROUP BY n, big, n + 1`,
    ]);
    await psql(database, queries.join(';\n'));
    expect(await psql(database, 'SELECT 1')).toBe('1');
  });
});
