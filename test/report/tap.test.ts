import { expect, it } from 'vitest';
import { reporters } from '../../src/report/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { readTap } from '../support/readers.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';
import { hostileReport, unplannable } from '../support/reports.ts';

const tap = (report = hostileReport()) => reporters.tap(report, OPTIONS);

const before = indexScan('orders', 'a');
const worse = judgedResult('recent', before, seqScan('orders', { totalCost: 250 }), { case: 'big' });

it('has a point for each planned query, with what was found', () => {
  const broken = unplannable(judgedResult('broken', null, before), 'x');
  const fine = judgedResult('fine #1', before, before);
  expect(tap(checkReport([worse, broken, fine]))).toMatchInlineSnapshot(`
    "TAP version 14
    1..3
    not ok 1 - suites/orders.yaml: recent [big]
      ---
      status: "fail"
      at: {"file":"suites/orders.yaml","line":12}
      before: {"cost":100,"rows":10}
      now: {"cost":250,"rows":10}
      findings: [{"code":"cost-increased","severity":"fail","message":"cost rose from 100.00 to 250.00 (x2.50)","detail":"The schema changed since the baseline was accepted.","hint":"npx regress-pg update recent --reason '…'"},{"code":"plan-shape-changed","severity":"warn","message":"Index Scan using a on public.orders became Seq Scan on public.orders","detail":"The schema changed since the baseline was accepted.","hint":"npx regress-pg update recent --reason '…'"}]
      ...
    not ok 2 - suites/orders.yaml: broken
      ---
      status: "error"
      at: {"file":"suites/orders.yaml","line":12}
      findings: [{"code":"query-failed","severity":"error","message":"column \\"x\\" does not exist","detail":"Line 1 of the query: SELECT id\\nSQLSTATE 42703.","hint":"x"}]
      ...
    ok 3 - suites/orders.yaml: fine \\#1
    # 1 ok, 0 warned, 1 failed, 1 could not be planned
    "
  `);
});

it('is read as it was meant', () => {
  const report = hostileReport();
  const { points, extra, mistakes } = readTap(tap(report));
  expect(extra).toEqual([]);
  expect(mistakes).toEqual([]);
  expect(points).toHaveLength(report.results.length);
  for (const [at, point] of points.entries()) {
    const { status, line } = report.results[at] as (typeof report.results)[number];
    expect(point).toMatchObject({ ok: status === 'ok' || status === 'warn' });
    expect(point.skip || point.todo, point.name).toBeFalsy();
    if (status !== 'ok') expect(point.diag).toMatchObject({ status, at: { file: 'suites/orders.yaml', line } });
  }
});

it('has a plan of nothing where there is no query', () => {
  expect(readTap(tap(checkReport([]))).results).toMatchObject({ ok: true, count: 0 });
});

it('passes what does not fail the build', () => {
  const report = checkReport([{ ...worse, branchStatus: 'ok' }], { failOn: 'branch' });
  expect(readTap(tap(report)).points).toMatchObject([{ ok: true, diag: { status: 'fail' } }]);
  expect(tap(report)).toContain('\n# 0 ok, 1 warned, 0 failed, 0 could not be planned\n');
});
