import { tellingFinding } from '../../model/finding.ts';
import { formatCost, formatRatio } from '../../model/plans/figures.ts';
import type { CheckReport, PlanResult, Status } from '../../model/result.ts';
import { listed } from '../../model/text/wording.ts';
import type { ReportOptions } from '../options.ts';
import { changedByText } from '../text/changed-by.ts';
import { repositoryPath, resultName } from '../text/location.ts';
import { createPaint } from '../text/paint.ts';
import { acceptHints, planLines } from '../text/result-block.ts';
import type { ResultGroup } from '../text/result-groups.ts';
import { code, fenced, prose, shortened } from './markdown-text.ts';

const ICONS: Readonly<Record<Status, string>> = { ok: '✅', warn: '⚠️', fail: '❌', error: '⛔' };

/** Width of the plans, in columns. They go one above the other. */
const WIDTH = 110;

/** Characters of texts before they are cut. */
const MAX_NAME = 120;
const MAX_MESSAGE = 240;
const MAX_DETAIL = 1200;
const MAX_SQL = 2000;
const MAX_SQL_LINES = 30;
const MAX_PLAN_LINES = 160;

/** Further queries that a group names. */
const MAX_ALSO = 40;

/** A row of the table, for the worst result of a group. */
export function tableRow({ kind, results: [result, ...others] }: ResultGroup, { causes }: CheckReport): string {
  const { findings, status, changedBy } = result;
  const main = tellingFinding(findings);
  const what = kind === 'plan' ? 'case' : 'plan';
  const more = others.length === 0 ? '' : ` and ${others.length} more ${others.length === 1 ? what : `${what}s`}`;
  const cells = [
    ICONS[status],
    `${code(shortened(resultName(result), MAX_NAME))}${more}`,
    ...(kind === 'plan' ? costCells(result) : ['', '']),
    main === undefined ? '' : `${prose(shortened(main.message, MAX_MESSAGE))} (${main.code})`,
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

/** The folded details of a group: findings, SQL and plans. If the plans are as accepted, only the findings. */
export function detailsBlock(group: ResultGroup, report: CheckReport, options: ReportOptions): string {
  const [result, ...others] = group.results;
  const title = `${ICONS[result.status]} ${code(shortened(resultName(result), MAX_NAME))} ${prose(repositoryPath(result, report))}:${result.line}`;
  const findings = result.findings.filter(({ standing }) => standing !== true);
  const parts = [
    `<details><summary>${title}</summary>`,
    [...new Set(findings.flatMap(findingLines))].join('\n'),
    ...(group.kind === 'plan' ? planParts(result, others, options) : [sameOf(others)]),
    ...hintsOf(group).map((hint) => `Next: ${code(shortened(hint, MAX_MESSAGE))}`),
    '</details>',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The next commands or steps; one command for missing baselines. */
function hintsOf({ kind, results }: ResultGroup): readonly string[] {
  if (kind === 'missing') return acceptHints(results, false);
  const open = results[0].findings.filter(({ severity, standing }) => severity !== 'note' && standing !== true);
  return [...new Set(open.flatMap(({ hint }) => hint ?? []))];
}

function sameOf(others: readonly PlanResult[]): string {
  if (others.length === 0) return '';
  const names = others.map((other) => code(shortened(resultName(other), MAX_NAME)));
  return `The same for ${listed(names, MAX_ALSO)}.`;
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
      : `This is ${code(`[${result.case}]`)}; ${code(shortened(names, MAX_MESSAGE))} changed in the same way.`,
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
