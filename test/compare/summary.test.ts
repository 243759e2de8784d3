import { expect, it } from 'vitest';
import { exitStatus, statusOf, summarize } from '../../src/compare/index.ts';
import type { PlanResult, Status } from '../../src/model/result.ts';

const result = (status: Status) => ({ status }) as PlanResult;

it('counts results by status', () => {
  const results = (['ok', 'ok', 'warn', 'fail', 'error', 'error', 'error'] as const).map(result);
  expect(summarize(results)).toEqual({ queries: 7, ok: 2, warned: 1, failed: 1, errored: 3 });
});

it.each([
  [[], 0],
  [['ok', 'warn'], 0],
  [['ok', 'fail'], 1],
  [['error'], 1],
] as const)('ends %j with %d', (statuses, status) => {
  expect(exitStatus({ results: statuses.map(result), failOn: 'any' })).toBe(status);
});

it.each([
  ['fail', 'ok', 0],
  ['fail', 'warn', 0],
  ['warn', 'fail', 1],
  ['fail', undefined, 1],
] as const)('with failOn: branch, %s that is %s by the branch ends with %d', (status, branchStatus, expected) => {
  const results = [{ ...result(status), ...(branchStatus !== undefined && { branchStatus }) }];
  expect(exitStatus({ results, failOn: 'branch' })).toBe(expected);
});

it.each([
  [[], 'ok'],
  [['note'], 'ok'],
  [['note', 'warn'], 'warn'],
  [['warn', 'fail'], 'fail'],
  [['fail', 'error'], 'error'],
] as const)('has the status of the worst of %j', (severities, status) => {
  expect(statusOf(severities.map((severity) => ({ code: 'cost-increased', severity, message: '' })))).toBe(status);
});
