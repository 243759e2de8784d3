import type { RunnerUp } from '../../model/plans/runner-up.ts';
import type { PlanResult } from '../../model/result.ts';
import { majorOf } from '../../model/snapshot.ts';
import type { Planned, Plans, PlanWithout } from '../../planning/index.ts';
import { judgeOne, type Terms } from '../judge-plans.ts';
import type { Reference } from '../reference.ts';
import { findRunnersUp } from '../runners-up.ts';

/** Plans, and everything they are judged by. */
export interface Judgeable {
  readonly plans: Plans;
  readonly judges: Terms;
  readonly reference: Reference;
  readonly runnersUp: ReadonlyMap<Planned, RunnerUp>;
}

/** Gathers what plans are judged by. The target has to be open: the planner is asked for its second choices. */
export async function gather(
  plans: Plans,
  planWithout: PlanWithout,
  { config, ci }: Pick<Terms, 'config' | 'ci'>,
  referenceOf: (judges: Terms) => Promise<Reference>,
): Promise<Judgeable> {
  const judges = { source: majorOf(plans.snapshot.manifest), target: plans.server.major, config, ci };
  const reference = await referenceOf(judges);
  const acceptedOf = (item: Planned) => reference.earlier(item).accepted;
  const runnersUp = await findRunnersUp(plans.planned, acceptedOf, planWithout, judges.target);
  return { plans, judges, reference, runnersUp };
}

/** One result for each plan, in their order. Causes are not told yet. */
export function judgeAll({ plans, judges, reference, runnersUp }: Judgeable): PlanResult[] {
  const made = { ...plans, runnersUp };
  return plans.planned.map((planned) => judgeOne(planned, reference.earlier(planned), made, judges));
}
