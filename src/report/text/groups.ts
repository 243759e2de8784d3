import type { PlanResult, Status } from '../../model/result.ts';

const WORST_FIRST: readonly Status[] = ['error', 'fail', 'warn', 'ok'];

/** Results the worst first: by status, then by how much costlier they became, weighted by how much time they take. */
export function worstFirst(results: readonly PlanResult[]): readonly PlanResult[] {
  const weightOf = weights(results);
  const score = (result: PlanResult) => (growth(result) - 1) * weightOf(result);
  return [...results].sort(
    (a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) || score(b) - score(a),
  );
}

/** Cases of one query that changed alike, in the order of the results; the first of a group is shown whole. */
export function alike(results: readonly PlanResult[]): readonly (readonly [PlanResult, ...PlanResult[]])[] {
  const groups = new Map<string, [PlanResult, ...PlanResult[]]>();
  for (const result of results) {
    const group = groups.get(keyOf(result));
    if (group === undefined) groups.set(keyOf(result), [result]);
    else group.push(result);
  }
  return [...groups.values()];
}

/** Results about which the same is to be said, whatever their query. */
export function alikeInFindings(results: readonly PlanResult[]): readonly (readonly PlanResult[])[] {
  const groups = new Map<string, PlanResult[]>();
  for (const result of results) {
    const key = JSON.stringify(result.findings.map(({ code, message, detail, hint }) => [code, message, detail, hint]));
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}

/** Everything a reader would be told but figures: of the two plans the shape's changes, of the rest the codes. */
function keyOf({ suite, query, status, findings }: PlanResult): string {
  const told = findings.map(({ code, severity, message, detail }) =>
    code.startsWith('cost-') || code === 'rows-estimate-changed' ? [code, severity] : [code, severity, message, detail],
  );
  return JSON.stringify([suite, query, status, told]);
}

function growth({ baseline, current }: PlanResult): number {
  if (baseline === null || current === null) return 1;
  return current.totalCost / Math.max(baseline.totalCost, Number.MIN_VALUE);
}

/** The time a query takes in production, calls times mean time, to the mean of those known; 1 where it is not known. */
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
