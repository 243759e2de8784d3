import type { SeenStatement } from '../model/sql/seen-statement.ts';

/** What was executed between two looks at pg_stat_statements. One that was forgotten meanwhile and came back counts from then. */
export function executedBetween(before: readonly SeenStatement[], after: readonly SeenStatement[]): SeenStatement[] {
  const known = new Map(before.map(({ text, calls }) => [text, calls]));
  return after.flatMap(({ text, calls }) => {
    const earlier = known.get(text) ?? 0;
    const since = calls >= earlier ? calls - earlier : calls;
    return since > 0 ? [{ text, calls: since, totalExecTime: null }] : [];
  });
}
