import { describeRelation, displayName, type TargetCatalog } from '../catalog/index.ts';
import type { SizeEstimate, UnknownObject } from '../model/target/unknown-object.ts';
import type { Estimates } from './predictions.ts';

/**
 * Objects of the target that production does not have. Sequences are left out: the planner reads nothing of them that a restore could change.
 */
export function unknownObjects(
  catalog: TargetCatalog,
  known: ReadonlySet<number>,
  estimates: Estimates,
): UnknownObject[] {
  return [...catalog.relations.values()].flatMap((relation): UnknownObject[] => {
    const { schemaname, relname } = relation;
    if (relation.relkind === 'S') return [];
    const indexes = [...relation.indexes.values()].filter(({ oid }) => !known.has(oid));
    const estimated = indexes.map(({ oid, indexname }) => unknownIndex(schemaname, indexname, estimates.get(oid)));
    if (!known.has(relation.oid)) {
      const table = { kind: 'relation', schemaname, name: relname, description: describeRelation(relation) } as const;
      // Indexes of a table of which nothing is known go without saying.
      return [withEstimate(table, estimates.get(relation.oid)), ...estimated.filter((each) => each.estimate)];
    }
    const objects = [...relation.statistics.values()].filter(({ oid }) => !known.has(oid));
    return [
      ...estimated,
      ...objects.map((each): UnknownObject => {
        const description = `statistics object ${displayName(each.schemaname, each.statistics_name)}`;
        return { kind: 'statistics object', schemaname: each.schemaname, name: each.statistics_name, description };
      }),
    ];
  });
}

function unknownIndex(schemaname: string, name: string, estimate: SizeEstimate | undefined): UnknownObject {
  const description = `index ${displayName(schemaname, name)}`;
  return withEstimate({ kind: 'index', schemaname, name, description }, estimate);
}

function withEstimate(object: UnknownObject, estimate: SizeEstimate | undefined): UnknownObject {
  return estimate === undefined ? object : { ...object, estimate };
}
