import { comparePlans } from '../../compare/index.ts';
import type { PlanNode } from '../../model/plan.ts';
import { formatCost, formatRatio } from '../../model/plans/figures.ts';
import type { ReportOptions } from '../options.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import { differenceTrees, planTree } from '../text/plan-trees.ts';
import { visibleCopy } from '../text/visible-text.ts';

/** A plan that `update` accepted. */
export interface AcceptedPlan {
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  readonly file: string;
  readonly line: number;
  /** The accepted plan before; null if there was none. */
  readonly baseline: PlanNode | null;
  readonly current: PlanNode;
}

interface AcceptedOptions extends Pick<ReportOptions, 'color' | 'width' | 'verbose'> {
  /** The label of plans that are not new; `accepted` by default. */
  readonly title?: 'accepted' | 'changed';
}

const INDENT = '  ';

/** The plans that `update` accepted: changed plans with their differences, new ones on one line, or with their plan if verbose. */
export function acceptedReport(accepted: readonly AcceptedPlan[], options: AcceptedOptions): string {
  const paint = createPaint(options.color);
  const blocks = visibleCopy(accepted).map((plan) => acceptedBlock(plan, options, paint));
  // Blank lines separate blocks with trees, not blocks of one line.
  return blocks.map((lines, at) => `${separator(blocks[at - 1], lines)}${lines.join('\n')}\n`).join('');
}

function separator(previous: readonly string[] | undefined, lines: readonly string[]): string {
  return previous !== undefined && (previous.length > 1 || lines.length > 1) ? '\n' : '';
}

function acceptedBlock(plan: AcceptedPlan, options: AcceptedOptions, paint: Paint): readonly string[] {
  const name = paint('strong', plan.case === null ? plan.query : `${plan.query} [${plan.case}]`);
  const title = `${paint('good', (plan.baseline === null ? 'new' : (options.title ?? 'accepted')).padStart(8))}  ${plan.file}:${plan.line}  ${name}`;
  const trees = treeLines(plan, options, paint).map((line) => (line === '' ? '' : `${INDENT}${line}`));
  return [`${title}  ${costs(plan)}`, ...trees];
}

function costs({ baseline, current }: AcceptedPlan): string {
  const cost = formatCost(current.totalCost);
  if (baseline === null || baseline.totalCost === current.totalCost) return `cost ${cost}`;
  const ratio = formatRatio(baseline.totalCost, current.totalCost);
  return `cost ${formatCost(baseline.totalCost)} → ${cost}${ratio === '' ? '' : ` (${ratio})`}`;
}

function treeLines({ baseline, current }: AcceptedPlan, options: AcceptedOptions, paint: Paint): readonly string[] {
  const view = { width: options.width - INDENT.length, before: 'baseline', paint };
  if (baseline !== null) return differenceTrees(comparePlans(baseline, current), view);
  return options.verbose ? planTree('plan', current, view) : [];
}
