import type { Finding, Severity } from '../../model/finding.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { PlanFigures, Status } from '../../model/result.ts';
import { branchSentence, causeInBranch, causeOf, causeSentence } from '../causes/cause.ts';
import { comparePlans } from '../trees/compare-plans.ts';
import { baselineMissing } from './baseline-missing-and-stale.ts';
import { costDecreased, costIncreased, costOverLimit } from './cost-rules.ts';
import { forbiddenNode, indexNotUsed } from './expectation-rules.ts';
import { functionReadsTables } from './function-reads-tables.ts';
import { genericPlanFlip } from './generic-plan-flip.ts';
import { allowHint, type Comparison, type ComparisonRule, type Judgement, type Rule } from './judgement.ts';
import { planShapeChanged } from './plan-shape-changed.ts';
import { queryNew } from './query-new-and-removed.ts';
import { rowsEstimateChanged } from './rows-estimate-changed.ts';
import { schemaDrift } from './schema-drift.ts';
import { estimatedSize, statisticsMissing } from './statistics-missing.ts';
import { timeDependent } from './time-dependent.ts';
import { valuesMissing } from './values-missing.ts';

/** All rules. Their findings decide the report and the exit status. */
const RULES: readonly Rule[] = [
  baselineMissing,
  queryNew,
  costOverLimit,
  forbiddenNode,
  indexNotUsed,
  statisticsMissing,
  estimatedSize,
  functionReadsTables,
  valuesMissing,
  genericPlanFlip,
  timeDependent,
  schemaDrift,
];
const COMPARISON_RULES: readonly ComparisonRule[] = [
  costIncreased,
  planShapeChanged,
  rowsEstimateChanged,
  costDecreased,
];

const WORST_FIRST: readonly Severity[] = ['error', 'fail', 'warn', 'note'];

/** The findings of a planned query, the worst first, and its status. */
export function judge(judgement: Judgement): { readonly status: Status; readonly findings: readonly Finding[] } {
  const alone = RULES.flatMap((rule) => rule(judgement));
  return verdictFrom([...compared(judgement), ...alone]);
}

/** Sorts findings, the worst first, and derives the status from them. */
export function verdictFrom(findings: readonly Finding[]): {
  readonly status: Status;
  readonly findings: readonly Finding[];
} {
  const ordered = [...findings].sort((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity));
  return { status: statusOf(ordered), findings: ordered };
}

/** The status of the worst finding. Notes do not change it. */
export function statusOf(findings: readonly Finding[]): Status {
  const worst = WORST_FIRST.find((severity) => findings.some((finding) => finding.severity === severity));
  return worst === undefined || worst === 'note' ? 'ok' : worst;
}

/** A plan with the figures of its top node, as results hold it. */
export function planFigures(plan: PlanNode): PlanFigures {
  return { totalCost: plan.totalCost, planRows: plan.planRows, plan };
}

function compared(judgement: Judgement): readonly Finding[] {
  const { baseline, baselineMajor, current, major, provenance } = judgement;
  if (baseline === null) return [];
  const cause =
    judgement.against === undefined
      ? causeOf(baseline.provenance, provenance, { baseline: baselineMajor, current: major })
      : causeInBranch(baseline.provenance, provenance);
  const comparison: Comparison = { ...judgement, baseline, cause, difference: comparePlans(baseline.plan, current) };
  return COMPARISON_RULES.flatMap((rule) => rule(comparison)).map((finding) => withCause(finding, comparison));
}

function withCause(finding: Finding, { against, baselineMajor, cause, major, query }: Comparison): Finding {
  if (against !== undefined) {
    const formerly = against.formerly === undefined ? undefined : `Compared with ${against.formerly}.`;
    return {
      ...finding,
      detail: sentences(finding.detail, formerly, branchSentence(cause)),
      cause,
      hint: allowHint(query),
    };
  }
  const other = baselineMajor === major ? undefined : `Compared with the baseline of PostgreSQL ${baselineMajor}.`;
  return { ...finding, detail: sentences(finding.detail, other, causeSentence(cause)), cause };
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}
