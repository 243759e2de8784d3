import { baselineMajors, findBlock, readBaseline } from '../baseline/index.ts';
import { withCommonSpelling } from '../compare/index.ts';
import type { Baseline, BaselineBlock } from '../model/baseline.ts';
import type { Suite } from '../model/suite.ts';

/** Majors of the snapshot's server and of the server that plans. */
export interface Majors {
  readonly source: number;
  readonly target: number;
}

/** The baselines of a suite. */
export interface SuiteBaselines {
  readonly baseline: Baseline | null;
  /** In a rehearsal, the baseline of the snapshot's major; otherwise null. */
  readonly ofSource: Baseline | null;
  /** Other majors that have a baseline of the suite. */
  readonly otherMajors: readonly number[];
}

/** Reads the baselines of each suite, keyed by `Suite.file`. Throws RegressError `config`. */
export async function readSuiteBaselines(
  suites: readonly Suite[],
  { source, target }: Majors,
): Promise<ReadonlyMap<string, SuiteBaselines>> {
  const baselines = new Map<string, SuiteBaselines>();
  for (const suite of suites) {
    const otherMajors = (await baselineMajors(suite)).filter((major) => major !== target && major !== source);
    const ofSource = source === target ? null : await readBaseline(suite, source);
    baselines.set(suite.file, { baseline: await readBaseline(suite, target), ofSource, otherMajors });
  }
  return baselines;
}

/** An accepted plan, and the major on which it was accepted. */
export interface Accepted {
  readonly block: BaselineBlock;
  readonly major: number;
}

/**
 * The accepted plan of a query planned one way, or null: the plan of the target's major, or in a rehearsal, if there is
 * none, that of the snapshot's major, spelled by `withCommonSpelling`.
 */
export function acceptedPlan(
  baselines: SuiteBaselines | undefined,
  query: string,
  caseName: string | null,
  { source, target }: Majors,
): Accepted | null {
  const own = findBlock(baselines?.baseline ?? null, query, caseName);
  if (own !== null) return { block: own, major: target };
  const other = findBlock(baselines?.ofSource ?? null, query, caseName);
  return other && { block: { ...other, plan: withCommonSpelling(other.plan) }, major: source };
}
