import type { Connection } from '../../postgres/index.ts';
import type { IndexFigures, KnownTables } from '../prediction.ts';
import { estimateBtree } from './estimate-btree.ts';
import { estimateBrin, estimateGin, estimateHash, estimatePlain } from './estimate-others.ts';
import { type IndexFacts, readIndexFacts } from './index-facts.ts';
import { tableSize } from './planned-rows.ts';

/** An index that production does not have, and its figures there. */
export interface EstimatedIndex {
  readonly oid: number;
  /** OID of its table. */
  readonly relid: number;
  readonly figures: IndexFigures;
}

/**
 * The figures that indexes of the target would have on production, computed from the statistics restored. The session
 * has to plan with the restored sizes. Leaves out the indexes that no model serves.
 */
export async function predictIndexes(
  connection: Connection,
  oids: readonly number[],
  tables: KnownTables,
): Promise<EstimatedIndex[]> {
  const estimated: EstimatedIndex[] = [];
  for (const index of await readIndexFacts(connection, oids)) {
    const figures = await estimateIndex(connection, tables, index);
    if (figures !== null) estimated.push({ oid: index.oid, relid: index.relid, figures });
  }
  return estimated;
}

async function estimateIndex(
  connection: Connection,
  tables: KnownTables,
  index: IndexFacts,
): Promise<IndexFigures | null> {
  const size = await tableSize(connection, tables, index);
  if (size === null) return null;
  switch (index.am) {
    case 'btree':
      return estimateBtree(connection, tables, index, size);
    case 'hash':
      return estimateHash(connection, index, size);
    case 'brin':
      return estimateBrin(connection, index, size);
    case 'gin':
      return estimateGin(connection, index, size);
    case 'gist':
    case 'spgist':
      return estimatePlain(connection, index, index.am, size);
    default:
      return null;
  }
}
