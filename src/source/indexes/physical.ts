import type { Unreadable } from '../../model/manifest.ts';
import type { FigureSource, GinMetapage } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';
import { helperFunctionsSql } from '../rights/helpers.ts';
import { ALONE_LIMIT, attempt } from '../transaction.ts';
import type { IndexRow } from './indexes.ts';
import {
  brinRevmapPages,
  brinRevmapSql,
  btreeHeightSql,
  type FigureRow,
  type GinRow,
  ginMetapageSql,
  type MetapageAccess,
} from './metapages.ts';
import { heightsByExplain, modelTreeHeight } from './tree-height.ts';

/** Figures of an index that are in no catalog. */
export interface PhysicalFacts {
  readonly tree_height: number | null;
  readonly tree_height_source: FigureSource | null;
  readonly gin: GinMetapage | null;
  readonly gin_source?: FigureSource;
  readonly brin_revmap_pages: number | null;
  readonly brin_source: FigureSource | null;
}

const NOTHING: PhysicalFacts = {
  tree_height: null,
  tree_height_source: null,
  gin: null,
  brin_revmap_pages: null,
  brin_source: null,
};

export interface PhysicalContext {
  readonly role: string;
  readonly access: MetapageAccess;
  readonly blockSize: number;
  /** Average width of all keys of an index together, in bytes. */
  readonly keyWidthOf: (index: IndexRow) => number;
  readonly unreadable: Unreadable[];
}

/** Reads metapage figures of indexes, by OID; indexes that the planner skips (invalid, partitioned) have none. */
export async function readPhysicalFacts(
  connection: Connection,
  indexes: readonly IndexRow[],
  context: PhysicalContext,
): Promise<Map<number, PhysicalFacts>> {
  const usable = indexes.filter((index) => index.relkind === 'i' && index.indisvalid && index.pages !== null);
  const ofMethod = (am: string): IndexRow[] => usable.filter((index) => index.am === am);
  return new Map([
    ...(await readHeights(connection, ofMethod('btree'), context)),
    ...(await readGin(connection, ofMethod('gin'), context)),
    ...(await readBrin(connection, ofMethod('brin'), context)),
  ]);
}

/** The facts of an index for which readPhysicalFacts returns none. */
export function noPhysicalFacts(): PhysicalFacts {
  return NOTHING;
}

async function readHeights(
  connection: Connection,
  indexes: readonly IndexRow[],
  context: PhysicalContext,
): Promise<[number, PhysicalFacts][]> {
  const exact = await readFigures<FigureRow>(connection, btreeHeightSql(context.access), indexes);
  const rest = indexes.filter((index) => (exact.get(index.oid)?.figure ?? null) === null);
  const derived = await heightsByExplain(connection, rest);
  return indexes.map((index) => {
    const figure = exact.get(index.oid)?.figure ?? undefined;
    // The helper function of the tables' owner derives the height from costs, as we do.
    const [metapage, costs] = context.access.owner === null ? [figure, undefined] : [undefined, figure];
    const explained = costs ?? derived.get(index.oid);
    const modelled = modelTreeHeight(index.pages ?? 0, context.keyWidthOf(index), context.blockSize);
    const tree_height = metapage ?? explained ?? modelled;
    const source = metapage !== undefined ? 'pageinspect' : explained !== undefined ? 'explain' : 'model';
    return [index.oid, { ...NOTHING, tree_height, tree_height_source: source }];
  });
}

async function readGin(
  connection: Connection,
  indexes: readonly IndexRow[],
  context: PhysicalContext,
): Promise<[number, PhysicalFacts][]> {
  const found = await readFigures<GinRow>(connection, ginMetapageSql(context.access), indexes);
  return indexes.map((index) => {
    const row = found.get(index.oid);
    if (row === undefined) context.unreadable.push(unreadableGin(index, context));
    const { oid: _, ...gin } = row ?? { oid: 0 };
    return [
      index.oid,
      row === undefined ? NOTHING : { ...NOTHING, gin: gin as GinMetapage, gin_source: 'pageinspect' as const },
    ];
  });
}

async function readBrin(
  connection: Connection,
  indexes: readonly IndexRow[],
  context: PhysicalContext,
): Promise<[number, PhysicalFacts][]> {
  const found = await readFigures<FigureRow>(connection, brinRevmapSql(context.access), indexes);
  return indexes.map((index) => {
    const metapage = found.get(index.oid)?.figure ?? undefined;
    const computed = brinRevmapPages(index.table_relpages, index.reloptions, context.blockSize);
    return [
      index.oid,
      {
        ...NOTHING,
        brin_revmap_pages: metapage ?? computed,
        brin_source: metapage === undefined ? 'formula' : 'pageinspect',
      },
    ];
  });
}

/** Few, because helper functions may lock the tables of the indexes. */
const INDEXES_PER_STATEMENT = 20;

/** Reads rows by OID. An index that cannot be read (unlogged, on a standby) must not lose the rows of the others. */
async function readFigures<Row extends { readonly oid: number }>(
  connection: Connection,
  sql: string | null,
  indexes: readonly IndexRow[],
): Promise<Map<number, Row>> {
  const found = new Map<number, Row>();
  if (sql === null) return found;
  const read = async (oids: readonly number[]): Promise<void> => {
    const all = await attempt(connection, oids.length === 1 ? [ALONE_LIMIT] : [], () =>
      connection.query<Row>(sql, [oids]),
    );
    if (all.ok) for (const row of all.value) found.set(row.oid, row);
    else if (oids.length > 1) for (const oid of oids) await read([oid]);
  };
  for (let start = 0; start < indexes.length; start += INDEXES_PER_STATEMENT) {
    await read(indexes.slice(start, start + INDEXES_PER_STATEMENT).map(({ oid }) => oid));
  }
  return found;
}

function unreadableGin(index: IndexRow, { role, access }: PhysicalContext): Unreadable {
  return {
    object: index.name,
    what: 'GIN metapage',
    reason: 'only a superuser or a SECURITY DEFINER function can read it',
    hint: helperFunctionsSql(role, access.pageinspect, ['gin_metapage']),
    fatal: false,
  };
}
