import type { ExtendedStatistics } from '../model/snapshot.ts';
import type { TargetStatisticsObject } from './read.ts';

/** True if two format_type texts name the same type. Modifiers do not count: they do not change how values are written. */
export function isOfType(type: string, here: string): boolean {
  return withoutModifier(type) === withoutModifier(here);
}

function withoutModifier(type: string): string {
  return type.replace(/\(\d+(?:,-?\d+)?\)/, '');
}

/**
 * Says why the data of a statistics object does not fit the target's object of the same name; null if it does. Columns may
 * have another order, because they are listed by attribute number, which differs between databases.
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
    return `the statistics object has another definition here: ${target.definition}`;
  // The type of an expression depends on the types of its columns, and we do not know which columns it uses.
  const hasExpressions = statistics.data.some(({ expressions }) => expressions !== null);
  return hasExpressions && retyped.size > 0 ? 'a column of the table has another type here' : null;
}
