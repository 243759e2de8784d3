import type { TargetIndex, TargetRelation, TargetStatisticsObject } from '../../catalog/index.ts';
import { hasSameDefinition } from '../../catalog/index.ts';
import type { GinMetapage, IndexStatistics, RelationSnapshot } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';
import { inBatches } from '../../postgres/index.ts';
import type { CatalogStrategy, ClassRow } from '../catalogs/strategy.ts';
import { replaceGinShadows } from './gin-shadows.ts';
import type { TargetTablespaces } from './tablespaces.ts';

/** One row of regress_planner.relation. */
export interface SideRelation extends Omit<ClassRow, 'oid' | 'relallfrozen'> {
  readonly relid: number;
  readonly pages: number;
  /** OID of a tablespace with production's page costs; null if there is none. */
  readonly tablespace: number | null;
}

/** One row of regress_planner.index, with the metapage for its GIN shadow. */
export interface SideIndex {
  readonly indexrelid: number;
  readonly pages: number;
  readonly relpages: number;
  readonly reltuples: number;
  readonly ordinal: number;
  readonly tree_height: number | null;
  readonly brin_revmap_pages: number | null;
  readonly gin: GinMetapage | null;
  readonly range_min: string | null;
  readonly range_max: string | null;
  readonly tablespace: number | null;
}

/**
 * Figures of the whole snapshot by the target's OIDs. Rows are small; they are written in bulk after all relations are
 * read.
 */
export interface Facts {
  readonly classes: ClassRow[];
  readonly relations: SideRelation[];
  readonly indexes: SideIndex[];
  readonly statisticsObjects: { readonly stxoid: number; readonly ordinal: number }[];
  /** Rows of regress_planner.object. */
  readonly objects: { readonly oid: number; readonly production_oid: number }[];
  readonly tablespaces: TargetTablespaces;
}

export function emptyFacts(tablespaces: TargetTablespaces): Facts {
  return { classes: [], relations: [], indexes: [], statisticsObjects: [], objects: [], tablespaces };
}

export function addRelation(facts: Facts, relation: RelationSnapshot, { oid }: TargetRelation): void {
  const { pages, relpages, reltuples, relallvisible, relallfrozen, relhassubclass } = relation;
  facts.classes.push({ oid, relpages, reltuples, relallvisible, relallfrozen, relhassubclass });
  if (pages !== null && ['r', 'm'].includes(relation.relkind)) {
    const tablespace = facts.tablespaces.oidFor(relation.tablespace);
    facts.relations.push({ relid: oid, pages, relpages, reltuples, relallvisible, relhassubclass, tablespace });
  }
}

/** Adds an index. Returns its number of range ends. */
export function addIndex(facts: Facts, index: IndexStatistics, target: TargetIndex): number {
  const { pages, relpages, reltuples, ordinal } = index;
  facts.classes.push({
    oid: target.oid,
    relpages,
    reltuples,
    relallvisible: 0,
    relallfrozen: null,
    relhassubclass: false,
  });
  if (pages === null || index.relkind === 'I') return 0;
  const sameMethod = index.am === target.am;
  const range = hasSameDefinition(index, target) ? index.range : null;
  const range_min = range?.min.value ?? null;
  const range_max = range?.max.value ?? null;
  facts.indexes.push({
    indexrelid: target.oid,
    pages,
    relpages,
    reltuples,
    ordinal,
    tree_height: sameMethod ? index.tree_height : null,
    brin_revmap_pages: sameMethod ? index.brin_revmap_pages : null,
    gin: sameMethod ? index.gin : null,
    range_min,
    range_max,
    tablespace: facts.tablespaces.oidFor(index.tablespace),
  });
  return [range_min, range_max].filter((end) => end !== null).length;
}

export function addStatisticsObject(facts: Facts, ordinal: number, { oid }: TargetStatisticsObject): void {
  facts.statisticsObjects.push({ stxoid: oid, ordinal });
}

const INSERT_RELATIONS_SQL = `
INSERT INTO regress_planner.relation (relid, pages, relpages, reltuples, relallvisible, relhassubclass, tablespace)
SELECT r.relid, r.pages, r.relpages, r.reltuples, r.relallvisible, r.relhassubclass, r.tablespace
FROM pg_catalog.json_to_recordset($1) AS r(
  relid oid, pages int8, relpages int8, reltuples float8, relallvisible int8, relhassubclass bool, tablespace oid)`;

const INSERT_INDEXES_SQL = `
INSERT INTO regress_planner.index (indexrelid, pages, relpages, reltuples, ordinal, tree_height, brin_revmap_pages,
  gin_shadow, range_min, range_max, tablespace)
SELECT r.indexrelid, r.pages, r.relpages, r.reltuples, r.ordinal, r.tree_height, r.brin_revmap_pages,
  r.gin_shadow::pg_catalog.regclass, r.range_min, r.range_max, r.tablespace
FROM pg_catalog.json_to_recordset($1) AS r(
  indexrelid oid, pages int8, relpages int8, reltuples float8, ordinal int4, tree_height int4, brin_revmap_pages int8,
  gin_shadow text, range_min text, range_max text, tablespace oid)`;

const INSERT_STATISTICS_OBJECTS_SQL = `
INSERT INTO regress_planner.statistics_object (stxoid, ordinal)
SELECT r.stxoid, r.ordinal FROM pg_catalog.json_to_recordset($1) AS r(stxoid oid, ordinal int4)`;

const INSERT_OBJECTS_SQL = `
INSERT INTO regress_planner.object (oid, production_oid)
SELECT r.oid, r.production_oid FROM pg_catalog.json_to_recordset($1) AS r(oid oid, production_oid oid)`;

/** Writes pg_class rows of relations and indexes, and the side table of relations. The side tables must be empty. */
export async function writeRelations(connection: Connection, facts: Facts, strategy: CatalogStrategy): Promise<void> {
  await strategy.writeClasses(connection, facts.classes);
  await inBatches(connection, INSERT_RELATIONS_SQL, facts.relations);
}

/** Writes the other side tables. */
export async function writeIndexes(connection: Connection, facts: Facts): Promise<void> {
  const shadows = await replaceGinShadows(connection, facts.indexes);
  const indexes = facts.indexes.map(({ gin, ...index }) => ({ ...index, gin_shadow: gin && shadows.get(gin) }));
  await inBatches(connection, INSERT_INDEXES_SQL, indexes);
  await inBatches(connection, INSERT_STATISTICS_OBJECTS_SQL, facts.statisticsObjects);
  await inBatches(connection, INSERT_OBJECTS_SQL, facts.objects);
}
