import type { UnknownObject } from '../../model/target/unknown-object.ts';
import type { RestoreReport } from '../../restore/index.ts';

/**
 * Relations whose statistics in the snapshot no server can have written. With these, a plan that depends on them is not
 * blamed on the branch.
 */
export function refusedStatistics(refused: RestoreReport['refused']): UnknownObject[] {
  const relations = new Map<string, UnknownObject>();
  for (const { object, what, message, origin } of refused) {
    if (origin === undefined) continue;
    const { schemaname, relname, file } = origin;
    const key = JSON.stringify([schemaname, relname]);
    const earlier = relations.get(key)?.refused;
    const line = `${object}: ${what}: ${message}${file === undefined ? '' : ` (${file})`}.`;
    relations.set(key, {
      kind: 'relation',
      schemaname,
      name: relname,
      description: `${schemaname}.${relname}`,
      refused: earlier === undefined ? line : `${earlier}\n${line}`,
    });
  }
  return [...relations.values()];
}
