import type { Dialect } from '../environment/index.ts';
import type {
  ColumnStatistics,
  IndexColumnStatistics,
  IndexStatistics,
  RelationSnapshot,
  Unreadable,
} from '../model/snapshot.ts';
import type { Connection } from '../postgres/index.ts';
import { compareCodePoints } from './canonical.ts';
import { readExtendedStatistics } from './extended.ts';
import { groupBy } from './group-by.ts';
import { type IndexRow, readIndexes } from './indexes.ts';
import type { MetapageAccess } from './metapages.ts';
import { noPhysicalFacts, type PhysicalFacts, readPhysicalFacts } from './physical.ts';
import type { Privileges } from './privileges.ts';
import { isHelped, type Range, readRangeEnds } from './range-ends.ts';
import {
  type ColumnRow,
  type ListedRelation,
  pagesOf,
  type RelationRow,
  readColumns,
  readRelations,
} from './relations.ts';
import { attributeStatistics, readStatistics, type StatisticsRow } from './statistics.ts';
import { attempt } from './transaction.ts';

/** What every page of relations is read with. */
export interface CaptureContext {
  readonly dialect: Dialect;
  readonly privileges: Privileges;
  readonly access: MetapageAccess;
  readonly blockSize: number;
  /** False: nothing that is a column's value. */
  readonly values: boolean;
  /** Types array_send() fails for. */
  readonly unsendable: readonly number[];
  /** False: array_send() is not asked at all. */
  readonly elementTypes: boolean;
  /** The source is a standby, where unlogged relations are empty. */
  readonly inRecovery: boolean;
  /** Collects what could not be read. */
  readonly unreadable: Unreadable[];
}

/**
 * Reads relations page by page, so that memory does not grow with the database. A page the server refuses is read
 * again relation by relation, so that one locked or broken relation costs only itself.
 */
export async function* captureRelations(
  connection: Connection,
  relations: readonly ListedRelation[],
  context: CaptureContext,
): AsyncGenerator<RelationSnapshot> {
  for (const page of pagesOf(relations)) {
    const oids = page.map((relation) => relation.oid);
    const whole = await attemptPage(connection, oids, context);
    if (whole.ok) yield* whole.value;
    else for (const relation of page) yield* await captureAlone(connection, relation, context);
  }
}

/** A page's notes of what is unreadable count only when the page as a whole was read. */
async function attemptPage(connection: Connection, oids: readonly number[], context: CaptureContext) {
  const unreadable: Unreadable[] = [];
  const result = await attempt(connection, [], () => capturePage(connection, oids, { ...context, unreadable }));
  if (result.ok) context.unreadable.push(...unreadable);
  return result;
}

/** lock_not_available and query_canceled: another try would wait as long. */
const WAITED_TOO_LONG = ['55P03', '57014'];

/** Tries again without array_send(), which fails where a type's own send function does. */
async function captureAlone(
  connection: Connection,
  relation: ListedRelation,
  context: CaptureContext,
): Promise<RelationSnapshot[]> {
  const usual = await attemptPage(connection, [relation.oid], context);
  if (usual.ok) return usual.value;
  const cautious = WAITED_TOO_LONG.includes(usual.error.code ?? '')
    ? usual
    : await attemptPage(connection, [relation.oid], { ...context, elementTypes: false });
  if (cautious.ok) return cautious.value;
  context.unreadable.push({
    object: relation.name,
    what: 'relation',
    reason: cautious.error.message,
    hint: null,
    fatal: true,
  });
  return [];
}

async function capturePage(
  connection: Connection,
  oids: readonly number[],
  context: CaptureContext,
): Promise<RelationSnapshot[]> {
  const relations = (await readRelations(connection, context.dialect, oids)).filter((row) => !wasDropped(row));
  const columns = groupBy(await readColumns(connection, oids), (row) => row.attrelid);
  const indexes = await readIndexes(connection, oids);
  const statistics = await readPageStatistics(connection, [...oids, ...indexes.map((index) => index.oid)], context);
  const extended = await readExtendedStatistics(connection, context.dialect, oids, namesOf(columns), {
    values: context.values,
    from: context.privileges.from,
    elementTypes: context.elementTypes,
  });
  const denied = new Set(context.privileges.unreadable.map((each) => each.object));
  const keyWidthOf = (index: IndexRow): number => keyWidth(index, statistics);
  const physical = await readPhysicalFacts(connection, indexes, {
    ...context,
    role: context.privileges.role,
    keyWidthOf,
  });
  const readable = context.values ? indexes.filter((index) => !denied.has(index.table)) : [];
  const ranges = await readRangeEnds(connection, readable, context);
  if (context.inRecovery) context.unreadable.push(...relations.filter(isUnlogged).map(unreadableSize));
  const indexesOf = groupBy(indexes, (index) => index.indrelid);
  return relations.map(({ oid, name: _, ...relation }) => ({
    ...relation,
    columns: (columns.get(oid) ?? []).map(({ attrelid: __, attnum: ___, ...column }) => column),
    statistics: columnStatistics(statistics.get(oid) ?? []),
    indexes: (indexesOf.get(oid) ?? []).map((index) =>
      indexStatistics(
        index,
        physical.get(index.oid) ?? noPhysicalFacts(),
        ranges.get(index.oid) ?? null,
        isHelped(index, context.access) ? 'helper' : 'select',
        statistics.get(index.oid) ?? [],
      ),
    ),
    extended_statistics: extended.get(oid) ?? [],
  }));
}

/** A table dropped since the transaction began is still in its catalogs, but has no file. */
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
): Promise<Map<number, StatisticsRow[]>> {
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

/** get_typavgwidth's guess for a varlena nothing is known of (lsyscache.c). */
const UNKNOWN_WIDTH = 32;

function keyWidth(index: IndexRow, statistics: ReadonlyMap<number, readonly StatisticsRow[]>): number {
  return index.keys.reduce((width, key, i) => {
    if (key.attlen > 0) return width + key.attlen;
    const [relation, attnum] = key.attnum === 0 ? [index.oid, i + 1] : [index.indrelid, key.attnum];
    const row = statistics.get(relation)?.find((each) => each.staattnum === attnum);
    return width + (row?.avg_width ?? UNKNOWN_WIDTH);
  }, 0);
}
