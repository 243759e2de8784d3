import type { Connection } from '../../postgres/index.ts';
import type { IndexFigures } from '../prediction.ts';
import { type BrinColumn, brinSize } from '../sizes/brin.ts';
import { type GinKeys, ginSize } from '../sizes/gin.ts';
import { hashPages } from '../sizes/hash.ts';
import { storageParameter } from '../sizes/page.ts';
import { plainPages } from '../sizes/plain.ts';
import { distinctOf, type ValueClass } from '../sizes/value-classes.ts';
import { ginKeys } from './gin-keys.ts';
import type { IndexColumn, IndexFacts } from './index-facts.ts';
import { type KeyDistribution, keyDistribution } from './key-distribution.ts';
import type { TableSize } from './planned-rows.ts';

const NOTHING = { tree_height: null, brin_revmap_pages: null, gin: null, range_min: null, range_max: null };

const BASIS = 'As CREATE INDEX would build it, from the statistics of its columns.';

/** Size of a hash index. */
export async function estimateHash(
  connection: Connection,
  index: IndexFacts,
  { rows, indexed }: TableSize,
): Promise<IndexFigures | null> {
  const [column] = index.columns;
  if (column === undefined) return null;
  const { classes, assumed } = await keyDistribution(connection, index, column, rows);
  const present = classes.filter((each) => !isNull(each));
  const share = present.reduce((sum, each) => sum + each.share, 0);
  const pages = hashPages({
    tableRows: rows,
    tuples: indexed * share,
    classes: present.map((each) => ({ ...each, share: each.share / (share || 1) })),
    fillfactor: Number(storageParameter(index.reloptions, 'fillfactor') ?? 75),
    blockSize: index.blockSize,
  });
  return { ...NOTHING, pages, tuples: indexed, basis: [BASIS, ...(assumed === null ? [] : [assumed])] };
}

function isNull({ widths }: ValueClass): boolean {
  return widths.every(({ width }) => width === null);
}

const DEFAULT_PAGES_PER_RANGE = 128;

/** Size of a BRIN index and of its range map. */
export async function estimateBrin(
  connection: Connection,
  index: IndexFacts,
  { pages: heapPages, rows, indexed }: TableSize,
): Promise<IndexFigures | null> {
  const pagesPerRange = Number(storageParameter(index.reloptions, 'pages_per_range') ?? DEFAULT_PAGES_PER_RANGE);
  const rangeRows = Math.max(1, (rows * pagesPerRange) / Math.max(1, heapPages));
  const columns: BrinColumn[] = [];
  const basis = [BASIS];
  for (const column of index.columns) {
    const kind = brinKind(column.opclass ?? '');
    if (kind === null) return null;
    const { classes, assumed } = await keyDistribution(connection, index, columnOfTable(index, column), rows);
    if (assumed !== null && column.length < 0) basis.push(assumed);
    const distinct = distinctOf(classes, rangeRows);
    columns.push({ ...columnOfTable(index, column), kind, width: meanWidth(classes), distinct });
  }
  const size = brinSize({ columns, heapPages, pagesPerRange, blockSize: index.blockSize });
  return { ...NOTHING, ...size, tuples: indexed, basis };
}

/** The column as the table has it, where the index stores something else of it. */
function columnOfTable({ uses }: IndexFacts, column: IndexColumn): IndexColumn {
  const source = uses.find(({ attnum }) => attnum === column.attnum);
  return source === undefined ? column : { ...column, length: source.length, alignment: source.alignment };
}

function brinKind(opclass: string): BrinColumn['kind'] | null {
  if (/_minmax_multi_ops$/.test(opclass)) return 'minmax-multi';
  if (/_minmax_ops$/.test(opclass)) return 'minmax';
  if (/_bloom_ops$/.test(opclass)) return 'bloom';
  return /_inclusion_ops$/.test(opclass) ? 'inclusion' : null;
}

function meanWidth(classes: readonly ValueClass[]): number {
  let [values, bytes] = [0, 0];
  for (const { share, widths } of classes) {
    for (const { width, share: part } of widths) {
      if (width === null) continue;
      values += share * part;
      bytes += share * part * width;
    }
  }
  return values === 0 ? 0 : bytes / values;
}

/** Pages of a GIN index, and what its metapage says of them. */
export async function estimateGin(
  connection: Connection,
  index: IndexFacts,
  { pages: heapPages, rows, indexed }: TableSize,
): Promise<IndexFigures | null> {
  const entries: GinKeys[] = [];
  for (const column of index.columns) {
    const keys = await ginKeys(connection, index, column, indexed);
    if (keys === null) return null;
    entries.push(...keys);
  }
  const multicolumn = index.columns.length > 1;
  const gin = ginSize({ entries, multicolumn, heapPages, heapRows: rows, blockSize: index.blockSize });
  return { ...NOTHING, pages: gin.nTotalPages, gin, tuples: indexed, basis: [BASIS] };
}

/** GiST operator classes that sort rows before they are packed. */
const SORTED = ['point_ops'];
/** Bytes that GiST operator classes store where that is not the value. */
const STORED: Readonly<Record<string, (width: number) => number>> = {
  // A box for a point.
  point_ops: () => 32,
  inet_ops: () => 8,
  // Three bytes for about each of its characters.
  gist_trgm_ops: (width) => 5 + 3 * (width + 1),
  // Four for each of its words.
  tsvector_ops: (width) => 8 + width / 3.5,
};

/** Size of a GiST or SP-GiST index: a plain estimate. */
export async function estimatePlain(
  connection: Connection,
  index: IndexFacts,
  am: 'gist' | 'spgist',
  { rows, indexed }: TableSize,
): Promise<IndexFigures> {
  let width = 0;
  const basis = [`A plain estimate: how the keys of this kind of index fill its pages is not modelled.`];
  const distributions: KeyDistribution[] = [];
  for (const column of index.columns) {
    const distribution = await keyDistribution(connection, index, columnOfTable(index, column), rows);
    distributions.push(distribution);
    const own = meanWidth(distribution.classes);
    const stored = am === 'gist' ? STORED[column.opclass ?? '']?.(own) : undefined;
    width += stored ?? own;
    const source = index.uses.find(({ attnum }) => attnum === column.attnum);
    if (distribution.assumed !== null && (source?.length ?? -1) < 0) basis.push(distribution.assumed);
  }
  const [column] = index.columns;
  const pages = plainPages({
    am,
    tuples: indexed,
    width,
    sorted: index.columns.length === 1 && SORTED.includes(column?.opclass ?? ''),
    sets: ['gist_trgm_ops', 'tsvector_ops'].includes(column?.opclass ?? ''),
    text: ['text_ops'].includes(column?.opclass ?? ''),
    blockSize: index.blockSize,
  });
  return { ...NOTHING, pages, tuples: indexed, basis };
}
