import { expect, it } from 'vitest';
import { reporters } from '../../src/report/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { junitErrors } from '../support/readers.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';
import { HOSTILE, hostileReport, unplannable } from '../support/reports.ts';

const junit = (report = hostileReport(), options = {}) => reporters.junit(report, { ...OPTIONS, ...options });

const before = indexScan('orders', 'a');
const worse = judgedResult('recent <1>', before, seqScan('orders', { totalCost: 250 }), { case: 'big' });
const broken = unplannable(judgedResult('broken', null, before), 'x]]>');

it('has a failure for a regression and an error for what could not be planned', () => {
  const fine = judgedResult('fine', before, before);
  expect(junit(checkReport([worse, broken, fine]))).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="regress" tests="3" failures="1" errors="1" time="2.345">
      <testsuite name="suites/orders.yaml" tests="3" failures="1" errors="1" skipped="0" timestamp="2026-11-22T10:00:00Z">
        <testcase classname="suites/orders.yaml" name="recent &lt;1&gt; [big]">
          <failure type="cost-increased" message="cost rose from 100.00 to 250.00 (x2.50)"> FAIL  suites/orders.yaml:12  recent &lt;1&gt; [big]  cost 100.00 → 250.00 (x2.50)
      fail  cost rose from 100.00 to 250.00 (x2.50) [cost-increased]
            · The schema changed since the baseline was accepted.
      warn  Index Scan using a on public.orders became Seq Scan on public.orders [plan-shape-changed]

      │ SELECT id
      │ FROM orders

        baseline                               cost  rows
      ~ Index Scan using a on public.orders  100.00    10

        now                          cost         rows
      ~ Seq Scan on public.orders  250.00  x2.50    10

      hint: npx regress-pg update 'recent &lt;1&gt;' --reason '…'</failure>
        </testcase>
        <testcase classname="suites/orders.yaml" name="broken">
          <error type="query-failed" message="column &quot;x]]&gt;&quot; does not exist">ERROR  suites/orders.yaml:12  broken
      error column "x]]&gt;" does not exist [query-failed]
            · Line 1 of the query: SELECT id
            · SQLSTATE 42703.

      │ SELECT id
      │ FROM orders

      hint: x]]&gt;</error>
        </testcase>
        <testcase classname="suites/orders.yaml" name="fine"/>
      </testsuite>
    </testsuites>
    "
  `);
});

it('is valid with hostile texts', async () => {
  expect(await junitErrors(junit())).toEqual([]);
});

it('is judged by a schema that can refuse', async () => {
  expect(await junitErrors(junit(checkReport([worse])).replace(' classname=', ' class='))).not.toEqual([]);
  expect(await junitErrors(junit(checkReport([worse])).replace('&lt;1&gt;', '<1>'))).not.toEqual([]);
});

it('is valid without a query and without a time', async () => {
  const text = junit(checkReport([]), { elapsedMs: null });
  expect(text).not.toContain('time=');
  expect(await junitErrors(text)).toEqual([]);
});

it('holds no control character, and cuts SQL of 200 kB', () => {
  expect(junit().replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\ufffe\uffff]/);
  expect(HOSTILE.join('').length).toBeGreaterThan(400);
  expect(junit().length).toBeLessThan(200_000);
});

it('counts no failure that does not fail the build', () => {
  const innocent = { ...worse, branchStatus: 'ok' as const };
  const text = junit(checkReport([innocent], { failOn: 'branch' }));
  expect(text).toContain('failures="0"');
  expect(text).not.toContain('<failure');
  expect(text).toContain('<system-out>');
  expect(junit(checkReport([innocent]))).toContain('<failure');
});
