import { findBlock, mergeBlocks, readBaseline, staleBlocks } from '../baseline/index.ts';
import { isIdentical, keptNoise } from '../compare/index.ts';
import type { Baseline, BaselineBlock, Provenance } from '../model/baseline.ts';
import type { PlanNode } from '../model/plan.ts';
import { type Suite, valuesText } from '../model/suite.ts';
import type { Planned } from '../planning/index.ts';
import type { DatabaseError } from '../postgres/index.ts';
import type { AcceptedPlan } from '../report/index.ts';

/** The plan of one query planned one way, which can be accepted; or the reason why there is none. */
export interface Acceptable {
  /** As `Suite.file`. */
  readonly suite: string;
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Values of an automatic case, as text for people; null for any other case. */
  readonly values: string | null;
  readonly file: string;
  readonly line: number;
  readonly provenance: Provenance;
  /** Why this plan is accepted; absent if the reason given for all applies. */
  readonly reason?: string;
  /** `error`: PostgreSQL's error, or a message for people. */
  readonly outcome: { readonly plan: PlanNode } | { readonly error: DatabaseError | string };
}

/** A plan of this run, as one that can be accepted. */
export function acceptableOf({ suite, query, planned, provenance, outcome }: Planned): Acceptable {
  return {
    suite: suite.file,
    query: query.name,
    case: planned.name,
    values: planned.auto === undefined ? null : valuesText(query, planned),
    file: query.file,
    line: query.line,
    provenance,
    outcome,
  };
}

/** Plans to choose from, with their suites and the server's major. */
export interface AcceptablePlans {
  readonly plans: readonly Acceptable[];
  /** All suites, with the automatic cases of the queries that were planned. */
  readonly suites: readonly Suite[];
  /** Major of the server that made the plans. */
  readonly major: number;
}

/** The change of one suite's baseline. */
export interface Change {
  readonly suite: Suite;
  /** The plans of this suite. */
  readonly mine: readonly Acceptable[];
  readonly before: Baseline | null;
  readonly after: Baseline;
}

interface AcceptOptions {
  readonly all?: boolean;
  readonly reason?: string | undefined;
}

/** Returns how the baselines change when these plans are accepted. Writes nothing. Throws RegressError `config`. */
export async function changesOf(
  { plans, suites, major }: AcceptablePlans,
  options: AcceptOptions,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const suite of suites) {
    const mine = plans.filter((item) => item.suite === suite.file);
    if (mine.length === 0 && !options.all) continue;
    const before = await readBaseline(suite, major);
    changes.push({ suite, mine, before, after: accept(suite, before, mine, major, options) });
  }
  return changes;
}

/**
 * Returns the baseline with these plans accepted. A block whose plan did not change keeps its reason, even if its
 * provenance changed.
 */
export function accept(
  suite: Suite,
  before: Baseline | null,
  items: readonly Acceptable[],
  major: number,
  options: AcceptOptions,
): Baseline {
  const blocks = items.flatMap((item): BaselineBlock[] => {
    const { query, provenance, outcome, values } = item;
    if ('error' in outcome) return [];
    const known = findBlock(before, query, item.case);
    const unchanged = known !== null && isIdentical(known.plan, outcome.plan);
    const reason = unchanged ? known.reason : (item.reason ?? options.reason ?? '');
    const shown = values === null ? {} : { values };
    const noise = keptNoise(known, provenance, outcome.plan);
    const block = { query, case: item.case, ...shown, provenance, reason, plan: outcome.plan };
    return [{ ...block, ...(noise && { noise }) }];
  });
  return mergeBlocks(before, suite, major, blocks, { prune: options.all ?? false });
}

type Offer = Pick<Change, 'mine' | 'before'>;

/** The plans that are new or that differ from the accepted ones. */
export function changedPlans({ mine, before }: Offer): readonly Acceptable[] {
  return mine.filter(({ query, case: name, outcome }) => {
    if ('error' in outcome) return false;
    const known = findBlock(before, query, name);
    return known === null || !isIdentical(known.plan, outcome.plan);
  });
}

/** The same plans beside the accepted ones, for people to read. */
export function acceptedPlans(offer: Offer): AcceptedPlan[] {
  return changedPlans(offer).flatMap(({ query, case: name, file, line, outcome }): AcceptedPlan[] => {
    if ('error' in outcome) return [];
    const baseline = findBlock(offer.before, query, name)?.plan ?? null;
    return [{ query, case: name, file, line, baseline, current: outcome.plan }];
  });
}

/** Number of blocks that are removed because their query or case no longer exists. */
export function staleCount(changes: readonly Change[]): number {
  return changes.flatMap(({ suite, before }) => (before === null ? [] : staleBlocks(before, suite))).length;
}

/** All suites, with the automatic cases of the planned queries filled in. */
export function mergeSuites(suites: readonly Suite[], planned: readonly Suite[]): Suite[] {
  return suites.map((suite) => {
    const mine = planned.find(({ file }) => file === suite.file)?.queries ?? [];
    const queries = suite.queries.map((query) => mine.find(({ name }) => name === query.name) ?? query);
    return { ...suite, queries };
  });
}
