import type { ExtendedStatistics } from '../model/snapshot.ts';
import type { TargetStatisticsObject } from './read.ts';

/** True when two format_type texts name one type; its modifier does not change what a value of it looks like. */
export function isOfType(type: string, here: string): boolean {
  return withoutModifier(type) === withoutModifier(here);
}

function withoutModifier(type: string): string {
  return type.replace(/\(\d+(?:,-?\d+)?\)/, '');
}

/**
 * Why the data of a statistics object cannot serve the target's object of the same name; null when it can. Columns may
 * stand in another order: they are listed by attribute number, which is the target's own.
 */
export function objectDifference(
  statistics: ExtendedStatistics,
  target: TargetStatisticsObject,
  retyped: { readonly size: number },
): string | null {
  const quoted = new Map(target.columns.map((column) => [column.attname, column.quoted]));
  const columns = statistics.columns.map((attname) => quoted.get(attname));
  const reordered = target.definition.replace(
    ` ON ${target.columns.map((column) => column.quoted).join(', ')}`,
    () => ` ON ${columns.join(', ')}`,
  );
  if (reordered !== statistics.definition)
    return `the statistics object is defined otherwise here: ${target.definition}`;
  // The type of an expression follows the types of its columns, and nothing tells which columns it is made of.
  const hasExpressions = statistics.data.some(({ expressions }) => expressions !== null);
  return hasExpressions && retyped.size > 0 ? 'a column of the table is of another type here' : null;
}
