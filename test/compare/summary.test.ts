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
  expect(exitStatus({ results: statuses.map(result) })).toBe(status);
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
