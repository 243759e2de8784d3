import { planDigest } from '../baseline/index.ts';
import { verdictOf } from '../compare/index.ts';
import { explainInTransaction, plannedCases } from '../explain/index.ts';
import type { ProductionPlan, Reproduction, ReproductionSummary } from '../model/production-plan.ts';
import type { Suite } from '../model/suite.ts';
import type { PlanRequest } from '../snapshot/index.ts';
import type { Planner } from './planner-role.ts';
import type { Planned } from './planning.ts';

/** What `snapshot --plans` asks production to plan: every query of the suites, each way it is planned. */
export function planRequests(suites: readonly Suite[], major: number, planner: Planner): PlanRequest[] {
  return suites.flatMap((suite) =>
    suite.queries.flatMap((query) =>
      plannedCases(query).map((planned) => ({
        suite: suite.file,
        query: query.name,
        case: planned.name,
        digest: planDigest(query, planned),
        explain: (connection, undo) => explainInTransaction(connection, query, planned, { major, ...planner, undo }),
      })),
    ),
  );
}

/** Production's own plans by the query they are of. */
export interface PlanShelf {
  find(of: Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'>): ProductionPlan | null;
}

/** A shelf of plans; a query that was edited since has none. */
export function planShelf(plans: readonly ProductionPlan[] | null): PlanShelf {
  const key = (of: Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'>) =>
    JSON.stringify([of.suite, of.query, of.case, of.digest]);
  const shelf = new Map((plans ?? []).map((plan) => [key(plan), plan]));
  return { find: (of) => shelf.get(key(of)) ?? null };
}

/** How a planned query compares with production's own plan. */
export function reproductionOf({ outcome, production }: Planned): Reproduction {
  if (production === null || production.plan === null || 'error' in outcome) return null;
  return verdictOf(production.plan, outcome.plan, 0);
}

/** The counts of a check; null where production planned none of its queries. */
export function summarizeReproduction(planned: readonly Planned[]): ReproductionSummary | null {
  const asked = planned.filter(({ production }) => production !== null);
  if (asked.length === 0) return null;
  const count = (wanted: Reproduction) => asked.filter((item) => reproductionOf(item) === wanted).length;
  return {
    identical: count('identical'),
    samePlan: count('same plan'),
    different: count('different'),
    unplanned: count(null),
    total: asked.length,
  };
}
