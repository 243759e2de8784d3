import { readObjectNames } from '../../catalog/index.ts';
import type { RelationSnapshot } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';

/** Production's OIDs in the statistics of a system catalog, with the names of their objects. */
export function namedOids({ statistics }: RelationSnapshot): [oid: number, name: string][] {
  const slots = statistics.flatMap((each) => each.slots);
  return slots.flatMap(({ names }) =>
    Object.entries(names ?? {}).map(([oid, name]): [number, string] => [Number(oid), name]),
  );
}

/**
 * Pairs the target's OIDs with production's, by name. Restored statistics keep production's OIDs, so a condition such
 * as `attrelid = 'orders'::regclass` needs the pair to find its value in them.
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
