import { describe, expect, it } from 'vitest';
import { judge, mergeThresholds } from '../../src/compare/index.ts';
import type { Judgement } from '../../src/compare/rules/judgement.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { PlanFlip } from '../../src/model/plans/plan-flip.ts';
import type { Expectations } from '../../src/model/suite.ts';
import type { SchemaDrift } from '../../src/model/target/drift.ts';
import { acceptedBlock, judgement, PROVENANCE, THRESHOLDS } from '../support/judgements.ts';
import { as, bitmapScan, indexScan, node, query, seqScan } from '../support/plan-builders.ts';

function judged(before: PlanNode | null, current: PlanNode, fields: Partial<Judgement> = {}) {
  const baseline = before && acceptedBlock(before, { query: 'recent' });
  return judge(judgement(current, { query: query('recent'), baseline, ...fields }));
}

const cost = (totalCost: number) => seqScan('orders', { totalCost });
const expecting = (expectations: Expectations, current: PlanNode) =>
  judged(current, current, { query: query('recent', { expect: expectations }) });

describe('cost', () => {
  it.each([
    ['stays', 1000, 1000, 'ok', []],
    ['rises under the warning ratio', 1000, 1099.99, 'ok', []],
    ['reaches the warning ratio', 1000, 1100, 'warn', ['cost-increased']],
    ['rises under the failing ratio', 1000, 1499.99, 'warn', ['cost-increased']],
    ['reaches the failing ratio', 1000, 1500, 'fail', ['cost-increased']],
    ['reaches a ratio that division misses by a hair', 0.3, 330, 'fail', ['cost-increased']],
    ['stays under what is ignored', 10, 99.99, 'ok', []],
    ['rises to what is not ignored', 10, 100, 'fail', ['cost-increased']],
    ['was nothing', 0, 200, 'fail', ['cost-increased']],
    ['falls a little', 1000, 950, 'ok', []],
    ['falls by the warning ratio', 1100, 1000, 'ok', ['cost-decreased']],
    ['falls from under what is ignored', 99, 1, 'ok', []],
  ])('%s', (_, before, after, status, codes) => {
    const result = judged(cost(before), cost(after));
    expect(result.status).toBe(status);
    expect(result.findings.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    ['the settings alone, of the same plan', { settings: 'h' }, seqScan('orders', { totalCost: 5000 }), 'warn'],
    ['the settings alone, of another plan', { settings: 'h' }, indexScan('orders', 'i', { totalCost: 5000 }), 'fail'],
    ['the settings and the snapshot', { settings: 'h', snapshot: 't' }, seqScan('orders', { totalCost: 5000 }), 'fail'],
    ['the query', { query: 'r' }, seqScan('orders', { totalCost: 5000 }), 'fail'],
  ])('rises by %s', (_, changed, current, status) => {
    const { findings } = judged(cost(1000), current, { provenance: { ...PROVENANCE, ...changed } });
    expect(findings.find(({ code }) => code === 'cost-increased')?.severity).toBe(status);
  });

  it('is told with both figures, the ratio and the command that accepts it', () => {
    expect(judged(cost(12.41), cost(8471.05)).findings[0]).toMatchObject({
      message: 'cost rose from 12.41 to 8471.05 (x682)',
      hint: "npx regress-pg update recent --reason '…'",
      cause: ['schema'],
    });
  });

  it('never reads as the ratio it stayed under', () => {
    expect(judged(cost(1000), cost(1499.9)).findings[0]?.message).toBe('cost rose from 1000.00 to 1499.90 (x1.49)');
  });

  it.each([
    [500, 500, 'ok'],
    [500, 500.01, 'fail'],
  ])('limit %d with cost %d: %s', (max, total, status) => {
    expect(expecting({ cost: { max } }, cost(total)).status).toBe(status);
  });

  it('over the limit counts also under what is ignored', () => {
    expect(expecting({ cost: { max: 5 } }, cost(9)).findings[0]).toMatchObject({
      code: 'cost-over-limit',
      message: 'cost 9.00 is over the limit of 5',
      hint: 'Make the query cheaper, or raise expect.cost.max at suites/orders.yaml:12.',
    });
  });
});

describe('shape', () => {
  const [before, after] = [indexScan('orders', 'a'), seqScan('orders')];

  it.each([
    ['off', 'ok', 0],
    ['note', 'ok', 1],
    ['warn', 'warn', 1],
    ['fail', 'fail', 1],
  ] as const)('%s gives status %s', (shape, status, count) => {
    const result = judged(before, after, { thresholds: { ...THRESHOLDS, shape } });
    expect([result.status, result.findings.length]).toEqual([status, count]);
  });

  it('names the node and lists the other changes', () => {
    const finding = judged(node('Limit', {}, node('Sort', {}, before)), node('Limit', {}, after)).findings[0];
    expect(finding).toMatchObject({
      code: 'plan-shape-changed',
      message: 'Index Scan using a on public.orders became Seq Scan on public.orders',
      node: { nodeType: 'Seq Scan' },
    });
    expect(finding?.detail?.split('\n')[0]).toBe('Sort over orders is gone.');
  });
});

describe('rows', () => {
  const rows = (planRows: number, inner = planRows) =>
    node('Limit', { planRows }, seqScan('orders', { planRows: inner }));

  it.each([
    [10, 99, 'ok'],
    [10, 100, 'warn'],
    [100, 10, 'warn'],
    [0, 9, 'ok'],
  ])('from %d to %d: %s', (before, after, status) => {
    expect(judged(rows(before), rows(after)).status).toBe(status);
  });

  it('names the node where they moved the most', () => {
    expect(judged(rows(20, 50), rows(20, 60000)).findings[0]?.message).toBe(
      'row estimate of Seq Scan on public.orders went from 50 to 60000 (x1200)',
    );
  });

  it('of a node that works in another way now are not compared', () => {
    const before = node('Limit', {}, indexScan('orders', 'a', { planRows: 1 }));
    const after = node('Limit', {}, seqScan('orders', { planRows: 100000 }));
    expect(judged(before, after).findings.map(({ code }) => code)).toEqual(['plan-shape-changed']);
  });
});

describe('forbidden nodes', () => {
  const partition = node('Append', {}, as('Member', seqScan('orders_2026 orders_1')));
  it.each([
    ['a bare name', { node: 'Seq Scan', on: 'orders' }, seqScan('orders o'), 1],
    ['a qualified name', { node: 'Seq Scan', on: 'public.orders' }, seqScan('orders o'), 1],
    ['another schema', { node: 'Seq Scan', on: 'archive.orders' }, seqScan('orders'), 0],
    ['another table', { node: 'Seq Scan', on: 'orders' }, seqScan('items'), 0],
    ['an alias that is not the table', { node: 'Seq Scan', on: 'orders' }, seqScan('items orders'), 0],
    ['any table', { node: 'Seq Scan' }, node('Limit', {}, seqScan('items')), 1],
    ['another node', { node: 'Seq Scan', on: 'orders' }, indexScan('orders', 'a'), 0],
    ['a partition by its table', { node: 'Seq Scan', on: 'orders' }, partition, 1],
    ['a partition by its own name', { node: 'Seq Scan', on: 'orders_2026' }, partition, 1],
    ['a bitmap by the table it is for', { node: 'Bitmap Index Scan', on: 'orders' }, bitmapScan('orders', 'a'), 1],
  ])('by %s', (_, forbid, plan, count) => {
    expect(expecting({ forbid: [forbid] }, plan).findings.map(({ code }) => code)).toEqual(
      Array.from({ length: count }, () => 'forbidden-node'),
    );
  });

  it('are told once each with how often they occur', () => {
    const plan = node('Append', {}, as('Member', seqScan('a')), as('Member', seqScan('b')));
    expect(expecting({ forbid: [{ node: 'Seq Scan' }] }, plan)).toMatchObject({
      status: 'fail',
      findings: [{ message: 'Seq Scan on public.a is forbidden (2 times)' }],
    });
  });
});

describe('indexes a query is there to use', () => {
  it.each([
    ['an index scan', indexScan('orders', 'wanted'), 'ok'],
    ['a bitmap', bitmapScan('orders', 'wanted'), 'ok'],
    ['an upsert', node('ModifyTable', { 'Conflict Arbiter Indexes': ['wanted'] }), 'ok'],
    ['another index', indexScan('orders', 'other'), 'fail'],
  ])('%s', (_, plan, status) => {
    expect(expecting({ uses: ['wanted'] }, plan).status).toBe(status);
  });

  it('are named with those the plan uses instead', () => {
    expect(expecting({ uses: ['wanted'] }, indexScan('orders', 'other')).findings[0]).toMatchObject({
      message: 'index wanted is not used',
      detail: 'The plan uses other.',
    });
  });
});

describe('a missing baseline', () => {
  it('fails in CI and warns elsewhere', () => {
    expect(judged(null, cost(1), { ci: true }).status).toBe('fail');
    expect(judged(null, cost(1), { ci: false })).toMatchObject({
      status: 'warn',
      findings: [
        { code: 'baseline-missing', message: 'no baseline for PostgreSQL 17', hint: 'npx regress-pg update recent' },
      ],
    });
  });

  it('says which majors have one', () => {
    expect(judged(null, cost(1), { otherMajors: [18, 15] }).findings[0]?.detail).toBe(
      'There is one for PostgreSQL 15, 18, but plans of different majors are not compared.',
    );
  });

  it('names both majors that would serve in a rehearsal', () => {
    expect(judged(null, cost(1), { sourceMajor: 15 }).findings[0]?.message).toBe('no baseline for PostgreSQL 17 or 15');
  });

  it('does not hide a broken expectation', () => {
    const { findings } = judged(null, cost(9), { ci: false, query: query('recent', { expect: { cost: { max: 5 } } }) });
    expect(findings.map(({ code }) => code)).toEqual(['cost-over-limit', 'baseline-missing']);
  });
});

describe('the cause', () => {
  it.each([
    [{}, ['schema'], 'The schema changed since the baseline was accepted.'],
    [{ snapshot: 'x' }, ['snapshot'], 'The snapshot changed since the baseline was accepted.'],
    [
      { query: 'x', settings: 'y' },
      ['query', 'settings'],
      'The query and the settings changed since the baseline was accepted.',
    ],
    [
      { query: 'x', snapshot: 'z', settings: 'y' },
      ['query', 'snapshot', 'settings'],
      'The query, the snapshot and the settings changed since the baseline was accepted.',
    ],
  ])('%j', (changed, cause, sentence) => {
    const { findings } = judged(cost(100), cost(200), { provenance: { ...PROVENANCE, ...changed } });
    expect(findings[0]).toMatchObject({ cause, detail: sentence });
  });
});

it('puts the worst finding first', () => {
  const { findings, status } = judged(indexScan('orders', 'a'), cost(900));
  expect(status).toBe('fail');
  expect(findings.map(({ code }) => code)).toEqual(['cost-increased', 'plan-shape-changed']);
});

it('quotes a name that a shell would split', () => {
  expect(judged(null, cost(1), { query: query("it's mine") }).findings[0]?.hint).toBe(
    "npx regress-pg update 'it'\\''s mine'",
  );
});

describe('mergeThresholds', () => {
  it('lets the query win over the suite, value by value', () => {
    expect(mergeThresholds(THRESHOLDS, { cost: { fail: 3, warn: 2 }, shape: 'off' }, { cost: { fail: 9 } })).toEqual({
      cost: { warn: 2, fail: 9, ignoreBelow: 100 },
      rows: { warn: 10 },
      shape: 'off',
      drift: 'warn',
    });
  });

  it('takes undefined for nothing said', () => {
    expect(
      mergeThresholds(THRESHOLDS, { cost: undefined, rows: { warn: undefined as never }, shape: undefined }),
    ).toEqual(THRESHOLDS);
  });
});

describe('objects the snapshot does not know', () => {
  const unknown = (kind: 'relation' | 'index', schemaname: string, name: string) =>
    [{ kind, schemaname, name, description: `${kind} ${schemaname}.${name}` }] as const;
  const plan = indexScan('orders', 'orders_new_idx');

  it.each([
    ['a relation of the plan', unknown('relation', 'public', 'orders'), ['statistics-missing']],
    ['a relation of the same name in another schema', unknown('relation', 'archive', 'orders'), []],
    ['an index of the plan', unknown('index', 'public', 'orders_new_idx'), ['statistics-missing']],
    ['an index the plan does without', unknown('index', 'public', 'orders_other_idx'), []],
  ])('%s', (_, objects, codes) => {
    const { status, findings } = judged(plan, plan, { unknown: objects });
    expect(findings.map(({ code }) => code)).toEqual(codes);
    expect(status).toBe(codes.length === 0 ? 'ok' : 'warn');
  });
});

describe('statistics that were refused', () => {
  const refused = 'public.orders.id: histogram: stavalues holds NULL (relations/public/orders.json).';
  const about = { kind: 'relation', schemaname: 'public', description: 'public.orders', refused } as const;

  it('are named with their file by every plan that leans on them, and not blamed on the branch', () => {
    const plan = indexScan('orders', 'orders_pkey');
    const { status, findings } = judged(plan, plan, { unknown: [{ ...about, name: 'orders' }] });
    expect(findings).toMatchObject([
      {
        code: 'statistics-missing',
        severity: 'warn',
        message: "planned without the snapshot's statistics of public.orders, because no server can have written them",
        detail: `${refused}\nIf the plan changed without them, the snapshot is the cause, not the branch.`,
      },
    ]);
    expect(status).toBe('warn');
  });

  it('are not told of other plans', () => {
    const plan = indexScan('customers', 'customers_pkey');
    expect(judged(plan, plan, { unknown: [{ ...about, name: 'orders' }] }).findings).toEqual([]);
  });
});

describe('objects that a model has sized', () => {
  const estimate = {
    pages: 2745,
    tuples: 1e6,
    tree_height: 2,
    basis: ['As CREATE INDEX would build it.', 'And so on.'],
  };
  const about = { kind: 'index', schemaname: 'public', description: 'index public.new_idx', estimate } as const;

  it('are noted with their figures where the plan uses them', () => {
    const plan = indexScan('orders', 'new_idx');
    const { status, findings } = judged(plan, plan, { unknown: [{ ...about, name: 'new_idx' }] });
    expect(findings).toMatchObject([
      {
        code: 'estimated-size',
        severity: 'note',
        message: 'the size of index public.new_idx is an estimate: 2745 pages, 1000000 tuples, height 2',
        detail: 'As CREATE INDEX would build it.\nAnd so on.',
      },
    ]);
    expect(status).toBe('ok');
  });

  it('are not where it does without', () => {
    const plan = indexScan('orders', 'orders_pkey');
    expect(judged(plan, plan, { unknown: [{ ...about, name: 'new_idx' }] }).findings).toEqual([]);
  });
});

describe('functions that may read tables while planning', () => {
  it.each([
    [[], 'ok'],
    [['tenant()', 'rate_of(date)'], 'warn'],
  ])('%j', (readingFunctions, expected) => {
    const { status, findings } = judged(indexScan('orders', 'orders_pkey'), indexScan('orders', 'orders_pkey'), {
      readingFunctions,
    });
    expect(findings.map(({ message }) => message)).toEqual(
      readingFunctions.map((name) => `${name} may read tables while the query is planned`),
    );
    expect(status).toBe(expected);
  });
});

describe('a baseline of the major that a rehearsal starts from', () => {
  const rehearsed = (fields: Partial<Judgement> = {}) =>
    judged(cost(1000), cost(2000), { sourceMajor: 15, baselineMajor: 15, ...fields }).findings[0];

  it('is named, and so is the version among the causes', () => {
    expect(rehearsed()).toMatchObject({
      severity: 'fail',
      cause: ['version'],
      detail:
        'Compared with the baseline of PostgreSQL 15.\nThe version of PostgreSQL changed since the baseline was accepted.',
    });
  });

  it('tells other causes too, but for the settings, which majors do not share', () => {
    expect(rehearsed({ provenance: { query: 'q', snapshot: 'new', settings: 'new' } })).toMatchObject({
      cause: ['snapshot', 'version'],
      detail: expect.stringContaining('The snapshot and the version of PostgreSQL changed'),
    });
  });
});

describe('what production has and the schema lacks', () => {
  const missing = (kind: SchemaDrift['kind'], description: string, ...touchedBy: string[]): SchemaDrift => ({
    ...{ kind, schemaname: 'public', relname: 'orders', description },
    touchedBy: new Set(touchedBy),
  });
  const index = missing('index', 'index public.orders_state_idx', 'public.orders');
  const partition = missing(
    'partition',
    'table public.orders_2',
    'public.orders_root',
    'public.orders_1',
    'public.orders_2',
  );
  const nothing = node('Result', { 'One-Time Filter': 'false' });

  it.each<[string, PlanNode, string[], SchemaDrift[], boolean]>([
    ['an index of a table the plan scans', seqScan('orders'), [], [index], true],
    ['an index of a table of the same name elsewhere', seqScan('archive.orders'), ['archive.orders'], [index], false],
    ['an index of a table the query only names', nothing, ['orders'], [index], true],
    ['a partition of which a sibling is scanned', seqScan('orders_1'), [], [partition], true],
    ['a partition of a table that has no other', nothing, ['public.orders_root'], [partition], true],
    ['a partition of another family', seqScan('customers'), ['customers'], [partition], false],
  ])('%s', (_, plan, named, objects, isFound) => {
    const { status, findings } = judged(plan, plan, { named, missing: objects });
    expect(findings.map(({ code }) => code)).toEqual(isFound ? ['schema-drift'] : []);
    expect(status).toBe(isFound ? 'warn' : 'ok');
  });

  it("is no matter for a plan that is production's own", () => {
    const { status } = judged(seqScan('orders'), seqScan('orders'), { missing: [index], reproduced: true });
    expect(status).toBe('ok');
  });

  it('is one finding of a query, fails where that is wanted, and says what partitions mean', () => {
    const many = [partition, ...['a', 'b', 'c'].map((name) => missing('index', name, 'public.orders_1'))];
    const thresholds = { ...THRESHOLDS, drift: 'fail' } as const;
    const { status, findings } = judged(seqScan('orders_1'), seqScan('orders_1'), { missing: many, thresholds });
    expect(findings.map(({ message }) => message)).toEqual([
      'production has objects that this schema lacks: table public.orders_2, a, b and 1 more',
    ]);
    expect(findings[0]?.detail).toContain('the rows of a missing partition');
    expect(status).toBe('fail');
  });
});

describe('parameters', () => {
  const generic = indexScan('orders', 'orders_tenant', { totalCost: 12 });
  const flip: PlanFlip = { generic, change: 'Seq Scan became Index Scan', forced: false, before: null };
  const of = (totalCost: number, fields: Partial<Judgement>) =>
    judged(cost(totalCost), cost(totalCost), fields).findings;

  it.each<[string, number, Partial<PlanFlip>, string[]]>([
    ['is a note', 1000, {}, ['note']],
    ['that was there before is a note', 1000, { before: true }, ['note']],
    ['that is new warns', 1000, { before: false }, ['warn']],
    ['between cheap plans is none', 99, { before: false }, []],
    ['between plans of nearly one cost is none', 1000, { generic: { ...generic, totalCost: 950 } }, []],
  ])('a flip %s', (_, totalCost, fields, severities) => {
    expect(of(totalCost, { flip: { ...flip, ...fields } }).map(({ severity }) => severity)).toEqual(severities);
  });

  it('a flip is told with both costs', () => {
    expect(of(1000, { flip })).toMatchObject([
      {
        code: 'generic-plan-flip',
        message: 'after five executions PostgreSQL switches to the generic plan: Seq Scan became Index Scan',
        detail:
          'The generic plan costs 12.00 for values of average frequency; the plan for these values costs 1000.00.',
      },
    ]);
    expect(of(1000, { flip: { ...flip, forced: true } })[0]?.message).toMatch(
      /^plan_cache_mode forces the generic plan/,
    );
  });

  it('that have no values are told once, where the query is planned without', () => {
    const asked = query('recent', { generic: true, unfound: ['$1: nobody knows', '$2: nor here'] });
    expect(of(10, { query: asked, case: 'generic' })).toMatchObject([
      {
        code: 'values-missing',
        severity: 'note',
        detail: 'No value for $1: nobody knows.\nNo value for $2: nor here.',
      },
    ]);
    expect(of(10, { query: asked, case: 'common' })).toEqual([]);
  });

  it('of which the snapshot brought a new case warn in CI too', () => {
    expect(judged(null, cost(10), { isNewCase: true })).toMatchObject({ status: 'warn' });
    expect(judged(null, cost(10))).toMatchObject({ status: 'fail' });
  });
});

it('says at which time a plan is made, and what has none', () => {
  const timeCalls = { stable: ['current_date', 'now()'], volatile: ['random()'] };
  expect(judged(cost(10), cost(10), { timeCalls })).toMatchObject({
    status: 'ok',
    findings: [
      {
        code: 'time-dependent',
        message: 'planned at 2026-11-20 08:00:01 UTC: current_date, now() use the time of the snapshot',
      },
      { code: 'time-dependent', message: 'random() has no value while the query is planned' },
    ],
  });
});
