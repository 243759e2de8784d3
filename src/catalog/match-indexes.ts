import type { IndexStatistics } from '../model/snapshot.ts';
import { withoutIndexName } from '../model/sql/index-definition.ts';
import type { TargetIndex } from './read.ts';

/**
 * The target's index for each of a table's indexes: one of the same name and definition, else one of the same definition
 * under another name, else one of the same name. Each of the target's serves one.
 */
export function matchIndexes(
  indexes: readonly IndexStatistics[],
  target: ReadonlyMap<string, TargetIndex>,
): ReadonlyMap<IndexStatistics, TargetIndex> {
  const matches = new Map<IndexStatistics, TargetIndex>();
  const taken = new Set<TargetIndex>();
  const match = (find: (index: IndexStatistics) => TargetIndex | undefined) => {
    for (const index of indexes) {
      const found = matches.has(index) ? undefined : find(index);
      if (found === undefined || taken.has(found) || found.relkind !== index.relkind) continue;
      matches.set(index, found);
      taken.add(found);
    }
  };
  const sameName = (index: IndexStatistics) => target.get(index.indexname);
  match((index) => (isAlike(index, sameName(index)) ? sameName(index) : undefined));
  match((index) => [...target.values()].find((other) => !taken.has(other) && isAlike(index, other)));
  match(sameName);
  return matches;
}

function isAlike(index: IndexStatistics, other: TargetIndex | undefined): boolean {
  return other !== undefined && isDefinedAlike(index, other) && other.relkind === index.relkind;
}

/** True when both definitions are one but for the name: then what the range ends and expressions mean is the same. */
export function isDefinedAlike(index: IndexStatistics, target: TargetIndex): boolean {
  return withoutIndexName(index.definition) === withoutIndexName(target.definition);
}
