import type { MissingObject, SchemaDrift } from '../model/drift.ts';
import { plainName } from '../postgres/index.ts';

/** Parents (quoted and qualified) of each relation of the snapshot that has any, by its schema and name joined by a dot. */
export type Parents = ReadonlyMap<string, readonly string[]>;

/**
 * What each missing object is touched by. A query on a family of tables names its members as they are here, and a plan
 * those that were left, so a missing partition or child is touched by its ancestors and by all of their descendants.
 */
export function driftOf(missing: readonly MissingObject[], parents: Parents): SchemaDrift[] {
  const families = familiesOf(parents);
  return missing.map((object) => {
    const name = `${object.schemaname}.${object.relname}`;
    const isMember = object.kind === 'partition';
    return { ...object, touchedBy: isMember ? (families.get(name) ?? new Set([name])) : new Set([name]) };
  });
}

/** All relations that inherit from one another, by each of them. */
function familiesOf(parents: Parents): Map<string, Set<string>> {
  const families = new Map<string, Set<string>>();
  for (const [child, of] of parents) {
    for (const parent of of.map(plainName)) {
      const merged = new Set([...(families.get(child) ?? [child]), ...(families.get(parent) ?? [parent])]);
      for (const member of merged) families.set(member, merged);
    }
  }
  return families;
}
