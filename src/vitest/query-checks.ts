import { findBlock, formatBaseline, readBaseline, writeBaseline } from '../baseline/index.ts';
import { exitStatus } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import {
  accept,
  acceptableOf,
  acceptedPlans,
  committedPlans,
  findCauses,
  gather,
  judgeAll,
  judgeOne,
} from '../judging/index.ts';
import type { Baseline } from '../model/baseline.ts';
import type { PlanResult } from '../model/result.ts';
import type { Suite } from '../model/suite.ts';
import {
  type PlanMaker,
  type Planned,
  type PlanningOptions,
  type Plans,
  type RunContext,
  withPlanMaker,
} from '../planning/index.ts';
import { acceptedReport, resultText } from '../report/index.ts';
import { hold, inTurns } from './hold.ts';

/** One query and case, compared with its baseline. */
export interface QueryCheck {
  readonly result: PlanResult;
  /** Whether the result fails a build, by `failOn` of the configuration. */
  readonly failed: boolean;
  /** The result as if the plan had been accepted. If it still fails, accepting does not help. */
  readonly ifAccepted: { readonly result: PlanResult; readonly failed: boolean };
  /** The full report of a result, without colour. */
  text(result: PlanResult): string;
  /** A description of what accepting changes; empty if the plan equals the baseline. */
  readonly acceptance: string;
  /** Writes the plan as the baseline, unless it is the baseline already. */
  accept(): Promise<void>;
}

/** The query and case to check; the case is null for a query without parameters. */
export interface CheckRequest {
  /** With automatic cases, as returned by QueryChecks.complete. */
  readonly suite: Suite;
  readonly query: string;
  readonly case: string | null;
  /** A missing baseline fails. */
  readonly ci: boolean;
  /** True if the plan will be accepted anyway: then no cause of a change is looked for. */
  readonly updating: boolean;
  readonly reason?: string | undefined;
}

/** Checks single queries on a target that stays open. Concurrent calls run one at a time. */
export interface QueryChecks {
  /** Returns the suite with the automatic cases of its queries. */
  complete(suite: Suite): Promise<Suite>;
  check(request: CheckRequest): Promise<QueryCheck>;
  /** Removes the run database or the throwaway server. */
  close(): Promise<void>;
}

/** For vitest's reporters, whose width is not known. */
const TEXT = { color: false, width: 120, verbose: false };

/** Opens, prepares and restores a target as `regress check` does. The target stays open until close(). */
export async function openQueryChecks(
  config: Config,
  options: PlanningOptions,
  context: RunContext,
): Promise<QueryChecks> {
  const { value: maker, close } = await hold<PlanMaker>((work) => withPlanMaker(config, options, context, work));
  const inTurn = inTurns();
  const known = new Map<string, Promise<Plans>>();
  const plansOf = ({ suite, query }: CheckRequest): Promise<Plans> => {
    const key = JSON.stringify([suite.file, query]);
    const plans = known.get(key) ?? maker.plan([onlyQuery(suite, query)]);
    known.set(key, plans);
    return plans;
  };
  return {
    complete: (suite) => inTurn(async () => (await maker.complete([suite]))[0] ?? suite),
    check: (request) =>
      inTurn(async () => checkOne(request, await plansOf(request), { maker, config, options, context, inTurn })),
    close,
  };
}

function onlyQuery(suite: Suite, name: string): Suite {
  return { ...suite, queries: suite.queries.filter((query) => query.name === name) };
}

interface OpenTarget {
  readonly maker: PlanMaker;
  readonly config: Config;
  readonly options: PlanningOptions;
  readonly context: RunContext;
  readonly inTurn: ReturnType<typeof inTurns>;
}

async function checkOne(request: CheckRequest, plans: Plans, target: OpenTarget): Promise<QueryCheck> {
  const { suite, reason } = request;
  const { config, options, context, maker } = target;
  const planned = plans.planned.find((item) => item.planned.name === request.case);
  if (planned === undefined) throw new Error(`query "${request.query}" of ${suite.file} has no such case`);
  const selected = [onlyQuery(suite, request.query)];
  const judgeable = await gather(
    { ...plans, planned: [planned] },
    maker.planWithout,
    { config, ci: request.ci },
    (judges) => committedPlans(config, judges, { suites: selected, selected, whole: false }),
  );
  const { judges, reference } = judgeable;
  const earlier = reference.earlier(planned);
  const judged = judgeAll(judgeable);
  const search = { reference, judges, config, options, context };
  const needsCause = judged[0]?.status === 'fail' && !request.updating;
  const [result] = needsCause ? (await findCauses(judged, judgeable.plans, search)).results : judged;
  if (result === undefined) throw new Error('one plan gave no result');

  const before = await readBaseline(suite, judges.target);
  const mine = [acceptableOf(planned)];
  const after = accept(suite, before, mine, judges.target, { reason });
  const block = findBlock(after, request.query, request.case);
  const accepted = block === null ? earlier.accepted : { block, major: judges.target };
  const ifAccepted = judgeOne(planned, { ...earlier, accepted }, plans, judges);
  const isFailing = (one: PlanResult) => exitStatus({ results: [one], failOn: config.failOn }) === 1;
  return {
    result,
    failed: isFailing(result),
    ifAccepted: { result: ifAccepted, failed: isFailing(ifAccepted) },
    text: (one) => resultText(one, { ...TEXT, elapsedMs: 0 }),
    acceptance: acceptedReport(acceptedPlans({ mine, before }), TEXT),
    accept: () => target.inTurn(() => acceptNow(suite, planned, judges.target, reason)),
  };
}

/** Reads the baseline again first: other plans may have been accepted since the check. */
async function acceptNow(suite: Suite, planned: Planned, major: number, reason: string | undefined): Promise<void> {
  const before = await readBaseline(suite, major);
  const after = accept(suite, before, [acceptableOf(planned)], major, { reason });
  if (!isSame(before, after)) await writeBaseline(suite, after);
}

function isSame(before: Baseline | null, after: Baseline): boolean {
  return before === null ? after.blocks.length === 0 : formatBaseline(before) === formatBaseline(after);
}
