import { describe, expect, it } from 'vitest';
import { mergeReports, summarize } from '../../src/compare/index.ts';
import type { CheckReport, PlanResult } from '../../src/model/result.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { checkReport, judgedResult } from '../support/report-builders.ts';

const before = indexScan('orders', 'a');
const plan = (name: string, fields: Partial<PlanResult> = {}): PlanResult => ({
  ...judgedResult(name, before, seqScan('orders', { totalCost: 250 }), { case: 'c' }),
  ...fields,
});
const deviation = (query: string) =>
  ({ suite: 'suites/orders.yaml', query, case: 'c', verdict: 'different', difference: null, reasons: [] }) as const;
const reproduced = (different: number, names: readonly string[]) => ({
  identical: 1,
  samePlan: 0,
  different,
  unplanned: 0,
  total: 1 + different,
  deviations: names.map(deviation),
});

const growth = { by: 'snapshot', growth: 'public.orders grew 80 %' } as const;
const other = { by: 'snapshot', growth: 'public.items grew 90 %' } as const;
const standing = { findings: [{ code: 'index-not-used', severity: 'note', message: 'm', standing: true }] } as const;
const note = { code: 'baseline-stale', severity: 'note', message: 'm' } as const;

const whole = checkReport(
  [
    plan('a', { changedBy: other }),
    plan('b', { ...standing, case: '1' }),
    plan('b', { case: '2', status: 'ok' }),
    plan('c', { changedBy: growth }),
    plan('d', { changedBy: growth, status: 'error' }),
  ],
  {
    against: { ref: 'main', commit: 'c0ffee', mergeBase: true, isHead: false, standing: 1 },
    causes: { branch: 0, settings: 0, snapshot: 3, version: 0, unknown: 0, growth: growth.growth },
    conditions: [{ code: 'major', message: 'm', effect: 'e' }],
    notes: [note],
    production: { ...reproduced(3, ['a', 'c', 'd']), identical: 2, total: 5 },
  },
);

/** What a shard with these queries is. */
function shard(index: number, total: number, names: readonly string[], fields: Partial<CheckReport> = {}): CheckReport {
  const queries = ['a', 'b', 'c', 'd'];
  const results = whole.results.filter(({ query }) => names.includes(query));
  return {
    ...whole,
    results,
    summary: summarize(results),
    shard: { index, total, places: results.map(({ query }) => queries.indexOf(query)) },
    causes: null,
    against: whole.against && { ...whole.against, standing: 0 },
    ...fields,
  };
}

const first = shard(1, 2, ['a', 'c'], { production: reproduced(2, ['a', 'c']), startedAt: '2026-11-22T10:00:09Z' });
const second = shard(2, 2, ['b', 'd'], { production: reproduced(1, ['d']) });
const stored = (...reports: readonly CheckReport[]) =>
  reports.map((report, at) => ({ file: `${at + 1}.json`, report }));

it('makes of its shards what the whole check is, in whatever order they come', () => {
  expect(mergeReports(stored(first, second))).toEqual(whole);
  expect(mergeReports(stored(second, first))).toEqual(whole);
});

it('leaves a whole check as it is', () => {
  expect(mergeReports(stored(whole))).toBe(whole);
});

it('takes a shard without queries, and one of one', () => {
  const empty = shard(3, 3, [], { production: null });
  const two = [first, second].map((report, at) => ({
    ...report,
    shard: { ...(report.shard as NonNullable<typeof report.shard>), index: at + 1, total: 3 },
  }));
  expect(mergeReports(stored(empty, ...two))).toEqual(whole);
  expect(mergeReports(stored(shard(1, 1, ['a', 'b', 'c', 'd']))).results).toEqual(whole.results);
});

it('counts a rehearsal anew', () => {
  const rehearsal = { source: 16, target: 17, compared: 9, sameShape: 9, costRatio: null };
  const of = (report: CheckReport) => ({
    ...report,
    rehearsal,
    results: report.results.map((result) => ({ ...result, baselineMajor: 16 })),
  });
  expect(mergeReports(stored(of(first), of(second))).rehearsal).toEqual({
    source: 16,
    target: 17,
    compared: 5,
    sameShape: 0,
    costRatio: { least: 2.5, median: 2.5, greatest: 2.5 },
  });
});

describe('refuses', () => {
  const digest = 'f'.repeat(16);
  const sameCheck = '1.json and 2.json are not from the same check';
  const path = 'snapshots/production';

  it.each<[string, readonly CheckReport[], string, string | undefined, string | undefined]>([
    [
      'a missing shard',
      [first],
      'shard 2/2 of the check is missing',
      'There is 1/2 in 1.json.',
      'npx regress-pg check --shard 2/2 --reporter json=shard-2.json',
    ],
    [
      'missing shards',
      [shard(2, 4, [])],
      'shards 1/4, 3/4, 4/4 of the check are missing',
      'There is 2/4 in 1.json.',
      undefined,
    ],
    [
      'a shard twice',
      [first, second, first],
      'shard 1/2 is given more than once',
      'It is in 1.json and 3.json.',
      undefined,
    ],
    [
      'a whole check among shards',
      [first, whole],
      '2.json is a whole check and cannot be merged with others',
      undefined,
      'npx regress-pg report 2.json',
    ],
    [
      'two whole checks',
      [whole, whole],
      '1.json is a whole check and cannot be merged with others',
      undefined,
      undefined,
    ],
    [
      'another snapshot',
      [first, { ...second, snapshot: { ...second.snapshot, digest } }],
      sameCheck,
      `They differ in snapshot: ${path} 3f2a91c0aa31 in the first, ${path} ffffffffffff in the second.`,
      undefined,
    ],
    [
      'other suites',
      [first, { ...second, suites: { path: 'suites', digest } }],
      sameCheck,
      `They differ in suites: suites 5d0c0c6c42a1c0de in the first, suites ${digest} in the second.`,
      undefined,
    ],
    [
      'another extension',
      [first, { ...second, extension: '0.2' }],
      sameCheck,
      'They differ in extension: 0.1 in the first, 0.2 in the second.',
      undefined,
    ],
    [
      'another regress',
      [first, { ...second, regress: '9' }],
      sameCheck,
      'They differ in regress: 0.1.0 in the first, 9 in the second.',
      undefined,
    ],
    [
      'another server',
      [first, { ...second, server: { version: '17.7', major: 17 } }],
      sameCheck,
      'They differ in server: 17.6 in the first, 17.7 in the second.',
      undefined,
    ],
    [
      'another division',
      [first, shard(2, 3, ['b'])],
      sameCheck,
      'They differ in number of shards: 2 in the first, 3 in the second.',
      undefined,
    ],
    [
      'another revision',
      [first, { ...second, against: null }],
      sameCheck,
      'They differ in revision compared with: main c0ffee in the first, baselines in the second.',
      undefined,
    ],
    [
      'other settings',
      [first, { ...second, settings: { ...second.settings, work_mem: '64' } }],
      sameCheck,
      'They differ in setting work_mem: 4096 in the first, 64 in the second.',
      undefined,
    ],
    ['nothing', [], 'no results are given', undefined, undefined],
  ])('%s', (_, reports, message, detail, hint) => {
    const expected = { code: 'results', message, ...(detail && { detail }), ...(hint && { hint }) };
    expect(() => mergeReports(stored(...reports))).toThrow(expect.objectContaining(expected));
  });
});
