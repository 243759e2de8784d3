import { type CheckReport, countedStatus, type PlanResult, type Summary } from '../../model/result.ts';

/** Counts results by status. Each planned query and case has one result. */
export function summarize(results: readonly PlanResult[]): Summary {
  const count = (status: PlanResult['status']) => results.filter((result) => result.status === status).length;
  return {
    queries: results.length,
    ok: count('ok'),
    warned: count('warn'),
    failed: count('fail'),
    errored: count('error'),
  };
}

/**
 * The exit status of a check that ran to its end: 1 if a query failed or could not be planned, otherwise 0. With `failOn:
 * branch` only failures that the branch caused or may have caused count.
 */
export function exitStatus({ results, failOn }: Pick<CheckReport, 'results' | 'failOn'>): 0 | 1 {
  const counted = results.map((result) => countedStatus(result, failOn));
  return counted.some((status) => status === 'fail' || status === 'error') ? 1 : 0;
}
