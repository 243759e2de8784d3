import type { Connection } from '../../postgres/index.ts';
import { type BranchResult, type ExplainNode, explainBranches } from './branches.ts';
import { notNullBranch, orderedBranch } from './index-queries.ts';
import type { IndexRow } from './indexes.ts';

/** Settings that make the startup cost of a B-tree scan ceil(log2(tuples)) + 50 × (tree_height + 1) (btcostestimate). */
export const HEIGHT_SETTINGS = [
  'SET LOCAL enable_seqscan = off',
  'SET LOCAL enable_bitmapscan = off',
  'SET LOCAL enable_sort = off',
  'SET LOCAL enable_indexscan = on',
  'SET LOCAL enable_indexonlyscan = on',
  'SET LOCAL max_parallel_workers_per_gather = 0',
  'SET LOCAL cpu_operator_cost = 1',
  'SET LOCAL seq_page_cost = 0',
  'SET LOCAL random_page_cost = 0',
  'SET LOCAL cpu_tuple_cost = 0',
  'SET LOCAL cpu_index_tuple_cost = 0',
];

/** DEFAULT_PAGE_CPU_MULTIPLIER; greater than log2 of any number of tuples. */
const COST_PER_LEVEL = 50;

/** Heights of B-trees, by OID, derived from the cost of a scan. Indexes for which no scan could be planned are left out. */
export async function heightsByExplain(
  connection: Connection,
  indexes: readonly IndexRow[],
): Promise<Map<number, number>> {
  const heights = new Map<number, number>();
  for (const branchOf of [orderedBranch, notNullBranch]) {
    // The server would refuse the others.
    const missing = indexes.filter((index) => index.selectable && !index.row_security && !heights.has(index.oid));
    const results = await explainBranches(connection, missing.map(branchOf), HEIGHT_SETTINGS);
    for (const [i, index] of missing.entries()) noteHeight(heights, indexes, index, results[i]);
  }
  return heights;
}

/** The planner may choose another index of the table; then the height of that one is noted. */
function noteHeight(
  heights: Map<number, number>,
  indexes: readonly IndexRow[],
  wanted: IndexRow,
  result: BranchResult<readonly ExplainNode[]> | undefined,
): void {
  const scan = result !== undefined && 'value' in result ? result.value.at(-1) : undefined;
  const used = indexes.find((other) => other.indrelid === wanted.indrelid && other.indexname === scan?.['Index Name']);
  if (scan === undefined || used === undefined) return;
  heights.set(used.oid, Math.floor(scan['Startup Cost'] / COST_PER_LEVEL) - 1);
}

/** Bytes of a page taken by its header and by the B-tree's special space. */
const PAGE_OVERHEAD = 24 + 16;
/** Average fill of B-tree pages above the leaves. */
const INNER_FILL = 0.7;

/**
 * The likely height of a B-tree with `pages` pages and keys of `keyWidth` bytes: an estimate for indexes for which neither
 * the metapage nor a plan can be read.
 */
export function modelTreeHeight(pages: number, keyWidth: number, blockSize: number): number {
  const pivot = Math.ceil((8 + keyWidth) / 8) * 8 + 4;
  const fanout = Math.max(2, ((blockSize - PAGE_OVERHEAD) * INNER_FILL) / pivot);
  let height = 0;
  for (let level = pages - 1; level > 1; level = Math.ceil(level / fanout)) height++;
  return height;
}
