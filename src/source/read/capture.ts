import type { MajorSql } from '../../environment/index.ts';
import type { Unreadable } from '../../model/manifest.ts';
import type { IndexStatistics, RelationSnapshot } from '../../model/snapshot.ts';
import type { ColumnStatistics, ExtendedStatistics, IndexColumnStatistics } from '../../model/statistics.ts';
import type { Connection } from '../../postgres/index.ts';
import { compareCodePoints, sha256 } from '../../snapshot/index.ts';
import { type IndexRow, readIndexes } from '../indexes/indexes.ts';
import type { MetapageAccess } from '../indexes/metapages.ts';
import { noPhysicalFacts, type PhysicalFacts, readPhysicalFacts } from '../indexes/physical.ts';
import { isHelped, type Range, readRangeEnds } from '../indexes/range-ends.ts';
import type { Privileges } from '../rights/privileges.ts';
import { inShortTransaction, PROBE_SETTINGS_SQL, SESSION_SETTINGS_SQL } from '../transaction.ts';
import { withObjectNames } from './catalog-names.ts';
import { readExtendedStatistics } from './extended.ts';
import { groupBy } from './group-by.ts';
import { type ColumnRow, type RelationRow, readColumns, readRelations } from './relations.ts';
import { attributeStatistics, readStatistics, type StatisticsRow } from './statistics.ts';

/** Options for reading a page of relations. */
export interface CaptureContext {
  readonly dialect: MajorSql;
  readonly privileges: Privileges;
  readonly access: MetapageAccess;
  readonly blockSize: number;
  /** False: no column values are read. */
  readonly values: boolean;
  /** OIDs of types for which array_send() fails. */
  readonly unsendable: readonly number[];
  /** False: array_send() is not called at all. */
  readonly elementTypes: boolean;
  /** True: OIDs among common values get names, as system catalogs need. */
  readonly objectNames: boolean;
  /** True: the source is a standby, where unlogged relations are empty. */
  readonly inRecovery: boolean;
}

/** A relation as it was read. */
export interface Captured {
  readonly oid: number;
  /** Qualified, quoted only if necessary. */
  readonly name: string;
  readonly relation: RelationSnapshot;
  /** Text that changes with the relation's definition, file and indexes; see `shapeOf`. */
  readonly shape: string;
  /** Digest of the relation's catalog rows and file sizes, without what is read from tables and indexes themselves. */
  readonly state: string;
  /** Parts that could not be read. */
  readonly unreadable: readonly Unreadable[];
}

/**
 * Reads some relations, each as of one moment: catalogs and file sizes in one transaction, and the tables themselves in
 * the next. Throws DatabaseError.
 */
export async function capturePage(
  connection: Connection,
  oids: readonly number[],
  context: CaptureContext,
): Promise<Captured[]> {
  const facts = await inShortTransaction(connection, SESSION_SETTINGS_SQL, () => readFacts(connection, oids, context));
  return inShortTransaction(connection, PROBE_SETTINGS_SQL, () => completed(connection, facts, context));
}

/** Reads the current digests of relations, by OID; see `Captured.state`. Throws DatabaseError. */
export async function readStates(
  connection: Connection,
  oids: readonly number[],
  context: CaptureContext,
): Promise<ReadonlyMap<number, string>> {
  const facts = await inShortTransaction(connection, SESSION_SETTINGS_SQL, () => readFacts(connection, oids, context));
  return new Map(facts.relations.map((row) => [row.oid, digestOf(row, facts)]));
}

/** Catalog rows and file sizes of relations. Reading them leaves no lock on the relations. */
interface Facts {
  readonly relations: readonly RelationRow[];
  readonly columns: ReadonlyMap<number, readonly ColumnRow[]>;
  readonly indexes: readonly IndexRow[];
  readonly indexesOf: ReadonlyMap<number, readonly IndexRow[]>;
  /** By OID of the relation or index. */
  readonly statistics: ReadonlyMap<number, readonly [StatisticsRow, ...StatisticsRow[]]>;
  readonly extended: ReadonlyMap<number, readonly ExtendedStatistics[]>;
}

async function readFacts(connection: Connection, oids: readonly number[], context: CaptureContext): Promise<Facts> {
  const relations = (await readRelations(connection, context.dialect, oids)).filter((row) => !wasDropped(row));
  const columns = groupBy(await readColumns(connection, oids), (row) => row.attrelid);
  const indexes = await readIndexes(connection, oids);
  const statistics = await readPageStatistics(connection, [...oids, ...indexes.map((index) => index.oid)], context);
  const extended = await readExtendedStatistics(connection, context.dialect, oids, namesOf(columns), {
    values: context.values,
    from: context.privileges.from,
    elementTypes: context.elementTypes,
  });
  return {
    ...{ relations, columns, indexes, statistics, extended },
    indexesOf: groupBy(indexes, (index) => index.indrelid),
  };
}

function digestOf(row: RelationRow, { columns, indexesOf, statistics, extended }: Facts): string {
  const indexes = indexesOf.get(row.oid) ?? [];
  const ofIndexes = indexes.map(({ oid }) => statistics.get(oid));
  return sha256(
    JSON.stringify([row, columns.get(row.oid), indexes, statistics.get(row.oid), ofIndexes, extended.get(row.oid)]),
  );
}

/** Adds to the relations what is read from tables and indexes themselves. */
async function completed(connection: Connection, facts: Facts, context: CaptureContext): Promise<Captured[]> {
  const { relations, columns, indexes, indexesOf, statistics, extended } = facts;
  const unreadable: Unreadable[] = [];
  const denied = new Set(context.privileges.unreadable.map((each) => each.object));
  const keyWidthOf = (index: IndexRow): number => keyWidth(index, statistics);
  const physical = await readPhysicalFacts(connection, indexes, {
    ...context,
    role: context.privileges.role,
    keyWidthOf,
    unreadable,
  });
  const readable = context.values ? indexes.filter((index) => !denied.has(index.table)) : [];
  const ranges = await readRangeEnds(connection, readable, { ...context, unreadable });
  if (context.inRecovery) unreadable.push(...relations.filter(isUnlogged).map(unreadableSize));
  const captured: Captured[] = [];
  for (const row of relations) {
    const { oid, name, shape, ...relation } = row;
    const own = indexesOf.get(oid) ?? [];
    const names = [name, ...own.map((index) => index.name)];
    const whole: RelationSnapshot = {
      ...relation,
      columns: (columns.get(oid) ?? []).map(({ attrelid: _, attnum: __, ...column }) => column),
      statistics: columnStatistics(statistics.get(oid) ?? []),
      indexes: own.map((index) =>
        indexStatistics(
          index,
          physical.get(index.oid) ?? noPhysicalFacts(),
          ranges.get(index.oid) ?? null,
          isHelped(index, context.access) ? 'helper' : 'select',
          statistics.get(index.oid) ?? [],
        ),
      ),
      extended_statistics: extended.get(oid) ?? [],
    };
    captured.push({
      ...{ oid, name, shape, state: digestOf(row, facts) },
      relation: context.objectNames ? await withObjectNames(connection, whole) : whole,
      unreadable: unreadable.filter(({ object }) => names.includes(object)),
    });
  }
  return captured;
}

/** A table that was dropped since the transaction began is still in the catalogs it sees, but has no file. */
function wasDropped(row: RelationRow): boolean {
  return (row.relkind === 'r' || row.relkind === 'm') && row.pages === null;
}

function isUnlogged(row: RelationRow): boolean {
  return row.relpersistence === 'u';
}

function unreadableSize(row: RelationRow): Unreadable {
  return {
    object: row.name,
    what: 'current size',
    reason:
      'an unlogged table has no file on a standby, so its size is that of its last VACUUM; the primary knows more',
    hint: null,
    fatal: false,
  };
}

async function readPageStatistics(
  connection: Connection,
  oids: readonly number[],
  context: CaptureContext,
): Promise<Facts['statistics']> {
  const { from } = context.privileges;
  const unsendable = context.elementTypes ? context.unsendable : null;
  return groupBy(await readStatistics(connection, oids, context.values, unsendable, from), (row) => row.starelid);
}

function namesOf(columns: ReadonlyMap<number, readonly ColumnRow[]>): Map<number, Map<number, string>> {
  return new Map(
    [...columns].map(([oid, rows]) => [oid, new Map(rows.map((row) => [row.attnum, row.attname] as const))]),
  );
}

function columnStatistics(rows: readonly StatisticsRow[]): ColumnStatistics[] {
  return [...groupBy(rows, (row) => JSON.stringify([row.attname, row.inherited])).values()]
    .map((slots) => ({ attname: slots[0].attname, inherited: slots[0].inherited, ...attributeStatistics(slots) }))
    .sort((a, b) => compareCodePoints(a.attname, b.attname) || Number(a.inherited) - Number(b.inherited));
}

function indexColumnStatistics(rows: readonly StatisticsRow[]): IndexColumnStatistics[] {
  return [...groupBy(rows, (row) => JSON.stringify([row.staattnum, row.inherited])).values()].map((slots) => ({
    attnum: slots[0].staattnum,
    inherited: slots[0].inherited,
    ...attributeStatistics(slots),
  }));
}

function indexStatistics(
  index: IndexRow,
  physical: PhysicalFacts,
  range: Range | null,
  source: NonNullable<IndexStatistics['range_source']>,
  statistics: readonly StatisticsRow[],
): IndexStatistics {
  const { schemaname, indexname, definition, constraint, am, relkind, indisvalid, partial } = index;
  const { pages, relpages, reltuples, ordinal, tablespace } = index;
  return {
    ...{ schemaname, indexname, definition, constraint, am, relkind, indisvalid, partial },
    ...{ pages, relpages, reltuples, ordinal, tablespace },
    ...physical,
    range,
    ...(range !== null && { range_source: source }),
    statistics: indexColumnStatistics(statistics),
  };
}

/** get_typavgwidth's guess for a varlena without statistics (lsyscache.c). */
const UNKNOWN_WIDTH = 32;

function keyWidth(index: IndexRow, statistics: ReadonlyMap<number, readonly StatisticsRow[]>): number {
  return index.keys.reduce((width, key, i) => {
    if (key.attlen > 0) return width + key.attlen;
    const [relation, attnum] = key.attnum === 0 ? [index.oid, i + 1] : [index.indrelid, key.attnum];
    const row = statistics.get(relation)?.find((each) => each.staattnum === attnum);
    return width + (row?.avg_width ?? UNKNOWN_WIDTH);
  }, 0);
}
