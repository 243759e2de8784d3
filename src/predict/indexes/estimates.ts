import type { TargetIndex } from '../../catalog/index.ts';
import type { Connection } from '../../postgres/index.ts';
import { quoteLiteral } from '../../postgres/index.ts';
import type { ClassRow, Restoration } from '../../restore/index.ts';
import { addIndex } from '../../restore/index.ts';
import { estimateBtree } from './estimate-btree.ts';
import { estimateBrin, estimateGin, estimateHash, estimatePlain } from './estimate-others.ts';
import type { Estimates, IndexEstimate } from './index-estimate.ts';
import { type IndexFacts, readIndexFacts } from './index-facts.ts';
import { tableSize } from './planned-rows.ts';

const NO_VISIBILITY = { relallvisible: 0, relallfrozen: null, relhassubclass: false };

/**
 * Gives the indexes that only the target has the size that a model computes from the statistics restored, and adds them
 * to the facts and the estimates. Wants the relations written. What no model serves is left out.
 */
export async function estimateUnknown(
  connection: Connection,
  restoration: Restoration,
  library: string | null,
  estimates: Estimates,
): Promise<void> {
  const { catalog, known, facts } = restoration;
  const sized = new Set(facts.relations.map(({ relid }) => relid));
  const tables = [...catalog.relations.values()].filter(({ oid }) => sized.has(oid));
  const indexes = tables.flatMap((table) => [...table.indexes.values()]);
  const unknown = indexes.filter(({ oid }) => !known.has(oid) && !estimates.has(oid));
  if (unknown.length > 0 && (await loadPlanner(connection, library))) {
    const oids = unknown.map(({ oid }) => oid);
    await estimateIndexes(connection, restoration, oids, estimates);
  }
  keepChanged(restoration, unknown, estimates);
}

/** What was changed and no model serves keeps production's size: it is nearer than that of an empty file. */
function keepChanged({ changed, facts }: Restoration, unknown: readonly TargetIndex[], estimates: Estimates): void {
  for (const target of unknown) {
    const before = changed.get(target.oid);
    if (before !== undefined && !estimates.has(target.oid)) addIndex(facts, before, target);
  }
}

async function estimateIndexes(
  connection: Connection,
  restoration: Restoration,
  oids: readonly number[],
  estimates: Estimates,
): Promise<void> {
  const { facts, changed, strategy } = restoration;
  const classes: ClassRow[] = [];
  const ordinals = new Map<number, number>();
  for (const index of await readIndexFacts(connection, oids)) {
    const estimate = await estimateIndex(connection, restoration, index);
    if (estimate === null) continue;
    const ordinal = (ordinals.get(index.relid) ?? lastOrdinal(restoration, index)) + 1;
    ordinals.set(index.relid, ordinal);
    const { tuples, basis, ...figures } = estimate;
    const { pages, tree_height } = figures;
    // A partial index has its tuples by the density of its pages, the metapage aside (partial_index_tuples, sizes.c).
    const side = { indexrelid: index.oid, relpages: pages, reltuples: tuples, ordinal, tablespace: null, ...figures };
    facts.indexes.push({ ...side, tablespace: facts.tablespaces.oidFor(null) });
    classes.push({ ...NO_VISIBILITY, oid: index.oid, relpages: pages, reltuples: tuples });
    const differs = changed.has(index.oid) ? ['Production has an index of this name that is defined otherwise.'] : [];
    estimates.set(index.oid, { pages, tuples, tree_height, basis: [...differs, ...basis] });
  }
  await strategy.writeClasses(connection, classes);
}

/** The planner estimates predicates by the restored sizes only with the library; false where it cannot be had. */
async function loadPlanner(connection: Connection, library: string | null): Promise<boolean> {
  if (library !== null) await connection.query(`LOAD ${quoteLiteral(library)}`);
  const [row] = await connection.query<{ version: string | null }>(
    `SELECT pg_catalog.current_setting('regress_planner.version', true) AS version`,
  );
  if (!row?.version) return false;
  await connection.run(
    'SET LOCAL regress_planner.enabled = on; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL plan_cache_mode = auto',
  );
  return true;
}

async function estimateIndex(
  connection: Connection,
  restoration: Restoration,
  index: IndexFacts,
): Promise<IndexEstimate | null> {
  const size = await tableSize(connection, restoration, index);
  if (size === null) return null;
  switch (index.am) {
    case 'btree':
      return estimateBtree(connection, restoration, index, size);
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

/** An index that production gets now is newer than all it has. */
function lastOrdinal({ catalog, facts }: Restoration, { relid }: IndexFacts): number {
  const table = [...catalog.relations.values()].find(({ oid }) => oid === relid);
  const siblings = new Set([...(table?.indexes.values() ?? [])].map(({ oid }) => oid));
  return Math.max(
    0,
    ...facts.indexes.filter(({ indexrelid }) => siblings.has(indexrelid)).map(({ ordinal }) => ordinal),
  );
}
