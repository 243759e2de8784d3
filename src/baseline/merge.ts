import type { Baseline, BaselineBlock } from '../model/baseline.ts';
import { plannedCases, type Suite } from '../model/suite.ts';

type Key = Pick<BaselineBlock, 'query' | 'case'>;

/** The accepted plan of a query planned one way, or null. */
export function findBlock(baseline: Baseline | null, query: string, caseName: string | null): BaselineBlock | null {
  return baseline?.blocks.find((block) => block.query === query && block.case === caseName) ?? null;
}

/** Blocks whose query or case is no longer in the suite. */
export function staleBlocks(baseline: Baseline, suite: Suite): BaselineBlock[] {
  const known = new Set(suiteKeys(suite).map(keyOf));
  return baseline.blocks.filter((block) => !known.has(keyOf(block)));
}

/**
 * Returns the baseline with these blocks accepted. Other blocks keep their text and place; a new block goes after its
 * predecessor in the suite. With `prune`, stale blocks are removed and the rest follow the order of the suite, which
 * must then hold all its queries.
 */
export function mergeBlocks(
  baseline: Baseline | null,
  suite: Suite,
  major: number,
  accepted: readonly BaselineBlock[],
  options: { readonly prune: boolean },
): Baseline {
  const order = suiteKeys(suite).map(keyOf);
  const byKey = new Map((baseline?.blocks ?? []).map((block) => [keyOf(block), block]));
  const placed = [...byKey.keys()];
  const added = accepted.map(keyOf).filter((key) => !byKey.has(key));
  for (const block of accepted) byKey.set(keyOf(block), block);
  const keys = options.prune ? order : insertInOrder(placed, added, order);
  const blocks = keys.map((key) => byKey.get(key)).filter((block) => block !== undefined);
  return { suite: suite.file, major, blocks };
}

/** Puts each added key after the nearest present key that precedes it in `order`, or first. */
function insertInOrder(placed: readonly string[], added: readonly string[], order: readonly string[]): string[] {
  const keys = [...placed];
  const present = new Set([...placed, ...added]);
  let predecessor: string | undefined;
  for (const key of order) {
    if (!present.has(key)) continue;
    if (added.includes(key)) keys.splice(predecessor === undefined ? 0 : keys.indexOf(predecessor) + 1, 0, key);
    predecessor = key;
  }
  return keys;
}

function suiteKeys(suite: Suite): Key[] {
  return suite.queries.flatMap((query) => plannedCases(query).map(({ name }) => ({ query: query.name, case: name })));
}

function keyOf({ query, case: caseName }: Key): string {
  return JSON.stringify([query, caseName]);
}
