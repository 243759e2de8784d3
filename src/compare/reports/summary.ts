import { type CheckReport, countedStatus, type PlanResult, type Summary } from '../../model/result.ts';

/** Counts the results, one for each planned query and case. */
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
 * Exit status of a check that could do its work: 1 when a query failed or could not be planned, else 0; with `failOn:
 * branch` only what the branch did counts, and what may be its doing.
 */
export function exitStatus({ results, failOn }: Pick<CheckReport, 'results' | 'failOn'>): 0 | 1 {
  const counted = results.map((result) => countedStatus(result, failOn));
  return counted.some((status) => status === 'fail' || status === 'error') ? 1 : 0;
}
