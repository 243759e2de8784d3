import type { Finding, Severity } from '../model/finding.ts';
import type { PlanNode } from '../model/plan.ts';
import type { PlanFigures, Status } from '../model/result.ts';
import { baselineMissing } from './baseline-rules.ts';
import { causeOf, causeSentence } from './cause.ts';
import { comparePlans } from './compare-plans.ts';
import { costDecreased, costIncreased, costOverLimit } from './cost-rules.ts';
import { schemaDrift } from './drift-rule.ts';
import { forbiddenNode, indexNotUsed } from './expectation-rules.ts';
import type { Comparison, ComparisonRule, Judgement, Rule } from './judgement.ts';
import { functionReadsTables } from './planning-rule.ts';
import { rowsEstimateChanged } from './rows-rule.ts';
import { planShapeChanged } from './shape-rule.ts';
import { estimatedSize, statisticsMissing } from './statistics-rule.ts';

/** Every rule. Both the report and the exit status follow from what they find. */
const RULES: readonly Rule[] = [
  baselineMissing,
  costOverLimit,
  forbiddenNode,
  indexNotUsed,
  statisticsMissing,
  estimatedSize,
  functionReadsTables,
  schemaDrift,
];
const COMPARISON_RULES: readonly ComparisonRule[] = [
  costIncreased,
  planShapeChanged,
  rowsEstimateChanged,
  costDecreased,
];

const WORST_FIRST: readonly Severity[] = ['error', 'fail', 'warn', 'note'];

/** What is worth saying of a planned query, the worst first, and the status that follows. */
export function judge(judgement: Judgement): { readonly status: Status; readonly findings: readonly Finding[] } {
  const alone = RULES.flatMap((rule) => rule(judgement));
  const findings = [...compared(judgement), ...alone].sort(
    (a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity),
  );
  return { status: statusOf(findings), findings };
}

/** The status of the worst finding; notes change nothing. */
export function statusOf(findings: readonly Finding[]): Status {
  const worst = WORST_FIRST.find((severity) => findings.some((finding) => finding.severity === severity));
  return worst === undefined || worst === 'note' ? 'ok' : worst;
}

/** A plan as results hold it. */
export function planFigures(plan: PlanNode): PlanFigures {
  return { totalCost: plan.totalCost, planRows: plan.planRows, plan };
}

function compared(judgement: Judgement): readonly Finding[] {
  const { baseline, baselineMajor, current, major, provenance } = judgement;
  if (baseline === null) return [];
  const cause = causeOf(baseline.provenance, provenance, { baseline: baselineMajor, current: major });
  const comparison: Comparison = { ...judgement, baseline, cause, difference: comparePlans(baseline.plan, current) };
  return COMPARISON_RULES.flatMap((rule) => rule(comparison)).map((finding) => withCause(finding, comparison));
}

function withCause(finding: Finding, { baselineMajor, cause, major }: Comparison): Finding {
  const other = baselineMajor === major ? undefined : `Compared with the baseline of PostgreSQL ${baselineMajor}.`;
  const detail = [finding.detail, other, causeSentence(cause)].filter((part) => part !== undefined).join('\n');
  return { ...finding, detail, cause };
}
