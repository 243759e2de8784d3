import type { PlanResult, Status } from '../../model/result.ts';

const WORST_FIRST: readonly Status[] = ['error', 'fail', 'warn', 'ok'];

/** Sorts results, the worst first: by status, then by the rise in cost, weighted by time in production. */
export function worstFirst(results: readonly PlanResult[]): readonly PlanResult[] {
  const weightOf = weights(results);
  const score = (result: PlanResult) => (growth(result) - 1) * weightOf(result);
  return [...results].sort(
    (a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) || score(b) - score(a),
  );
}

/** Groups the cases of a query that changed in the same way, in the order of the results. A report shows the first in full. */
export function alike(results: readonly PlanResult[]): readonly (readonly [PlanResult, ...PlanResult[]])[] {
  const groups = new Map<string, [PlanResult, ...PlanResult[]]>();
  for (const result of results) {
    const group = groups.get(keyOf(result));
    if (group === undefined) groups.set(keyOf(result), [result]);
    else group.push(result);
  }
  return [...groups.values()];
}

/** Groups results with identical findings, across queries. */
export function alikeInFindings(results: readonly PlanResult[]): readonly (readonly PlanResult[])[] {
  const groups = new Map<string, PlanResult[]>();
  for (const result of results) {
    const key = JSON.stringify(result.findings.map(({ code, message, detail, hint }) => [code, message, detail, hint]));
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}

/** Everything that a report says about a result, except figures. */
function keyOf({ suite, query, status, findings }: PlanResult): string {
  const said = findings.map(({ code, severity, message, detail }) =>
    code.startsWith('cost-') || code === 'rows-estimate-changed' ? [code, severity] : [code, severity, message, detail],
  );
  return JSON.stringify([suite, query, status, said]);
}

function growth({ baseline, current }: PlanResult): number {
  if (baseline === null || current === null) return 1;
  return current.totalCost / Math.max(baseline.totalCost, Number.MIN_VALUE);
}

/** A query's time in production, calls times mean time, relative to the mean of all known ones; 1 if it is not known. */
function weights(results: readonly PlanResult[]): (result: PlanResult) => number {
  const time = ({ stats: { calls, mean_exec_time } = {} }: PlanResult) =>
    calls === undefined || mean_exec_time === undefined ? null : calls * mean_exec_time;
  const known = results.map(time).filter((total) => total !== null);
  const mean = known.reduce((sum, total) => sum + total, 0) / known.length;
  return (result) => {
    const total = time(result);
    return total === null || !(mean > 0) ? 1 : total / mean;
  };
}
