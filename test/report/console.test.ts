import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { queryFailed, staleBaselines } from '../../src/compare/index.ts';
import { SNAPSHOT_TIME } from '../../src/model/finding.ts';
import type { PlanResult } from '../../src/model/result.ts';
import type { Query } from '../../src/model/suite.ts';
import { reporters } from '../../src/report/index.ts';
import { as, bitmapScan, hashJoin, indexScan, node, seqScan } from '../support/plan-builders.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';

const limit = (totalCost: number, plan: Parameters<typeof node>[2]) => node('Limit', { totalCost, planRows: 20 }, plan);
const dropped = () =>
  judgedResult(
    'recent-orders',
    limit(
      12.41,
      indexScan('orders', 'orders_customer_id_idx', { totalCost: 12.41, 'Index Cond': '(customer_id = 17)' }),
    ),
    limit(8471.05, seqScan('orders', { totalCost: 8471.05, planRows: 11, Filter: '(customer_id = 17)' })),
    { case: 'big-customer' },
  );

function rendered(results: readonly PlanResult[], options: Partial<typeof OPTIONS> = {}) {
  return reporters.console(checkReport(results), { ...OPTIONS, ...options });
}

it('tells what got worse, shows both plans and names the next command', () => {
  expect(rendered([dropped()])).toMatchInlineSnapshot(`
    " FAIL  suites/orders.yaml:12  recent-orders [big-customer]  cost 12.41 → 8471.05 (x682)
      fail  cost rose from 12.41 to 8471.05 (x682) [cost-increased]
            · The schema changed since the baseline was accepted.
      warn  Index Scan using orders_customer_id_idx on public.orders became Seq Scan on public.orders [plan-shape-changed]

      │ SELECT id
      │ FROM orders

        baseline                                                      cost  rows
        Limit                                                        12.41    20
      ~ -> Index Scan using orders_customer_id_idx on public.orders  12.41    10
      ~      Index Cond: (customer_id = 17)

        now                              cost        rows
        Limit                         8471.05  x682    20
      ~ -> Seq Scan on public.orders  8471.05  x682    11
      ~      Filter: (customer_id = 17)

      hint: npx regress-pg update recent-orders --reason '…'

      Queries  1 failed (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('puts the plans side by side where the terminal is wide', () => {
  expect(rendered([dropped()], { width: 162 })).toMatchInlineSnapshot(`
    " FAIL  suites/orders.yaml:12  recent-orders [big-customer]  cost 12.41 → 8471.05 (x682)
      fail  cost rose from 12.41 to 8471.05 (x682) [cost-increased]
            · The schema changed since the baseline was accepted.
      warn  Index Scan using orders_customer_id_idx on public.orders became Seq Scan on public.orders [plan-shape-changed]

      │ SELECT id
      │ FROM orders

        baseline                                                      cost  rows  │   now                              cost        rows
        Limit                                                        12.41    20  │   Limit                         8471.05  x682    20
      ~ -> Index Scan using orders_customer_id_idx on public.orders  12.41    10  │ ~ -> Seq Scan on public.orders  8471.05  x682    11
      ~      Index Cond: (customer_id = 17)                                       │ ~      Filter: (customer_id = 17)

      hint: npx regress-pg update recent-orders --reason '…'

      Queries  1 failed (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('shows one tree with both figures where only figures changed', () => {
  const before = limit(400, seqScan('orders', { totalCost: 400, planRows: 5 }));
  const after = limit(700, seqScan('orders', { totalCost: 700, planRows: 90 }));
  expect(rendered([judgedResult('grown', before, after)])).toMatchInlineSnapshot(`
    " FAIL  suites/orders.yaml:12  grown  cost 400.00 → 700.00 (x1.75)
      fail  cost rose from 400.00 to 700.00 (x1.75) [cost-increased]
            · The schema changed since the baseline was accepted.
      warn  row estimate of Seq Scan on public.orders went from 5 to 90 (x18.0) [rows-estimate-changed]

      │ SELECT id
      │ FROM orders

        baseline → now                           cost           rows
        Limit                         400.00 → 700.00  x1.75      20
        -> Seq Scan on public.orders  400.00 → 700.00  x1.75  5 → 90

      hint: npx regress-pg update grown --reason '…'

      Queries  1 failed (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('marks what moved, came and went', () => {
  const [o, c] = [seqScan('orders o'), seqScan('customers c')];
  const sorted = node('Sort', { 'Sort Key': ['o.id'] }, hashJoin(c, o));
  expect(rendered([judgedResult('joined', hashJoin(o, c), sorted)])).toMatchInlineSnapshot(`
    " WARN  suites/orders.yaml:12  joined  cost 100.00
      warn  join order changed from (o, c) to (c, o) [plan-shape-changed]
            · Hash over c is gone.
            · Sort over c, o is new.
            · Hash over o is new.
            · The schema changed since the baseline was accepted.

      │ SELECT id
      │ FROM orders

        baseline                               cost  rows
        Hash Join                            100.00    10
      ~ -> Seq Scan on public.orders o       100.00    10
      - -> Hash                              100.00    10
      ~   -> Seq Scan on public.customers c  100.00    10

        now                                    cost  rows
      + Sort                                 100.00    10
      +   Sort Key: o.id
        -> Hash Join                         100.00    10
      ~   -> Seq Scan on public.customers c  100.00    10
      ~        (was the inner input of Hash Join)
      +   -> Hash                            100.00    10
      ~     -> Seq Scan on public.orders o   100.00    10
      ~          (was the outer input of Hash Join)

      hint: npx regress-pg update joined --reason '…'

      Queries  1 warned (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('leaves out what did not change in a long plan', () => {
  const parts = (changed: number) =>
    Array.from({ length: 30 }, (_, at) =>
      as('Member', at === changed ? indexScan(`day_${at} d_${at}`, 'x') : seqScan(`day_${at} d_${at}`)),
    );
  const text = rendered([
    judgedResult('partitions', node('Append', {}, ...parts(-1)), node('Append', {}, ...parts(12))),
  ]);
  expect(text.slice(text.indexOf('  now'))).toMatchInlineSnapshot(`
    "  now                                            cost  rows
        Append                                       100.00    10
        -> Seq Scan on public.day_0 d_0              100.00    10
      … -> 11 more nodes, unchanged
      ~ -> Index Scan using x on public.day_12 d_12  100.00    10
        -> Seq Scan on public.day_13 d_13            100.00    10
      … -> 16 more nodes, unchanged

      hint: npx regress-pg update partitions --reason '…'

      Queries  1 warned (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('cuts a plan of which everything changed', () => {
  const parts = (cost: number) =>
    Array.from({ length: 200 }, (_, at) => as('Member', seqScan(`d${at}`, { totalCost: cost })));
  const text = rendered([
    judgedResult('all', node('Append', {}, ...parts(900)), node('Append', { totalCost: 999 }, ...parts(990))),
  ]);
  expect(text).toContain('… 121 more lines; the json reporter writes whole plans');
});

it('shows why a query could not be planned', () => {
  const failed = queryFailed(
    { message: 'column "pice" does not exist', code: '42703', position: 8 },
    'SELECT pice\nFROM items',
  );
  const result = {
    ...dropped(),
    sql: 'SELECT pice\nFROM items',
    status: 'error',
    findings: [failed],
    baseline: null,
    current: null,
  };
  expect(rendered([result as PlanResult])).toMatchInlineSnapshot(`
    "ERROR  suites/orders.yaml:12  recent-orders [big-customer]
      error column "pice" does not exist [query-failed]
            · Line 1 of the query: SELECT pice
            · SQLSTATE 42703.

      │ SELECT pice
      │ FROM items

      Queries  1 could not be planned (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('spends no more than a line on each missing baseline', () => {
  const missing = (['a', 'b', 'c'] as const).map((name) => judgedResult(name, null, seqScan('orders')));
  expect(rendered(missing)).toMatchInlineSnapshot(`
    " FAIL  suites/orders.yaml:12  a  cost 100.00
     FAIL  suites/orders.yaml:12  b  cost 100.00
     FAIL  suites/orders.yaml:12  c  cost 100.00
      fail  no baseline for PostgreSQL 17 [baseline-missing]
      hint: npx regress-pg update a b c

      Queries  3 failed (3)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('proposes to accept everything only where nothing else is wrong', () => {
  const missing = Array.from({ length: 7 }, (_, at) => judgedResult(`new-${at}`, null, seqScan('orders')));
  expect(rendered(missing)).toContain('  hint: npx regress-pg update --all\n');
  expect(rendered([dropped(), ...missing])).toContain(
    '  hint: npx regress-pg update new-0 new-1 new-2 new-3 new-4, and 2 more\n',
  );
});

it('shows the plan that has no baseline when asked to', () => {
  expect(rendered([judgedResult('new', null, seqScan('orders'))], { verbose: true })).toMatch(
    /^ {4}Seq Scan on public\.orders +100\.00 +10$/m,
  );
});

it('shows the plan that breaks an expectation though it is as accepted', () => {
  const plan = bitmapScan('orders', 'other');
  expect(rendered([judgedResult('strict', plan, plan, { expect: { uses: ['wanted'] } })])).toMatchInlineSnapshot(`
    " FAIL  suites/orders.yaml:12  strict  cost 100.00
      fail  index wanted is not used [index-not-used]
            · The plan uses other.

      │ SELECT id
      │ FROM orders

        now, as in the baseline              cost  rows
        Bitmap Heap Scan on public.orders  100.00    10
        -> Bitmap Index Scan on other      100.00    10

      hint: Fix the query or its schema, or change expect at suites/orders.yaml:12.

      Queries  1 failed (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('lists queries that are as accepted only when asked to', () => {
  const same = judgedResult('same', seqScan('orders'), seqScan('orders'));
  expect(rendered([same])).not.toContain('same');
  expect(rendered([same], { verbose: true })).toContain('   OK  suites/orders.yaml:12  same  cost 100.00\n');
});

it('puts the worst first', () => {
  const results = [
    judgedResult('warned', seqScan('orders'), seqScan('orders', { totalCost: 120 })),
    judgedResult('twice', seqScan('orders'), seqScan('orders', { totalCost: 200 })),
    judgedResult('thrice', seqScan('orders'), seqScan('orders', { totalCost: 300 })),
    { ...dropped(), query: 'broken', status: 'error', findings: [queryFailed({ message: 'm' }, '')] } as PlanResult,
  ];
  const titles = rendered(results).match(/^(ERROR| FAIL| WARN) {2}\S+ {2}[\w-]+/gm);
  expect(titles?.map((title) => title.split('  ').at(-1))).toEqual(['broken', 'thrice', 'twice', 'warned']);
});

it('notes what is no trouble', () => {
  const cheaper = judgedResult('cheaper', seqScan('orders', { totalCost: 9000 }), seqScan('orders'));
  const notes = staleBaselines('suites/a.yaml', [{ query: 'gone', case: null }]);
  expect(reporters.console(checkReport([cheaper], { notes }), OPTIONS)).toMatchInlineSnapshot(`
    " NOTE  cheaper: cost fell from 9000.00 to 100.00 (x0.012) [cost-decreased]  hint: npx regress-pg update cheaper --reason '…'
     NOTE  gone has a baseline, but is no longer in suites/a.yaml [baseline-stale]  hint: npx regress-pg update --all

      Queries  1 ok (1)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
});

it('says so when there is nothing to check', () => {
  expect(rendered([])).toContain('  Queries  none\n');
});

it('stops at eight lines of a long query', () => {
  const sql = Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n');
  const text = rendered([judgedResult('long', seqScan('orders'), seqScan('orders', { totalCost: 900 }), { sql })]);
  expect(text).toContain('│ line 7\n  │ … 4 more lines\n');
});

it('says once that plans depend on the time, and of each which with --verbose', () => {
  const message = `planned at noon: now() stands at ${SNAPSHOT_TIME}`;
  const results = ['one', 'two'].map((name) => {
    const result = judgedResult(name, seqScan('orders'), seqScan('orders'));
    return { ...result, findings: [{ code: 'time-dependent', severity: 'note', message }] } satisfies PlanResult;
  });
  expect(rendered(results)).toContain(
    ' NOTE  2 plans depend on the time, and use that of the snapshot [time-dependent]\n',
  );
  expect(rendered(results)).not.toContain('noon');
  expect(rendered(results, { verbose: true })).toContain(` NOTE  two: ${message} [time-dependent]\n`);
});

it('shows the values of a case, and those of the baseline where they were others', () => {
  const result = judgedResult('skewed', seqScan('orders'), seqScan('orders', { totalCost: 900 }));
  expect(rendered([{ ...result, values: 'tenant = 17' }])).toContain('│ with tenant = 17\n');
  const moved = { ...result, values: 'tenant = 17', baselineValues: 'tenant = 4' };
  expect(rendered([moved])).toContain('│ with tenant = 17, in the baseline tenant = 4\n');
});

describe('colour', () => {
  it('is all that it adds', () => {
    const colored = rendered([dropped()], { color: true });
    expect(colored).toContain('\x1b[31m');
    expect(stripVTControlCharacters(colored)).toBe(rendered([dropped()]));
  });
});

describe('hostile text', () => {
  const hostile = 'o\x1b[2J\x9b2J\u202e\r\n::error::x\ud800 ##[error]x ##vso[task.complete]';
  const result = judgedResult(
    hostile,
    seqScan('a', { alias: hostile, Filter: hostile }),
    indexScan('a', hostile, { alias: hostile, 'Index Cond': hostile, totalCost: 900 }),
    { sql: hostile, file: hostile, case: hostile },
  );
  const report = checkReport(
    [
      {
        ...result,
        findings: [...result.findings, queryFailed({ message: hostile, detail: hostile, hint: hostile }, '')],
      },
    ],
    {
      server: { version: hostile, major: 17 },
      snapshot: { path: hostile, digest: hostile, capturedAt: hostile },
      notes: [{ code: 'baseline-stale', severity: 'note', message: hostile, hint: hostile }],
    },
  );

  it('cannot steer the terminal', () => {
    const text = reporters.console(report, { ...OPTIONS, verbose: true });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]|\p{Surrogate}/u);
    expect(text).toContain('\\x1b[2J\\x9b2J\\u202e\\x0d\\n::error::x\\ud800');
  });

  it('begins no line, so that a CI system takes none of it for a command', () => {
    const text = reporters.console(report, OPTIONS);
    expect(text).not.toMatch(/^\s*::/m);
    // These are commands wherever they stand in a line.
    expect(text).not.toMatch(/##(vso)?\[/);
    expect(text).toContain('\\x23#[error]x \\x23#vso[task.complete]');
  });
});

it.each([40, 80, 100, 160, 200])('keeps trees within %d columns', (width) => {
  const long = 'x'.repeat(150);
  const text = rendered([judgedResult('wide', indexScan('orders', long), seqScan(long, { Filter: long }))], { width });
  const trees = text.split('\n').filter((line) => /^ {2}[ ~+-] (->|[A-Z])/.test(line));
  expect(trees.length).toBeGreaterThan(0);
  for (const line of trees) expect([...line].length).toBeLessThanOrEqual(Math.max(width, 44));
});

describe('in 120 columns', () => {
  const long = 'orders_customer_id_placed_at_idx';

  it('puts the plans side by side and continues long titles below', () => {
    const result = judgedResult(
      'recent-orders',
      limit(12.41, indexScan('orders', long, { 'Index Cond': '((orders.customer_id = 17) AND (orders.state = 3))' })),
      limit(8471.05, seqScan('orders', { totalCost: 8471.05, Filter: '(orders.customer_id = 17)' })),
    );
    const text = rendered([result], { width: 120 });
    expect(text.slice(text.indexOf('    baseline'), text.indexOf('\n\n  hint'))).toMatchInlineSnapshot(`
      "    baseline                                          cost  rows  │   now                              cost         rows
          Limit                                            12.41    20  │   Limit                         8471.05   x682    20
        ~ -> Index Scan using                             100.00    10  │ ~ -> Seq Scan on public.orders  8471.05  x84.7    10
        ~        orders_customer_id_placed_at_idx on                    │ ~      Filter: (orders.customer_id = 17)
        ~        public.orders                                          │
        ~      Index Cond: ((orders.customer_id = 17) AND               │
        ~        (orders.state = 3))                                    │"
    `);
  });

  it('puts them one above the other where a name would have to be broken', () => {
    const result = judgedResult('wide', seqScan('orders'), indexScan('x'.repeat(60), 'y'.repeat(60)));
    const text = rendered([result], { width: 120 });
    expect(text).not.toContain('│   now');
    expect(text).toContain('y'.repeat(60));
    expect(rendered([result], { width: 160 })).toContain('│   now');
  });
});

it('names subplans, which expressions refer to', () => {
  const plan = (child: Parameters<typeof as>[1]) =>
    node('Result', {}, as('InitPlan', child, 'InitPlan 1 (returns $0)'), as('SubPlan', seqScan('c'), 'CTE recent'));
  const text = rendered([judgedResult('subplans', plan(indexScan('orders', 'i')), plan(seqScan('orders')))]);
  expect(text).toContain('~ -> InitPlan 1: Seq Scan on public.orders ');
  expect(text).toContain('  -> CTE recent: Seq Scan on public.c ');
});

describe('order', () => {
  const costlier = (name: string, ratio: number, stats?: Query['stats']) =>
    judgedResult(name, seqScan('orders', { totalCost: 100 }), seqScan('orders', { totalCost: 100 * ratio }), { stats });
  const names = (text: string) => [...text.matchAll(/^ (?:FAIL|WARN) +\S+ +(\S+)/gm)].map(([, name]) => name);

  it('is by growth where nothing else is known', () => {
    expect(names(rendered([costlier('a', 2), costlier('b', 9), costlier('c', 1.2)]))).toEqual(['b', 'a', 'c']);
  });

  it('is by growth and the time that queries take in production', () => {
    const text = rendered([
      costlier('rare', 9, { calls: 12, mean_exec_time: 4 }),
      costlier('often', 2, { calls: 4_200_000, mean_exec_time: 0.83 }),
      costlier('unknown', 1.9),
    ]);
    expect(names(text)).toEqual(['often', 'unknown', 'rare']);
    expect(text).toContain('often  cost 100.00 → 200.00 (x2.00)  4.2 M calls of 0.83 ms\n');
  });
});

describe('cases of one query', () => {
  const one = (name: string, cost: number, index: string) =>
    judgedResult('q', indexScan('orders', index, { totalCost: 10 }), seqScan('orders', { totalCost: cost }), {
      case: name,
    });

  it('that changed alike are shown once', () => {
    const text = rendered([one('small', 500, 'i'), one('big', 900, 'i'), one('other', 700, 'j')]);
    expect(text.match(/orders.yaml:12 +q \[\w+\]/g)).toEqual([
      'orders.yaml:12  q [big]',
      'orders.yaml:12  q [small]',
      'orders.yaml:12  q [other]',
    ]);
    expect(text.match(/baseline /g)).toHaveLength(2 + 2);
    expect(text).toContain('This is [big]; the others changed in the same way.');
  });
});

it('says once what holds of many plans that are as accepted', () => {
  const finding = {
    code: 'schema-drift',
    severity: 'warn',
    message: 'production has more',
    hint: 'create it',
  } as const;
  const remarked = ['a', 'b', 'c'].map(
    (name): PlanResult => ({
      ...judgedResult(name, seqScan(name), seqScan(name)),
      status: 'warn',
      findings: [finding],
    }),
  );
  expect(rendered(remarked)).toMatchInlineSnapshot(`
    " WARN  suites/orders.yaml:12  a  cost 100.00
     WARN  suites/orders.yaml:12  b  cost 100.00
     WARN  suites/orders.yaml:12  c  cost 100.00
      warn  production has more [schema-drift]
      hint: create it

      Queries  3 warned (3)
     Snapshot  snapshots/production, captured 2026-11-20 08:00 UTC, 3f2a91c0aa31
       Server  PostgreSQL 17.6
         Time  2.3 s
    "
  `);
  expect(rendered(remarked, { verbose: true }).match(/now, as in the baseline/g)).toHaveLength(3);
});

it('names the revision that was compared with, what changed plans, and what does not count', () => {
  const results = [{ ...dropped(), branchStatus: 'ok' as const }, judgedResult('other', seqScan('a'), seqScan('a'))];
  const against = { ref: 'origin/main', commit: '43a56ca6e6fd99', mergeBase: true, isHead: false, standing: 2 };
  const causes = { branch: 1, settings: 0, snapshot: 9, version: 0, unknown: 2, growth: 'public.orders grew 80 %' };
  const lines = (fields: Parameters<typeof checkReport>[1]) =>
    reporters.console(checkReport(results, fields), OPTIONS).split('\n').slice(-9, -1);
  expect(lines({ causes, failOn: 'branch' })).toEqual(
    expect.arrayContaining([
      '   Causes  1 plan changed by this branch | 9 because the snapshot changed (public.orders grew 80 % since the baseline) | 0 by settings | 2 of unknown cause',
      '           this branch did not cause 1 failure, which does not count (failOn: branch)',
    ]),
  );
  expect(lines({ causes: { ...causes, unknown: 0 }, against })).toEqual(
    expect.arrayContaining([
      '  Against  the merge base of HEAD and origin/main, 43a56ca6e6fd; 2 findings are there too (--verbose)',
      '   Causes  1 plan changed by this branch',
    ]),
  );
});
