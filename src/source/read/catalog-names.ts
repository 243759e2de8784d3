import { readObjectNames } from '../../catalog/index.ts';
import type { RelationSnapshot, StatisticsSlot } from '../../model/snapshot.ts';
import { commonOids, isUserOid } from '../../model/sql/oid-values.ts';
import type { Connection } from '../../postgres/index.ts';

/** Adds to a system catalog the names of the objects whose OIDs are among its most common values. */
export async function withObjectNames(connection: Connection, catalog: RelationSnapshot): Promise<RelationSnapshot> {
  const oids = catalog.statistics
    .flatMap(({ slots }) => slots.flatMap((slot) => commonOids(slot) ?? []))
    .filter(isUserOid);
  if (oids.length === 0) return catalog;
  const names = await readObjectNames(connection, [...new Set(oids)]);
  const named = (slot: StatisticsSlot): StatisticsSlot => {
    const own = (commonOids(slot) ?? []).flatMap((oid): [string, string][] => {
      const name = names.get(oid);
      return name === undefined ? [] : [[`${oid}`, name]];
    });
    return own.length === 0 ? slot : { ...slot, names: Object.fromEntries(own) };
  };
  return { ...catalog, statistics: catalog.statistics.map((each) => ({ ...each, slots: each.slots.map(named) })) };
}
