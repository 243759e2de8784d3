import { baselineMajors, findBlock, readBaseline } from '../baseline/index.ts';
import { withCommonSpelling } from '../compare/index.ts';
import type { Baseline, BaselineBlock } from '../model/baseline.ts';
import type { Suite } from '../model/suite.ts';

/** Majors of the server the snapshot is of, and of the one that plans. */
export interface Majors {
  readonly source: number;
  readonly target: number;
}

/** What was accepted for a suite. */
export interface Shelf {
  readonly baseline: Baseline | null;
  /** In a rehearsal, what was accepted on the snapshot's major; else null. */
  readonly ofSource: Baseline | null;
  /** Other majors that have a baseline of the suite. */
  readonly otherMajors: readonly number[];
}

/** What was accepted for each suite, by its file. */
export async function openShelves(
  suites: readonly Suite[],
  { source, target }: Majors,
): Promise<ReadonlyMap<string, Shelf>> {
  const shelves = new Map<string, Shelf>();
  for (const suite of suites) {
    const otherMajors = (await baselineMajors(suite)).filter((major) => major !== target && major !== source);
    const ofSource = source === target ? null : await readBaseline(suite, source);
    shelves.set(suite.file, { baseline: await readBaseline(suite, target), ofSource, otherMajors });
  }
  return shelves;
}

/** An accepted plan and the major it was accepted on. */
export interface Accepted {
  readonly block: BaselineBlock;
  readonly major: number;
}

/**
 * The accepted plan of a query planned one way, or null: the target's own, else, in a rehearsal, that of the snapshot's
 * major, spelled as `withCommonSpelling` does.
 */
export function acceptedPlan(
  shelf: Shelf | undefined,
  query: string,
  caseName: string | null,
  { source, target }: Majors,
): Accepted | null {
  const own = findBlock(shelf?.baseline ?? null, query, caseName);
  if (own !== null) return { block: own, major: target };
  const other = findBlock(shelf?.ofSource ?? null, query, caseName);
  return other && { block: { ...other, plan: withCommonSpelling(other.plan) }, major: source };
}
