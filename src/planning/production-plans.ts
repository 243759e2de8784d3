import { planDigest } from '../baseline/index.ts';
import { firstDifference, verdictOf } from '../compare/index.ts';
import { explainOnSource } from '../explain/index.ts';
import type { Deviation, ProductionPlan, Reproduction, ReproductionSummary } from '../model/plans/production-plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Suite } from '../model/suite.ts';
import { plannedCases } from '../model/suite.ts';
import type { UnmetCondition } from '../model/target/condition.ts';
import { unquotedName } from '../postgres/index.ts';
import type { RestoreReport } from '../restore/index.ts';
import type { PlanRequest } from '../source/index.ts';
import { mentionedNames } from '../sql/index.ts';
import { findReasonsAtTarget, reasonsFor, relationsOf } from './deviation-reasons.ts';
import type { Planned } from './planned.ts';
import type { Planner } from './session/planner-role.ts';

/** The plans that `snapshot --plans` asks production for: every query of the suites, every case. */
export function planRequests(suites: readonly Suite[], major: number, planner: Planner): PlanRequest[] {
  return suites.flatMap((suite) =>
    suite.queries.flatMap((query) => {
      const context = { major, ...planner, mentioned: mentionedNames(query.statement) };
      return plannedCases(query).map((planned) => ({
        suite: suite.file,
        query: query.name,
        case: planned.name,
        digest: planDigest(query, planned),
        explain: (connection) => explainOnSource(connection, query, planned, context),
      }));
    }),
  );
}

/** Production's own plans, by query. */
export interface ProductionPlansByQuery {
  find(of: Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'>): ProductionPlan | null;
}

/** Looks up production's own plans. The digest is part of the key, so a query that was edited since has none. */
export function productionPlansByQuery(plans: readonly ProductionPlan[] | null): ProductionPlansByQuery {
  const key = (of: Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'>) =>
    JSON.stringify([of.suite, of.query, of.case, of.digest]);
  const byKey = new Map((plans ?? []).map((plan) => [key(plan), plan]));
  return { find: (of) => byKey.get(key(of)) ?? null };
}

/**
 * How a planned query compares with production's own plan; null if there is none, or if it was made with other
 * statistics.
 */
export function reproductionOf({ outcome, production }: Planned): Reproduction {
  if (production === null || production.plan === null || 'error' in outcome) return null;
  const verdict = verdictOf(production.plan, outcome.plan, 0);
  return verdict === 'identical' || (production.changed ?? []).length === 0 ? verdict : null;
}

/** The plans that differ from production's, with known reasons. Reads the snapshot only if there are any. */
export async function findDeviations(
  planned: readonly Planned[],
  snapshot: Snapshot,
  restored: RestoreReport,
  conditions: readonly UnmetCondition[],
): Promise<Deviation[]> {
  const others = planned.filter((item) => item.production !== null && reproductionOf(item) !== 'identical');
  const ends = others.map((item) => ({ item, ...endsOf(item) }));
  const compared = ends.filter(({ source, target }) => source !== null && target !== null);
  const relations = relationsOf(...compared.flatMap(({ source, target }) => [source, target]));
  const reasons = compared.length === 0 ? null : await findReasonsAtTarget(snapshot, relations, restored, conditions);
  return ends.map(({ item, source, target, errors }) => {
    const about = { suite: item.suite.file, query: item.query.name, case: item.planned.name };
    if (source === null || target === null) return { ...about, verdict: null, difference: null, reasons: errors };
    const verdict = reproductionOf(item);
    return {
      ...about,
      verdict: verdict === 'identical' ? null : verdict,
      difference: firstDifference(source, target),
      reasons: [
        ...(item.production?.changed ?? []).map((name) => `${unquotedName(name)} changed while production planned it`),
        ...(reasons === null ? [] : reasonsFor(reasons, source, target)),
      ],
    };
  });
}

/** Both plans of a query, or the errors of the ends without one. */
function endsOf({ production, outcome }: Planned) {
  const source = production?.plan ?? null;
  const target = 'error' in outcome ? null : outcome.plan;
  const there = source === null ? [`production could not plan it: ${production?.error ?? 'no plan'}`] : [];
  const here = 'error' in outcome ? [`the target could not plan it: ${outcome.error.message}`] : [];
  return { source, target, errors: [...there, ...here] };
}

/** Counts for a check; null if production planned none of its queries. */
export function summarizeReproduction(
  planned: readonly Planned[],
  deviations: readonly Deviation[],
): ReproductionSummary | null {
  const asked = planned.filter(({ production }) => production !== null);
  if (asked.length === 0) return null;
  const count = (wanted: Reproduction) => asked.filter((item) => reproductionOf(item) === wanted).length;
  return {
    identical: count('identical'),
    samePlan: count('same plan'),
    different: count('different'),
    unplanned: count(null),
    total: asked.length,
    deviations,
  };
}
