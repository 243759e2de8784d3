import {
  type Against,
  failedBefore,
  judge,
  markStanding,
  mergeThresholds,
  planFigures,
  queryFailed,
  statusOf,
  verdictFrom,
  withCommonSpelling,
  withValuesOf,
} from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import type { PlanNode } from '../model/plan.ts';
import type { RunnerUp } from '../model/plans/runner-up.ts';
import type { PlanResult } from '../model/result.ts';
import { valuesText } from '../model/suite.ts';
import { comparedFlip, type Planned, type Plans, reproductionOf } from '../planning/index.ts';
import { namedRelations, timeCalls } from '../sql/index.ts';
import type { Accepted, Majors } from './shelves.ts';

/** What a planned query is compared with. */
export interface Earlier {
  readonly accepted: Accepted | null;
  /** The query's generic plan of then. */
  readonly generic?: PlanNode | undefined;
  /** Other plans of the query were accepted. */
  readonly knowsQuery?: boolean;
  /** Other majors that have a baseline of the suite. */
  readonly otherMajors: readonly number[];
  /** Set where the plan is that of a revision. */
  readonly against?: Against | undefined;
  /** What the revision's plan gives rise to by itself. */
  readonly alone?: { readonly findings: readonly Finding[]; readonly cost: number } | undefined;
}

/** A query without an earlier plan. */
export const NOTHING_EARLIER: Earlier = { accepted: null, otherMajors: [] };

/** What the plans of a check are judged by. */
export interface Judges extends Majors {
  readonly config: Config;
  readonly ci: boolean;
}

/** What the plans were made with. */
type Made = Pick<Plans, 'unknown' | 'missing' | 'readingFunctions' | 'settings' | 'snapshot'> & {
  readonly runnersUp?: ReadonlyMap<Planned, RunnerUp>;
};

/** One planned query and what was found about it. */
export function judgeOne(item: Planned, earlier: Earlier, made: Made, judges: Judges): PlanResult {
  const { suite, query, planned, outcome } = item;
  const { against } = earlier;
  const accepted = earlier.accepted && withMovedValues(earlier.accepted, item);
  const { source, target } = judges;
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
  const judged = judgePlan(item, current, { ...earlier, accepted }, made, judges);
  const asPlanned = ofOtherMajor ? planFigures(outcome.plan) : undefined;
  return { ...about, ...judged, current: planFigures(current), asPlanned, runnerUp: made.runnersUp?.get(item) };
}

/** An automatic case whose values moved with the snapshot is compared by what stands around them. */
function withMovedValues(accepted: Accepted, { query, planned, outcome }: Planned): Accepted {
  const { block } = accepted;
  const moved = planned.auto !== undefined && block.values !== (valuesText(query, planned) ?? undefined);
  if (!moved || 'error' in outcome) return accepted;
  return { ...accepted, block: { ...block, plan: withValuesOf(outcome.plan, block.plan) } };
}

/** What a plan gives rise to by itself, compared with nothing; null where there is no plan. */
export function judgeAlone(item: Planned, against: Against, made: Made, judges: Judges): Earlier['alone'] {
  if ('error' in item.outcome) return undefined;
  const { plan } = item.outcome;
  const { findings } = judgePlan(item, plan, { ...NOTHING_EARLIER, against }, made, judges);
  return { findings, cost: plan.totalCost };
}

function judgePlan(item: Planned, current: PlanNode, earlier: Earlier, made: Made, judges: Judges) {
  const { suite, query, planned, provenance } = item;
  const { accepted, otherMajors, against, alone } = earlier;
  const { config, ci, source, target } = judges;
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
    unknown: made.unknown,
    missing: made.missing,
    reproduced: source === target && reproductionOf(item) === 'identical',
    named: namedRelations(query.statement),
    flip: comparedFlip(item, { custom: accepted?.block.plan, generic: earlier.generic }, made.settings),
    timeCalls: timeCalls(query.statement),
    plannedAt: plannedAt(made.snapshot.manifest.capturedAt),
    isNewCase: planned.auto !== undefined && (earlier.knowsQuery ?? false),
    runnerUp: made.runnersUp?.get(item),
    readingFunctions: made.readingFunctions.get(query.statement) ?? [],
    against,
  });
  if (against === undefined || alone === undefined) return verdict;
  return verdictFrom(markStanding(verdict.findings, alone, { cost: current.totalCost }, against));
}

/** To the second, in UTC. */
function plannedAt(capturedAt: string): string {
  return `${capturedAt.slice(0, 19).replace('T', ' ')} UTC`;
}

function failureOf({ query }: Planned, error: Extract<Planned['outcome'], { error: unknown }>['error']): Finding {
  const { message, code, detail, hint, position } = error;
  const at = position === undefined ? undefined : Number(position);
  return queryFailed({ message, code, detail, hint, position: at }, query.statement);
}
