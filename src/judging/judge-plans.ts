import {
  type Against,
  failedBefore,
  judge,
  markKnownAtRevision,
  mergeThresholds,
  planFigures,
  queryFailed,
  statusOf,
  verdictFrom,
  withCommonSpelling,
  withConstantsOf,
} from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import type { PlanNode } from '../model/plan.ts';
import type { RunnerUp } from '../model/plans/runner-up.ts';
import type { PlanResult } from '../model/result.ts';
import { valuesText } from '../model/suite.ts';
import { comparedFlip, type Planned, type Plans, reproductionOf } from '../planning/index.ts';
import { namedRelations, timeCalls } from '../sql/index.ts';
import type { Accepted, Majors } from './suite-baselines.ts';

/** The earlier plans that a planned query is compared with. */
export interface Earlier {
  readonly accepted: Accepted | null;
  /** The query's earlier generic plan. */
  readonly generic?: PlanNode | undefined;
  /** True if any plan of the query was accepted, also of another case. */
  readonly knowsQuery?: boolean;
  /** Other majors that have a baseline of the suite. */
  readonly otherMajors: readonly number[];
  /** Set if the earlier plan is a revision's. */
  readonly against?: Against | undefined;
  /** Findings of the revision's plan by itself, and its total cost. */
  readonly alone?: { readonly findings: readonly Finding[]; readonly cost: number } | undefined;
}

/** A query without an earlier plan. */
export const NOTHING_EARLIER: Earlier = { accepted: null, otherMajors: [] };

/** The rules of a check: majors, thresholds, and whether it runs in CI. */
export interface Terms extends Majors {
  readonly config: Config;
  readonly ci: boolean;
}

/** The parts of a run that its plans are judged with. */
type RunPlans = Pick<Plans, 'unknown' | 'missing' | 'readingFunctions' | 'settings' | 'snapshot'> & {
  readonly runnersUp?: ReadonlyMap<Planned, RunnerUp>;
};

/** Terms one planned query: its plans, findings and status. */
export function judgeOne(item: Planned, earlier: Earlier, run: RunPlans, terms: Terms): PlanResult {
  const { suite, query, planned, outcome } = item;
  const { against } = earlier;
  const accepted = earlier.accepted && withMovedValues(earlier.accepted, item);
  const { source, target } = terms;
  const about = {
    suite: suite.file,
    query: query.name,
    case: planned.name,
    file: query.file,
    line: query.line,
    sql: query.sql,
    values: valuesText(query, planned),
    baselineValues: accepted?.block.values ?? null,
    stats: query.stats,
    settings: Object.keys(query.settings).length === 0 ? undefined : query.settings,
    baseline: accepted && planFigures(accepted.block.plan),
    baselineMajor: accepted?.major ?? null,
    production: source === target ? reproductionOf(item) : null,
    provenance: item.provenance,
    auto: planned.auto,
  };
  if ('error' in outcome) {
    const failed = failureOf(item, outcome.error);
    const findings = [against?.failedThere ? failedBefore(failed, against) : failed];
    return { ...about, status: statusOf(findings), findings, current: null };
  }
  const ofOtherMajor = accepted !== null && accepted.major !== target;
  const current = ofOtherMajor ? withCommonSpelling(outcome.plan) : outcome.plan;
  const judged = judgePlan(item, current, { ...earlier, accepted }, run, terms);
  const asPlanned = ofOtherMajor ? planFigures(outcome.plan) : undefined;
  return { ...about, ...judged, current: planFigures(current), asPlanned, runnerUp: run.runnersUp?.get(item) };
}

/** If the snapshot changed an automatic case's values, the accepted plan gets the new ones: only the rest is compared. */
function withMovedValues(accepted: Accepted, { query, planned, outcome }: Planned): Accepted {
  const { block } = accepted;
  const moved = planned.auto !== undefined && block.values !== (valuesText(query, planned) ?? undefined);
  if (!moved || 'error' in outcome) return accepted;
  return { ...accepted, block: { ...block, plan: withConstantsOf(outcome.plan, block.plan) } };
}

/** Findings of a plan by itself, without comparison, and its total cost; undefined if there is no plan. */
export function judgeAlone(item: Planned, against: Against, run: RunPlans, terms: Terms): Earlier['alone'] {
  if ('error' in item.outcome) return undefined;
  const { plan } = item.outcome;
  const { findings } = judgePlan(item, plan, { ...NOTHING_EARLIER, against }, run, terms);
  return { findings, cost: plan.totalCost };
}

function judgePlan(item: Planned, current: PlanNode, earlier: Earlier, run: RunPlans, terms: Terms) {
  const { suite, query, planned, provenance } = item;
  const { accepted, otherMajors, against, alone } = earlier;
  const { config, ci, source, target } = terms;
  const verdict = judge({
    query,
    case: planned.name,
    thresholds: mergeThresholds(config.thresholds, suite.thresholds, query.thresholds),
    baseline: accepted?.block ?? null,
    baselineMajor: accepted?.major ?? target,
    current,
    provenance,
    ci,
    major: target,
    sourceMajor: source,
    otherMajors,
    unknown: run.unknown,
    missing: run.missing,
    reproduced: source === target && reproductionOf(item) === 'identical',
    named: namedRelations(query.statement),
    flip: comparedFlip(item, { custom: accepted?.block.plan, generic: earlier.generic }, run.settings),
    timeCalls: timeCalls(query.statement),
    plannedAt: plannedAt(run.snapshot.manifest.capturedAt),
    isNewCase: planned.auto !== undefined && (earlier.knowsQuery ?? false),
    runnerUp: run.runnersUp?.get(item),
    readingFunctions: run.readingFunctions.get(query.statement) ?? [],
    against,
  });
  if (against === undefined || alone === undefined) return verdict;
  return verdictFrom(markKnownAtRevision(verdict.findings, alone, { cost: current.totalCost }, against));
}

/** A timestamp to the second, in UTC. */
function plannedAt(capturedAt: string): string {
  return `${capturedAt.slice(0, 19).replace('T', ' ')} UTC`;
}

function failureOf({ query }: Planned, error: Extract<Planned['outcome'], { error: unknown }>['error']): Finding {
  const { message, code, detail, hint, position } = error;
  const at = position === undefined ? undefined : Number(position);
  return queryFailed({ message, code, detail, hint, position: at }, query.statement);
}
