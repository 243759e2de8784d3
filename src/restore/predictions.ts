import { displayName, type TargetCatalog, type TargetIndex } from '../catalog/index.ts';
import type { IndexStatistics } from '../model/snapshot.ts';
import type { SizeEstimate } from '../model/target/unknown-object.ts';
import { type Connection, quoteLiteral } from '../postgres/index.ts';
import { type EstimatedIndex, type PredictedTable, predictIndexes, type SizedTable } from '../predict/index.ts';
import type { AttributeTarget, ClassRow } from './catalogs/strategy.ts';
import type { Restoration } from './restore-state.ts';
import { addIndex, addRelation, type Facts } from './side-data/facts.ts';

/** Estimated sizes of objects that production does not have, by OID in the target. */
export type Estimates = ReadonlyMap<number, SizeEstimate>;

/**
 * Restores a table that production does not have, with the statistics of another table. Leaves out extended statistics.
 * Returns its size and those of its indexes, by OID.
 */
export async function restorePredicted(
  { facts, queue }: Pick<Restoration, 'facts' | 'queue'>,
  { target, relation, indexes, basis }: PredictedTable,
): Promise<[number, SizeEstimate][]> {
  addRelation(facts, relation, target);
  const { file, schemaname, relname, reltuples } = relation;
  const origin = { file, schemaname, relname };
  const rows = relation.statistics.flatMap((statistics): AttributeTarget[] => {
    const column = target.columns.get(statistics.attname);
    if (column === undefined) return [];
    const object = displayName(schemaname, relname, statistics.attname);
    const place = { object, origin, starelid: target.oid, staattnum: column.attnum };
    return [{ ...place, stainherit: statistics.inherited, statistics }];
  });
  await queue.add(rows);
  for (const each of indexes) {
    addIndex(facts, each.index, each.target);
    await queue.add(indexTargets(each.index, each.target, origin));
  }
  return [
    [target.oid, { pages: relation.pages ?? 0, tuples: reltuples, tree_height: null, basis }],
    ...indexes.map(({ index, target: { oid } }): [number, SizeEstimate] => {
      const tuples = index.partial ? index.reltuples : reltuples;
      return [oid, { pages: index.pages ?? 0, tuples, tree_height: index.tree_height, basis }];
    }),
  ];
}

/** The statistics of an index's expressions, addressed to the target's index. */
export function indexTargets(
  index: IndexStatistics,
  { oid }: TargetIndex,
  origin: AttributeTarget['origin'],
): AttributeTarget[] {
  return index.statistics.map((statistics) => ({
    object: `${displayName(index.schemaname, index.indexname)} column ${statistics.attnum}`,
    origin,
    starelid: oid,
    staattnum: statistics.attnum,
    stainherit: statistics.inherited,
    statistics,
  }));
}

/** Adds tables that have a size but no statistics. Returns their estimates by OID. */
export function addSizedTables(facts: Facts, tables: readonly SizedTable[]): [number, SizeEstimate][] {
  return tables.map(({ oid, pages, rows, basis }) => {
    const figures = { relpages: pages, reltuples: rows, relallvisible: pages, relhassubclass: false };
    facts.classes.push({ oid, ...figures, relallfrozen: null });
    facts.relations.push({ relid: oid, pages, ...figures, tablespace: facts.tablespaces.oidFor(null) });
    return [oid, { pages, tuples: rows, tree_height: null, basis }];
  });
}

/**
 * Estimates the indexes that only the target has. Relations must be written before. A changed index that no model
 * supports keeps the size it has in production, which is closer than that of an empty file.
 */
export async function addNewIndexes(
  { writer: { connection, strategy }, catalog, facts, found }: Restoration,
  library: string | null,
  estimates: Estimates,
): Promise<[number, SizeEstimate][]> {
  const pages = new Map(facts.relations.map(({ relid, pages }) => [relid, pages]));
  const tables = [...catalog.relations.values()].filter(({ oid }) => pages.has(oid));
  const indexes = tables.flatMap((table) => [...table.indexes.values()]);
  const unknown = indexes.filter(({ oid }) => !found.known.has(oid) && !estimates.has(oid));
  const predicted =
    unknown.length > 0 && (await loadPlanner(connection, library))
      ? await predictIndexes(
          connection,
          unknown.map(({ oid }) => oid),
          { pages, ranges: found.ranges },
        )
      : [];
  if (predicted.length > 0) await strategy.writeClasses(connection, addEstimated(facts, catalog, predicted));
  const modelled = new Set(predicted.map(({ oid }) => oid));
  for (const target of unknown) {
    const before = found.changed.get(target.oid);
    if (before !== undefined && !modelled.has(target.oid)) addIndex(facts, before, target);
  }
  return predicted.map(({ oid, figures: { pages, tuples, tree_height, basis } }) => {
    const differs = found.changed.has(oid) ? ['Production has an index of this name with another definition.'] : [];
    return [oid, { pages, tuples, tree_height, basis: [...differs, ...basis] }];
  });
}

const NO_VISIBILITY = { relallvisible: 0, relallfrozen: null, relhassubclass: false };

/**
 * Returns the rows for pg_class. New indexes come last among those of their table, because production would create them
 * last.
 */
function addEstimated(facts: Facts, catalog: TargetCatalog, predicted: readonly EstimatedIndex[]): ClassRow[] {
  const ordinals = new Map<number, number>();
  return predicted.map(({ oid, relid, figures: { tuples, basis: _, ...figures } }) => {
    const ordinal = (ordinals.get(relid) ?? lastOrdinal(facts, catalog, relid)) + 1;
    ordinals.set(relid, ordinal);
    const { pages } = figures;
    // The library derives a partial index's tuples from the density of its pages (partial_index_tuples, sizes.c).
    const side = { indexrelid: oid, relpages: pages, reltuples: tuples, ordinal, ...figures };
    facts.indexes.push({ ...side, tablespace: facts.tablespaces.oidFor(null) });
    return { ...NO_VISIBILITY, oid, relpages: pages, reltuples: tuples };
  });
}

function lastOrdinal({ indexes }: Facts, catalog: TargetCatalog, relid: number): number {
  const table = [...catalog.relations.values()].find(({ oid }) => oid === relid);
  const siblings = new Set([...(table?.indexes.values() ?? [])].map(({ oid }) => oid));
  return Math.max(0, ...indexes.filter(({ indexrelid }) => siblings.has(indexrelid)).map(({ ordinal }) => ordinal));
}

/**
 * Loads the library, without which the planner ignores the restored sizes. Returns false if the session cannot have it.
 */
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
