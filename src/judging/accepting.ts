import { findBlock, mergeBlocks, readBaseline, staleBlocks } from '../baseline/index.ts';
import { isSamePlan, keptNoise } from '../compare/index.ts';
import type { Baseline, BaselineBlock, Provenance } from '../model/baseline.ts';
import type { PlanNode } from '../model/plan.ts';
import { type Suite, valuesText } from '../model/suite.ts';
import type { Planned } from '../planning/index.ts';
import type { DatabaseError } from '../postgres/index.ts';
import type { AcceptedPlan } from '../report/index.ts';

/** A plan that may be accepted, of one query planned one way; or why there is none. */
export interface Acceptable {
  /** As `Suite.file`. */
  readonly suite: string;
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Values of an automatic case, as people read them; null for any other. */
  readonly values: string | null;
  readonly file: string;
  readonly line: number;
  readonly provenance: Provenance;
  /** Why it is accepted, where it is not for the reason of all. */
  readonly reason?: string;
  /** `error`: what people are to read instead, where it is a text. */
  readonly outcome: { readonly plan: PlanNode } | { readonly error: DatabaseError | string };
}

/** A plan that was just made. */
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

/** Plans to choose from, and what they are of. */
export interface AcceptablePlans {
  readonly plans: readonly Acceptable[];
  /** All suites, with the automatic cases of the queries that were planned. */
  readonly suites: readonly Suite[];
  /** Major of the server that planned. */
  readonly major: number;
}

/** What becomes of one suite's baseline. */
export interface Change {
  readonly suite: Suite;
  readonly mine: readonly Acceptable[];
  readonly before: Baseline | null;
  readonly after: Baseline;
}

interface AcceptOptions {
  readonly all?: boolean;
  readonly reason?: string | undefined;
}

/** What accepting these plans does to the baselines, of which nothing is written. Throws RegressError `config`. */
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
 * A baseline with these plans accepted. A block whose plan and provenance are as accepted keeps its reason; so does one
 * whose plan only was measured anew.
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
    const unchanged = known !== null && isSamePlan(known.plan, outcome.plan);
    const reason = unchanged ? known.reason : (item.reason ?? options.reason ?? '');
    const shown = values === null ? {} : { values };
    const noise = keptNoise(known, provenance, outcome.plan);
    const block = { query, case: item.case, ...shown, provenance, reason, plan: outcome.plan };
    return [{ ...block, ...(noise && { noise }) }];
  });
  return mergeBlocks(before, suite, major, blocks, { prune: options.all ?? false });
}

type Offer = Pick<Change, 'mine' | 'before'>;

/** The plans that are new or another than before. */
export function changedPlans({ mine, before }: Offer): readonly Acceptable[] {
  return mine.filter(({ query, case: name, outcome }) => {
    if ('error' in outcome) return false;
    const known = findBlock(before, query, name);
    return known === null || !isSamePlan(known.plan, outcome.plan);
  });
}

/** The same plans, beside what they were, for people to read. */
export function acceptedPlans(offer: Offer): AcceptedPlan[] {
  return changedPlans(offer).flatMap(({ query, case: name, file, line, outcome }): AcceptedPlan[] => {
    if ('error' in outcome) return [];
    const baseline = findBlock(offer.before, query, name)?.plan ?? null;
    return [{ query, case: name, file, line, baseline, current: outcome.plan }];
  });
}

/** Blocks that go because their query, or its case, is gone. */
export function staleCount(changes: readonly Change[]): number {
  return changes.flatMap(({ suite, before }) => (before === null ? [] : staleBlocks(before, suite))).length;
}

/** Suites as they are, with the automatic cases of the queries that were planned. */
export function mergeSuites(suites: readonly Suite[], planned: readonly Suite[]): Suite[] {
  return suites.map((suite) => {
    const mine = planned.find(({ file }) => file === suite.file)?.queries ?? [];
    const queries = suite.queries.map((query) => mine.find(({ name }) => name === query.name) ?? query);
    return { ...suite, queries };
  });
}
