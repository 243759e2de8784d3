import { expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { reporters } from '../../src/report/index.ts';
import { indexScan } from '../support/plan-builders.ts';
import { githubCommands, junitErrors, readTap, sarifValidator } from '../support/readers.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';

/** Of two projects, one of which could not be checked; the plans of the other are as accepted. */
const unchecked: Finding = {
  code: 'query-failed',
  severity: 'error',
  message: 'billing: no query was checked: there is no snapshot in "a"\n::set-output name=x::<b>',
  hint: 'Take one: regress snapshot',
};
const stale: Finding = { code: 'baseline-stale', severity: 'note', message: 'x has no query' };
const scan = indexScan('orders', 'a');
const report = checkReport([judgedResult('recent', scan, scan)], { notes: [stale, unchecked] });

it('is no check that passed, and says why', () => {
  const text = reporters.markdown(report, OPTIONS);
  expect(text).toContain('### ❌ regress: 1 project could not be checked; 1 of 1 as accepted\n');
  expect(text).toMatch(/\n- ❌ billing&#58; no query was checked&#58; .*&#60;b&#62;\n/);
  expect(text).toContain('1 note on baselines and queries.');
});

it('is an annotation of its own', () => {
  expect(githubCommands(reporters.github(report, OPTIONS))).toMatchObject([
    { kind: 'error', message: expect.stringMatching(/^billing: no query was checked: .*\nhint: Take one/) },
  ]);
});

it('is an error among the tests', async () => {
  const xml = reporters.junit(report, OPTIONS);
  expect(await junitErrors(xml)).toEqual([]);
  expect(xml).toContain('<testsuites name="regress" tests="2" failures="0" errors="1"');
  expect(xml).toMatch(/<testsuite name="projects" tests="1" failures="0" errors="1"/);
  expect(xml).toContain('<error type="query-failed" message="billing: no query was checked: there is no snapshot');
});

it('is a point that is not ok', () => {
  const { points, mistakes } = readTap(reporters.tap(report, OPTIONS));
  expect(mistakes).toEqual([]);
  expect(points.map(({ ok }) => ok)).toEqual([true, false]);
});

it('is an invocation that failed', () => {
  const log = JSON.parse(reporters.sarif(report, OPTIONS));
  const validate = sarifValidator();
  validate(log);
  expect(validate.errors).toBeNull();
  const message = { text: expect.stringContaining('billing: no query was checked') };
  expect(log.runs[0].invocations).toMatchObject([
    { executionSuccessful: false, toolExecutionNotifications: [{ level: 'error', message }] },
  ]);
});
