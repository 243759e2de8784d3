import { tellingFinding } from '../../model/finding.ts';
import { formatCost, formatRatio } from '../../model/plans/figures.ts';
import type { CheckReport, PlanResult, Status } from '../../model/result.ts';
import { listed } from '../../model/text/wording.ts';
import type { ReportOptions } from '../options.ts';
import { changedByText } from '../text/changed-by.ts';
import { repositoryPath, resultName } from '../text/location.ts';
import { createPaint } from '../text/paint.ts';
import { acceptHints, planLines } from '../text/result-block.ts';
import type { ToldGroup } from '../text/told-groups.ts';
import { code, fenced, prose, shortened } from './markdown-text.ts';

const ICONS: Readonly<Record<Status, string>> = { ok: '✅', warn: '⚠️', fail: '❌', error: '⛔' };

/** Columns of the plans, which stand one above the other. */
const WIDTH = 110;

/** Characters of what a reader need not see whole. */
const MAX_NAME = 120;
const MAX_MESSAGE = 240;
const MAX_DETAIL = 1200;
const MAX_SQL = 2000;
const MAX_SQL_LINES = 30;
const MAX_PLAN_LINES = 160;

/** Queries named of which the same is said. */
const MAX_ALSO = 40;

/** A row of the table: the worst of those that are told together. */
export function tableRow({ kind, group: [result, ...others] }: ToldGroup, { causes }: CheckReport): string {
  const { findings, status, changedBy } = result;
  const told = tellingFinding(findings);
  const what = kind === 'plan' ? 'case' : 'plan';
  const more = others.length === 0 ? '' : ` and ${others.length} more ${others.length === 1 ? what : `${what}s`}`;
  const cells = [
    ICONS[status],
    `${code(shortened(resultName(result), MAX_NAME))}${more}`,
    ...(kind === 'plan' ? costCells(result) : ['', '']),
    told === undefined ? '' : `${prose(shortened(told.message, MAX_MESSAGE))} (${told.code})`,
    causes === null || changedBy === undefined ? '' : prose(changedByText(changedBy)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function costCells({ baseline, current }: PlanResult): readonly [string, string] {
  if (current === null) return ['', ''];
  if (baseline === null || baseline.totalCost === current.totalCost) return [formatCost(current.totalCost), ''];
  const cost = `${formatCost(baseline.totalCost)} → ${formatCost(current.totalCost)}`;
  return [cost, formatRatio(baseline.totalCost, current.totalCost)];
}

/** Everything to read of a query, folded; of plans that are as accepted only what is to be said. */
export function detailsBlock(told: ToldGroup, report: CheckReport, options: ReportOptions): string {
  const [result, ...others] = told.group;
  const title = `${ICONS[result.status]} ${code(shortened(resultName(result), MAX_NAME))} ${prose(repositoryPath(result, report))}:${result.line}`;
  const findings = result.findings.filter(({ standing }) => standing !== true);
  const parts = [
    `<details><summary>${title}</summary>`,
    [...new Set(findings.flatMap(findingLines))].join('\n'),
    ...(told.kind === 'plan' ? planParts(result, others, options) : [sameOf(others)]),
    ...hintsOf(told).map((hint) => `Next: ${code(shortened(hint, MAX_MESSAGE))}`),
    '</details>',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What to type or do next; of missing baselines one command. */
function hintsOf({ kind, group }: ToldGroup): readonly string[] {
  if (kind === 'missing') return acceptHints(group, false);
  const told = group[0].findings.filter(({ severity, standing }) => severity !== 'note' && standing !== true);
  return [...new Set(told.flatMap(({ hint }) => hint ?? []))];
}

function sameOf(others: readonly PlanResult[]): string {
  if (others.length === 0) return '';
  const names = others.map((other) => code(shortened(resultName(other), MAX_NAME)));
  return `The same of ${listed(names, MAX_ALSO)}.`;
}

/** The query and its plans. */
function planParts(result: PlanResult, others: readonly PlanResult[], options: ReportOptions): readonly string[] {
  const names = others.map((other) => `[${other.case}]`).join(', ');
  const plan = planLines(result, { ...options, width: WIDTH }, createPaint(false));
  const shown = plan.slice(0, MAX_PLAN_LINES);
  const cut = plan.length > shown.length ? [`… ${plan.length - shown.length} more lines`] : [];
  return [
    others.length === 0
      ? ''
      : `Shown is ${code(`[${result.case}]`)}; ${code(shortened(names, MAX_MESSAGE))} changed alike.`,
    fenced('sql', sqlLines(result.sql)),
    result.values === null ? '' : `with ${code(shortened(result.values, MAX_MESSAGE))}`,
    shown.length === 0 ? '' : fenced('diff', [...shown, ...cut]),
  ];
}

function findingLines({ severity, message, code: name, detail }: PlanResult['findings'][number]): readonly string[] {
  const first = `- **${severity}** ${prose(shortened(message, MAX_DETAIL))} (${name})`;
  const details = detail === undefined ? [] : shortened(detail, MAX_DETAIL).split('\n');
  return [first, ...details.map((line) => `  - ${prose(line)}`)];
}

function sqlLines(sql: string): readonly string[] {
  const lines = shortened(sql.trimEnd(), MAX_SQL).split('\n');
  const more = lines.length - MAX_SQL_LINES;
  return more <= 0 ? lines : [...lines.slice(0, MAX_SQL_LINES), `… ${more} more lines`];
}
