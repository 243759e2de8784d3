import type { Connection } from '../../postgres/index.ts';
import { type BranchResult, type ExplainNode, explainBranches } from './branches.ts';
import { notNullBranch, orderedBranch } from './index-queries.ts';
import type { IndexRow } from './indexes.ts';

/** Makes the startup cost of a B-tree scan ceil(log2(tuples)) + 50 × (tree_height + 1) (btcostestimate in selfuncs.c). */
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

/** DEFAULT_PAGE_CPU_MULTIPLIER; more than log2 of any number of tuples. */
const COST_PER_LEVEL = 50;

/** Heights of B-trees from the cost of a scan of each, by the index's OID; without those no scan could be had of. */
export async function heightsByExplain(
  connection: Connection,
  indexes: readonly IndexRow[],
): Promise<Map<number, number>> {
  const heights = new Map<number, number>();
  for (const branchOf of [orderedBranch, notNullBranch]) {
    // What the server would refuse is not asked.
    const missing = indexes.filter((index) => index.selectable && !index.row_security && !heights.has(index.oid));
    const results = await explainBranches(connection, missing.map(branchOf), HEIGHT_SETTINGS);
    for (const [i, index] of missing.entries()) noteHeight(heights, indexes, index, results[i]);
  }
  return heights;
}

/** The planner may prefer another index of the table; its height is then known instead. */
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

/** Bytes of a page that are neither page header nor B-tree special space. */
const PAGE_OVERHEAD = 24 + 16;
/** How full B-tree pages above the leaves are on average. */
const INNER_FILL = 0.7;

/**
 * The likely height of a B-tree of so many pages whose keys take so many bytes: an estimate for indexes neither their
 * metapage nor a plan can be read of.
 */
export function modelTreeHeight(pages: number, keyWidth: number, blockSize: number): number {
  const pivot = Math.ceil((8 + keyWidth) / 8) * 8 + 4;
  const fanout = Math.max(2, ((blockSize - PAGE_OVERHEAD) * INNER_FILL) / pivot);
  let height = 0;
  for (let level = pages - 1; level > 1; level = Math.ceil(level / fanout)) height++;
  return height;
}
