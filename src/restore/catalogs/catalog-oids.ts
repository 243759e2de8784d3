import { readObjectNames } from '../../catalog/index.ts';
import type { RelationSnapshot } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';

/** Production's OIDs of objects among the common values of a system catalog, with the names they have. */
export function namedOids({ statistics }: RelationSnapshot): [oid: number, name: string][] {
  const slots = statistics.flatMap((each) => each.slots);
  return slots.flatMap(({ names }) =>
    Object.entries(names ?? {}).map(([oid, name]): [number, string] => [Number(oid), name]),
  );
}

/**
 * The OIDs that the target has for objects of production, by which a condition such as `attrelid = 'orders'::regclass` finds
 * its value among production's. The statistics themselves keep production's numbers.
 */
export async function objectRows(
  connection: Connection,
  production: ReadonlyMap<string, number>,
): Promise<{ oid: number; production_oid: number }[]> {
  if (production.size === 0) return [];
  return [...(await readObjectNames(connection, null))].flatMap(([oid, name]) => {
    const production_oid = production.get(name);
    return production_oid === undefined ? [] : [{ oid, production_oid }];
  });
}
