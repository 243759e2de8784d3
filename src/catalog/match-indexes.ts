import type { IndexStatistics } from '../model/snapshot.ts';
import { withoutIndexName } from '../model/sql/index-definition.ts';
import type { TargetIndex } from './read.ts';

/**
 * Finds the target's index for each index of a table: one with the same name and definition, else one with the same
 * definition and another name, else one with the same name. Each of the target's indexes is used once.
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

/** True if the definitions differ in the index's name at most. Range ends and expressions then mean the same. */
export function isDefinedAlike(index: IndexStatistics, target: TargetIndex): boolean {
  return withoutIndexName(index.definition) === withoutIndexName(target.definition);
}
