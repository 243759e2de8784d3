import { avoidMore, comparePlans, NO_AVOIDANCE, runnerUpOf, withCommonSpelling } from '../compare/index.ts';
import type { PlanNode } from '../model/plan.ts';
import type { Avoidance, RunnerUp } from '../model/plans/runner-up.ts';
import type { Planned, PlanWithout } from '../planning/index.ts';
import type { Accepted } from './shelves.ts';

/** EXPLAINs that one query is worth; only queries whose plans changed are asked for. */
const MAX_PLANS = 4;

/**
 * For each query whose plan has another shape than the accepted one, the cost of the accepted shape now, where the
 * planner could be brought to it.
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

/** Takes from the planner what its plan has and the wanted one has not, until it makes that or nothing is left. */
async function findRunnerUp(
  wanted: PlanNode,
  chosen: PlanNode,
  ask: (avoided: Avoidance) => Promise<PlanNode | null>,
  major: number,
): Promise<RunnerUp | null> {
  let [made, avoided] = [chosen, NO_AVOIDANCE];
  for (let plans = 0; plans < MAX_PLANS; plans++) {
    const more = avoidMore(wanted, made, avoided);
    const plan = more === null ? null : await ask(more);
    if (more === null || plan === null) return null;
    const runnerUp = runnerUpOf(wanted, plan, more, major);
    if (runnerUp !== null) return runnerUp;
    [made, avoided] = [plan, more];
  }
  return null;
}
