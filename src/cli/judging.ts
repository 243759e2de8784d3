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
} from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import type { PlanNode } from '../model/plan.ts';
import type { PlanResult } from '../model/result.ts';
import { namedRelations } from '../suite/index.ts';
import type { Planned, Plans } from './planning.ts';
import { reproductionOf } from './production-plans.ts';
import type { Accepted, Majors } from './shelves.ts';

/** What a planned query is compared with. */
export interface Earlier {
  readonly accepted: Accepted | null;
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

type Made = Pick<Plans, 'unknown' | 'missing' | 'readingFunctions'>;

/** One planned query and what was found about it. */
export function judgeOne(item: Planned, earlier: Earlier, made: Made, judges: Judges): PlanResult {
  const { suite, query, planned, outcome } = item;
  const { accepted, against } = earlier;
  const { source, target } = judges;
  const about = {
    suite: suite.file,
    query: query.name,
    case: planned.name,
    file: query.file,
    line: query.line,
    sql: query.sql,
    baseline: accepted && planFigures(accepted.block.plan),
    baselineMajor: accepted?.major ?? null,
    production: source === target ? reproductionOf(item) : null,
  };
  if ('error' in outcome) {
    const failed = failureOf(item, outcome.error);
    const findings = [against?.failedThere ? failedBefore(failed, against) : failed];
    return { ...about, status: statusOf(findings), findings, current: null };
  }
  const ofOtherMajor = accepted !== null && accepted.major !== target;
  const current = ofOtherMajor ? withCommonSpelling(outcome.plan) : outcome.plan;
  const judged = judgePlan(item, current, earlier, made, judges);
  return { ...about, ...judged, current: planFigures(current) };
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
    readingFunctions: made.readingFunctions.get(query.statement) ?? [],
    against,
  });
  if (against === undefined || alone === undefined) return verdict;
  return verdictFrom(markStanding(verdict.findings, alone, { cost: current.totalCost }, against));
}

function failureOf({ query }: Planned, error: Extract<Planned['outcome'], { error: unknown }>['error']): Finding {
  const { message, code, detail, hint, position } = error;
  const at = position === undefined ? undefined : Number(position);
  return queryFailed({ message, code, detail, hint, position: at }, query.statement);
}
