import type { SeenStatement } from '../model/sql/seen-statement.ts';

/**
 * The statements executed between two readings of pg_stat_statements. If a statement was evicted and came back meanwhile,
 * only its calls since then count.
 */
export function executedBetween(before: readonly SeenStatement[], after: readonly SeenStatement[]): SeenStatement[] {
  const known = new Map(before.map(({ text, calls }) => [text, calls]));
  return after.flatMap(({ text, calls }) => {
    const earlier = known.get(text) ?? 0;
    const since = calls >= earlier ? calls - earlier : calls;
    return since > 0 ? [{ text, calls: since, totalExecTime: null }] : [];
  });
}
