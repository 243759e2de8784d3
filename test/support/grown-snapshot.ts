import { forgeSnapshot } from './forged-snapshot.ts';

/** Changes a snapshot on disk to that of a production in which a table, with its indexes, has so many times its rows. */
export async function growTable(snapshot: string, grown: string, times: number): Promise<void> {
  const grow = <T extends { pages: number | null; relpages: number; reltuples: number }>(of: T) => ({
    ...of,
    pages: of.pages === null ? null : Math.round(of.pages * times),
    relpages: Math.round(of.relpages * times),
    reltuples: Math.round(of.reltuples * times),
  });
  await forgeSnapshot(snapshot, {
    relation: (relation, file) =>
      file === grown ? { ...grow(relation), indexes: relation.indexes.map(grow) } : relation,
  });
}
