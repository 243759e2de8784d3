import { comparePlans } from '../../compare/index.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { PlanDifference } from '../../model/plans/difference.ts';
import { formatCost, formatCount, formatMeanTime, formatRatio } from '../../model/plans/figures.ts';
import type { PlanResult, Status } from '../../model/result.ts';
import type { ReportOptions } from '../options.ts';
import { wrap } from './columns.ts';
import { resultName } from './location.ts';
import type { Paint, Style } from './paint.ts';
import { differenceTrees, planTree } from './plan-trees.ts';

export const STATUS_STYLES: Readonly<Record<Status | Severity, Style>> = {
  ok: 'good',
  note: 'dim',
  warn: 'warn',
  fail: 'bad',
  error: 'bad',
};

const MAX_SQL_LINES = 8;
const MAX_NAMED = 5;
const INDENT = '  ';

/** Cases of one query that changed in the same way. The first one is shown. */
export type Group = readonly [PlanResult, ...PlanResult[]];

/**
 * The report on one planned query: its findings, SQL, plans and hints. Hints in `shared` are left out, because the report
 * prints them once for all.
 */
export function resultBlock(
  group: Group,
  shared: ReadonlySet<string>,
  options: ReportOptions,
  paint: Paint,
): readonly string[] {
  const [result, ...others] = group;
  const width = options.width - INDENT.length;
  const hints = hintsOf(result).filter((hint) => !shared.has(hint));
  const parts = [
    [
      ...unique(result.findings.flatMap((finding) => findingLines(finding, paint))),
      ...(others.length === 0
        ? []
        : [paint('dim', `      · This is [${result.case}]; the others changed in the same way.`)]),
    ],
    [...sqlLines(result.sql, width, paint), ...valuesLines(result, width, paint)],
    planLines(result, options, paint),
    hints.map((hint) => `${paint('strong', 'hint:')} ${hint}`),
  ].filter((lines) => lines.length > 0);
  const body = parts.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
  return [...group.map((one) => titleLine(one, paint)), ...indented(body)];
}

/** The start of a command that accepts plans; without npx in results that an earlier version wrote. */
const UPDATE = /^(?:npx regress-pg|regress) update /;

/** Hints that several blocks would repeat, except commands that accept a query: each block prints its own. */
export function sharedHints(results: readonly PlanResult[]): ReadonlySet<string> {
  const hints = results.flatMap(hintsOf).filter((hint) => !UPDATE.test(hint));
  return new Set(hints.filter((hint, at) => hints.indexOf(hint) < at));
}

/** Planned queries whose only finding is a missing baseline. */
export function missingBlock(results: readonly PlanResult[], isAll: boolean, paint: Paint): readonly string[] {
  const findings = results.flatMap((result) => result.findings);
  const said = unique(findings.flatMap((finding) => findingLines(finding, paint)));
  const body = [...said, ...acceptHints(results, isAll).map((hint) => `${paint('strong', 'hint:')} ${hint}`)];
  return [...results.map((result) => titleLine(result, paint)), ...indented(body)];
}

/** The commands that accept plans without a baseline, one for each project. */
export function acceptHints(results: readonly PlanResult[], isAll: boolean): readonly string[] {
  const projects = [...new Set(results.map(({ project }) => project))];
  return projects.map((project) => {
    const mine = results.filter((result) => result.project === project).flatMap((result) => result.findings);
    return acceptAll(unique(mine.flatMap(({ hint }) => hint ?? [])), isAll, project);
  });
}

/** Planned queries whose plans are as accepted, with identical findings. */
export function remarkBlock(
  results: readonly PlanResult[],
  shared: ReadonlySet<string>,
  paint: Paint,
): readonly string[] {
  const [first] = results;
  const hints = (first === undefined ? [] : hintsOf(first)).filter((hint) => !shared.has(hint));
  const body = [
    ...unique(first?.findings.flatMap((finding) => findingLines(finding, paint)) ?? []),
    ...hints.map((hint) => `${paint('strong', 'hint:')} ${hint}`),
  ];
  return [...results.map((result) => titleLine(result, paint)), ...indented(body)];
}

/** True if the plan is as accepted, and only warnings about other things remain. */
export function isOnlyRemarked({ status, baseline, current }: PlanResult): boolean {
  if (status !== 'warn' || baseline === null || current === null) return false;
  return isUnchanged(comparePlans(baseline.plan, current.plan));
}

function isUnchanged({ pairs, shapeChanges }: PlanDifference): boolean {
  return pairs.every(({ changes }) => changes.length === 0) && shapeChanges.length === 0;
}

/** Joins commands into one. `isAll`: `--all` may be used, because it would accept no other finding. */
function acceptAll(commands: readonly string[], isAll: boolean, project: string | undefined): string {
  const option = project === undefined ? '' : `--project ${project} `;
  const update = `npx regress-pg update ${option}`;
  if (isAll && commands.length > MAX_NAMED) return `${update}--all`;
  const names = commands.slice(0, MAX_NAMED).map((command) => command.replace(UPDATE, '').replace(option, ''));
  const more = commands.length - names.length;
  return `${update}${names.join(' ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** True if a missing baseline is the only finding, so that query and plan need not be shown. */
export function isOnlyMissing({ findings }: PlanResult): boolean {
  return findings.length > 0 && findings.every(({ code }) => code === 'baseline-missing');
}

/** The title line of a planned query, with its old and new cost. */
export function titleLine(result: PlanResult, paint: Paint): string {
  const badge = paint(STATUS_STYLES[result.status], result.status.toUpperCase().padStart(5));
  const name = paint('strong', resultName(result));
  return [badge, `${result.file}:${result.line}`, name, costNote(result, paint), timeNote(result, paint)]
    .filter((part) => part !== '')
    .join('  ');
}

/** The query's calls and mean time in production, if known. */
function timeNote({ stats: { calls, mean_exec_time } = {} }: PlanResult, paint: Paint): string {
  const count = calls === undefined ? [] : [`${formatCount(calls)} calls`];
  const time = mean_exec_time === undefined ? [] : [formatMeanTime(mean_exec_time)];
  return count.length + time.length === 0 ? '' : paint('dim', [...count, ...time].join(' of '));
}

function costNote({ baseline, current }: PlanResult, paint: Paint): string {
  if (current === null) return '';
  const cost = formatCost(current.totalCost);
  if (baseline === null || baseline.totalCost === current.totalCost) return paint('dim', `cost ${cost}`);
  const ratio = formatRatio(baseline.totalCost, current.totalCost);
  return `cost ${formatCost(baseline.totalCost)} → ${cost}${ratio === '' ? '' : ` (${ratio})`}`;
}

/** Details begin with a dot, because PostgreSQL's may contain a line that a CI system would read as a command. */
function findingLines({ code, severity, message, detail }: Finding, paint: Paint): readonly string[] {
  const first = `${paint(STATUS_STYLES[severity], severity.padEnd(5))} ${message} ${paint('dim', `[${code}]`)}`;
  const details = detail === undefined ? [] : detail.split('\n');
  return [first, ...details.map((line) => paint('dim', `      · ${line}`))];
}

function sqlLines(sql: string, width: number, paint: Paint): readonly string[] {
  const lines = sql
    .trimEnd()
    .split('\n')
    .flatMap((line) => wrap(line, width - 2));
  const bar = paint('dim', '│');
  const shown = lines.slice(0, MAX_SQL_LINES).map((line) => `${bar} ${line}`.trimEnd());
  const more = lines.length - shown.length;
  return more <= 0 ? shown : [...shown, `${bar} ${paint('dim', `… ${more} more ${more === 1 ? 'line' : 'lines'}`)}`];
}

/** The values of the case, and its earlier values if the snapshot changed them. */
function valuesLines({ values, baselineValues }: PlanResult, width: number, paint: Paint): readonly string[] {
  if (values === null) return [];
  const before = baselineValues === null || baselineValues === values ? '' : `, in the baseline ${baselineValues}`;
  return wrap(`with ${values}${before}`, width - 2).map((line) => `${paint('dim', '│')} ${paint('dim', line)}`);
}

/** The plan as a tree, or both plans if they differ. */
export function planLines({ baseline, current }: PlanResult, options: ReportOptions, paint: Paint): readonly string[] {
  if (current === null) return [];
  const before = options.before ?? 'baseline';
  const view = { width: options.width - INDENT.length, before, paint };
  if (baseline === null) return planTree('now', current.plan, view);
  const difference = comparePlans(baseline.plan, current.plan);
  return isUnchanged(difference)
    ? planTree(`now, as ${options.before === undefined ? 'in the baseline' : `at ${before}`}`, current.plan, view)
    : differenceTrees(difference, view);
}

function hintsOf({ findings }: PlanResult): readonly string[] {
  return unique(findings.flatMap(({ hint, severity }) => (hint === undefined || severity === 'note' ? [] : [hint])));
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `${INDENT}${line}`));
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}
