import { avoidMore, comparePlans, NO_AVOIDANCE, runnerUpOf, withCommonSpelling } from '../compare/index.ts';
import type { PlanNode } from '../model/plan.ts';
import type { Avoidance, RunnerUp } from '../model/plans/runner-up.ts';
import type { Planned, PlanWithout } from '../planning/index.ts';
import type { Accepted } from './suite-baselines.ts';

/** The most EXPLAINs for one query; only for queries whose plan changed. */
const MAX_PLANS = 4;

/**
 * Finds what the accepted shape would cost now, for each query whose plan has another shape. Queries for which the
 * planner never chooses the accepted shape are absent.
 */
export async function findRunnersUp(
  planned: readonly Planned[],
  acceptedOf: (item: Planned) => Accepted | null,
  planWithout: PlanWithout,
  major: number,
): Promise<ReadonlyMap<Planned, RunnerUp>> {
  const found = new Map<Planned, RunnerUp>();
  for (const item of planned) {
    const accepted = acceptedOf(item);
    if (accepted === null || 'error' in item.outcome) continue;
    const spelled = (plan: PlanNode) => (accepted.major === major ? plan : withCommonSpelling(plan));
    const [wanted, chosen] = [accepted.block.plan, spelled(item.outcome.plan)];
    if (comparePlans(wanted, chosen).shapeChanges.length === 0) continue;
    const ask = async (avoided: Avoidance) => {
      const plan = await planWithout(item, avoided);
      return plan && spelled(plan);
    };
    const runnerUp = await findRunnerUp(wanted, chosen, ask, major);
    if (runnerUp !== null) found.set(item, runnerUp);
  }
  return found;
}

/**
 * Forbids the planner step by step what its plan has and the wanted plan lacks, until it makes the wanted plan. Null if
 * it never does.
 */
async function findRunnerUp(
  wanted: PlanNode,
  chosen: PlanNode,
  ask: (avoided: Avoidance) => Promise<PlanNode | null>,
  major: number,
): Promise<RunnerUp | null> {
  let [current, avoided] = [chosen, NO_AVOIDANCE];
  for (let plans = 0; plans < MAX_PLANS; plans++) {
    const more = avoidMore(wanted, current, avoided);
    const plan = more === null ? null : await ask(more);
    if (more === null || plan === null) return null;
    const runnerUp = runnerUpOf(wanted, plan, more, major);
    if (runnerUp !== null) return runnerUp;
    [current, avoided] = [plan, more];
  }
  return null;
}
