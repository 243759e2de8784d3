import { expect, test } from 'vitest';
import { exitStatus, joinProjects, ofProject, splitProjects } from '../../src/compare/index.ts';
import type { CheckReport, PlanResult } from '../../src/model/result.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { checkReport, judgedResult } from '../support/report-builders.ts';

const worse = judgedResult('recent', indexScan('orders', 'i'), seqScan('orders', { totalCost: 900 }));
const innocent: PlanResult = { ...worse, branchStatus: 'ok' };

function join(...reports: readonly CheckReport[]): CheckReport {
  return joinProjects(
    reports.map((report, at) => ofProject(report, `p${at}`, at === 0 ? '.' : `services/p${at}`)),
    '.',
  );
}

test('paths begin with the project, hints and notes name it', () => {
  const note = {
    code: 'baseline-stale',
    severity: 'note',
    message: 'old',
    hint: 'npx regress-pg update --all',
  } as const;
  const joined = join(checkReport([worse]), checkReport([worse], { notes: [note] }));
  expect(joined.results.map(({ project, suite, file }) => [project, suite, file])).toEqual([
    ['p0', 'suites/orders.yaml', 'suites/orders.yaml'],
    ['p1', 'services/p1/suites/orders.yaml', 'services/p1/suites/orders.yaml'],
  ]);
  expect(joined.results[1]?.findings[0]?.hint).toBe("npx regress-pg update --project p1 recent --reason '…'");
  expect(joined.notes).toEqual([{ ...note, message: 'p1: old', hint: 'npx regress-pg update --project p1 --all' }]);
});

test.each([
  ['any', 'any', 1],
  ['any', 'branch', 1],
  ['branch', 'any', 1],
  ['branch', 'branch', 0],
] as const)('what no branch did counts where failOn is any: %s and %s', (one, other, status) => {
  const parts = [checkReport([innocent], { failOn: one }), checkReport([innocent], { failOn: other })];
  expect(exitStatus(join(...parts))).toBe(status);
  expect(Math.max(...parts.map(exitStatus)), 'the worst of them').toBe(status);
});

test('what differs between projects is told of each, what does not of all', () => {
  const joined = join(
    checkReport([worse], { settings: { a: '1', b: '2' } }),
    checkReport([], {
      server: { version: '18.1', major: 18 },
      settings: { a: '1', b: '3' },
      snapshot: { path: 'other', digest: 'd', capturedAt: '2026-01-01 00:00:00+00' },
      conditions: [{ code: 'encoding', message: 'differs', effect: 'Order.' }],
    }),
  );
  expect(joined.server).toEqual({ version: '17.6, 18.1', major: 18 });
  expect(joined.settings).toEqual({ a: '1' });
  expect(joined.snapshot.capturedAt).toBe('2026-01-01 00:00:00+00');
  expect(joined.conditions.map(({ message }) => message)).toEqual(['p1: differs']);
  expect(joined.summary).toMatchObject({ queries: 1, failed: 1 });
  expect(joined.projects?.map(({ server }) => server.major)).toEqual([17, 18]);
});

test('it can be taken apart and joined again', () => {
  const joined = join(checkReport([worse], { failOn: 'branch' }), checkReport([innocent]));
  expect(joinProjects(splitProjects(joined), '.')).toEqual(joined);
  expect(splitProjects(joined)[1]?.report.results).toHaveLength(1);
});
