import type { MissingObject, SchemaDrift } from '../model/target/drift.ts';
import { plainName } from '../postgres/index.ts';

/** Parents (quoted, qualified) of each relation of the snapshot that has any, by `schema.name`. */
export type Parents = ReadonlyMap<string, readonly string[]>;

/**
 * Adds to each missing object the relations that touch it: a query that uses one of them may plan differently in
 * production. A query names members of an inheritance tree as they are here, and a plan those that were not pruned. So a
 * missing partition or child is touched by its ancestors and all of their descendants.
 */
export function driftOf(missing: readonly MissingObject[], parents: Parents): SchemaDrift[] {
  const families = familiesOf(parents);
  return missing.map((object) => {
    const name = `${object.schemaname}.${object.relname}`;
    const isMember = object.kind === 'partition';
    return { ...object, touchedBy: isMember ? (families.get(name) ?? new Set([name])) : new Set([name]) };
  });
}

/** The members of each inheritance tree, by each of its members. */
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
