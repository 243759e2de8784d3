import { describe, expect, it } from 'vitest';
import { formatBaseline, mergeBlocks, parseBaseline, queryDigest, staleBlocks } from '../../src/baseline/index.ts';
import type { Baseline, BaselineBlock } from '../../src/model/baseline.ts';
import { RegressError } from '../../src/model/errors.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { Query, Suite } from '../../src/model/suite.ts';

const ORIGIN = { file: 'suites/orders.pg17.baseline', suite: 'suites/orders.yaml', major: 17 };

function plan(totalCost = 8.45): PlanNode {
  return {
    nodeType: 'Index Scan',
    startupCost: 0.43,
    totalCost,
    planRows: 1,
    planWidth: 97,
    schema: 'public',
    relationName: 'orders',
    alias: 'o',
    indexName: 'orders_pkey',
    properties: { 'Scan Direction': 'Forward', 'Index Cond': '(o.id = 17)' },
    plans: [],
  };
}

function block(query: string, caseName: string | null = null, fields: Partial<BaselineBlock> = {}): BaselineBlock {
  const provenance = { query: 'aa', snapshot: 'bb', settings: 'cc' };
  return { query, case: caseName, provenance, reason: '', plan: plan(), ...fields };
}

function query(name: string, cases: readonly string[] = []): Query {
  return {
    name,
    sql: '',
    statement: 'SELECT $1',
    parameters: cases.length > 0 ? ['1'] : [],
    cases: cases.filter((one) => one !== 'generic').map((one) => ({ name: one, values: [1] })),
    generic: cases.includes('generic'),
    settings: {},
    thresholds: {},
    expect: {},
    file: ORIGIN.suite,
    line: 1,
  };
}

function suite(...queries: Query[]): Suite {
  return { file: ORIGIN.suite, path: '/x/suites/orders.yaml', thresholds: {}, queries };
}

const baseline = (...blocks: BaselineBlock[]): Baseline => ({ suite: ORIGIN.suite, major: 17, blocks });
const names = ({ blocks }: Baseline) =>
  blocks.map(({ query: name, case: caseName }) => [name, caseName ?? ''].join(' ').trim());

describe('the text of a baseline', () => {
  it('is a block per query and case', () => {
    const text = formatBaseline(
      baseline(block('recent orders', 'big', { reason: 'the index is gone: #12' }), block('all')),
    );
    expect(text).toBe(`regress baseline, format 1, PostgreSQL 17

query: recent orders
case: big
reason: the index is gone: #12
query digest: aa
snapshot digest: bb
settings digest: cc
-> Index Scan using orders_pkey on public.orders o  (cost=0.43..8.45 rows=1 width=97)
   Scan Direction: Forward
   Index Cond: (o.id = 17)

query: all
query digest: aa
snapshot digest: bb
settings digest: cc
-> Index Scan using orders_pkey on public.orders o  (cost=0.43..8.45 rows=1 width=97)
   Scan Direction: Forward
   Index Cond: (o.id = 17)
`);
  });

  it.each([
    ['nothing', baseline()],
    [
      'names and reasons of any kind',
      baseline(
        block('a: b', 'true', { reason: 'two\n\nlines' }),
        block('1', ' x '),
        block('-> x', '', { reason: '"' }),
      ),
    ],
    [
      'digests that look like numbers',
      baseline(block('q', null, { provenance: { query: '1e10', snapshot: '00', settings: '7' } })),
    ],
  ])('is lossless for %s', (_, value) => {
    expect(parseBaseline(formatBaseline(value), ORIGIN)).toStrictEqual(value);
    expect(parseBaseline(formatBaseline(value).replaceAll('\n', '\r\n'), ORIGIN)).toStrictEqual(value);
  });

  const good = formatBaseline(baseline(block('a'), block('b')));
  it.each<[string, string, number, RegExp]>([
    ['a merge conflict', good.replace('query: b', '<<<<<<< HEAD\nquery: b'), 11, /unresolved merge conflict/],
    ['the middle of a merge conflict', good.replace('query: b', '=======\nquery: b'), 11, /unresolved merge conflict/],
    [
      'another format',
      good.replace('format 1', 'format 2'),
      1,
      /baseline format 2 is not supported: this version of regress reads format 1/,
    ],
    [
      'another major',
      good.replace('PostgreSQL 17', 'PostgreSQL 16'),
      1,
      /the file is named for PostgreSQL 17, but its baseline is of PostgreSQL 16/,
    ],
    ['an empty file', '', 1, /not a baseline/],
    ['a missing digest', good.replace('snapshot digest: bb\n', ''), 3, /the block has no "snapshot digest:"/],
    ['an unknown label', good.replace('query digest', 'query digset'), 4, /one of "query:", "case:"/],
    [
      'a label written twice',
      good.replace('query: a', 'query: a\nquery: a'),
      4,
      /expected one of .*, each at most once/,
    ],
    ['a name that is a number', good.replace('query: a', 'query: 1'), 3, /expected text/],
    ['a broken node', good.replace('rows=1', 'rows=x'), 7, /not a line of a plan node/],
    ['a broken property', good.replace('   Scan', '  Scan'), 8, /indentation/],
    ['a block without a plan', good.split('\n').slice(0, 6).join('\n'), 6, /expected a plan/],
    ['a block without a plan before others', good.replace(/\n-> .*?\n\n/s, '\n\n'), 7, /expected a plan/],
    ['a query there twice', good.replace('query: b', 'query: a'), 11, /the same query and case as on line 3/],
  ])('is refused with its line for %s', (_, text, line, message) => {
    let error: unknown;
    try {
      parseBaseline(text, ORIGIN);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(RegressError);
    expect(error).toMatchObject({ code: 'config', message: expect.stringMatching(message) });
    expect((error as RegressError).message).toMatch(new RegExp(`^suites/orders\\.pg17\\.baseline:${line}:1: `));
  });
});

describe('accepting blocks', () => {
  const whole = suite(query('a'), query('b', ['x', 'y', 'generic']), query('c'));
  const full = baseline(block('a'), block('b', 'x'), block('b', 'y'), block('b', 'generic'), block('c'));

  it('touches their lines only', () => {
    const before = formatBaseline(full).split('\n');
    const accepted = block('b', 'y', { reason: 'why', plan: plan(99) });
    const after = formatBaseline(mergeBlocks(full, whole, 17, [accepted], { prune: false })).split('\n');
    const start = before.indexOf('case: y') - 1;
    const end = before.indexOf('', start);
    expect(after.slice(0, start)).toEqual(before.slice(0, start));
    expect(after.slice(end + 1)).toEqual(before.slice(end));
    expect(after.slice(start, end + 1).join('\n')).toContain('reason: why');
    expect(after.slice(start, end + 1).join('\n')).toContain('..99.00');
  });

  it.each<[string, Baseline | null, BaselineBlock[], string[]]>([
    ['the first of all', null, [block('c'), block('a')], ['a', 'c']],
    ['one before all others', baseline(block('c')), [block('a')], ['a', 'c']],
    [
      'one between others',
      baseline(block('a'), block('c')),
      [block('b', 'y'), block('b', 'x')],
      ['a', 'b x', 'b y', 'c'],
    ],
    [
      'one after a stale one',
      baseline(block('a'), block('old'), block('c')),
      [block('b', 'x')],
      ['a', 'b x', 'old', 'c'],
    ],
    ['into a file of another order', baseline(block('c'), block('a')), [block('b', 'x')], ['c', 'a', 'b x']],
    ['none', full, [], ['a', 'b x', 'b y', 'b generic', 'c']],
  ])('puts %s at its place in the suite', (_, before, accepted, expected) => {
    expect(names(mergeBlocks(before, whole, 17, accepted, { prune: false }))).toEqual(expected);
  });

  it('removes stale blocks and restores the order of the suite when it prunes', () => {
    const old = baseline(block('old'), block('c'), block('b', 'gone'), block('b', 'x'), block('a', 'generic'));
    expect(names(mergeBlocks(old, whole, 17, [block('a')], { prune: true }))).toEqual(['a', 'b x', 'c']);
    expect(staleBlocks(old, whole).map(({ query: name, case: caseName }) => [name, caseName])).toEqual([
      ['old', null],
      ['b', 'gone'],
      ['a', 'generic'],
    ]);
  });
});

describe('the digest of a query', () => {
  const asked = query('a', ['x']);
  const planned = { name: 'x', generic: false, values: [17, { b: 1, a: [null] }] };
  it.each<[string, boolean, Query, typeof planned]>([
    ['the order of keys', true, { ...asked, settings: {} }, { ...planned, values: [17, { a: [null], b: 1 }] as never }],
    [
      'names, limits and places',
      true,
      { ...asked, name: 'z', expect: { cost: { max: 1 } }, line: 9 },
      { ...planned, name: 'y' },
    ],
    ['the statement', false, { ...asked, statement: 'SELECT $1, 1' }, planned],
    ['a value', false, asked, { ...planned, values: ['17', { b: 1, a: [null] }] as never }],
    ['a setting', false, { ...asked, settings: { work_mem: '1MB' } }, planned],
    ['the generic plan', false, asked, { ...planned, generic: true }],
  ])('regards %s: stays the same %s', (_, same, other, otherPlanned) => {
    expect(queryDigest(other, otherPlanned) === queryDigest(asked, planned)).toBe(same);
    expect(queryDigest(asked, planned)).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('noise', () => {
  const noise = { cost: 1.084, rows: 2.4, snapshots: 5, shapes: ['1a2b3c4d', '5e6f7081'] };
  const text = formatBaseline(baseline(block('moving', null, { noise }), block('still')));

  it('is a line of the block it was measured for, and blocks without it are as before', () => {
    expect(text.match(/^noise: .*$/gm)).toEqual([
      'noise: cost x1.084, rows x2.4, 5 snapshots, shapes 1a2b3c4d 5e6f7081',
    ]);
    expect(parseBaseline(text, ORIGIN).blocks).toStrictEqual([block('moving', null, { noise }), block('still')]);
  });

  it.each([
    'cost 1.084, rows x2.4, 5 snapshots, shapes 1a2b3c4d',
    'cost x0.9, rows x2.4, 5 snapshots, shapes 1a2b3c4d',
    'cost x1.1, rows x2.4, 1 snapshots, shapes 1a2b3c4d',
    'cost x1.1, rows x2.4, 5 snapshots, shapes',
    'much',
  ])('written as %j is an error with its line', (written) => {
    const broken = text.replace(/^noise: .*$/m, `noise: ${written}`);
    expect(() => parseBaseline(broken, ORIGIN)).toThrow(/^suites\/orders\.pg17\.baseline:7:1: expected noise such as/);
  });
});
