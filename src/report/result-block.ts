import { formatCost, formatRatio } from '../model/figures.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { PlanResult, Status } from '../model/result.ts';
import { wrap } from './columns.ts';
import type { ReportOptions } from './options.ts';
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

/** Everything to read about one planned query: what was found, the query, its plans, and what to type next. */
export function resultBlock(result: PlanResult, options: ReportOptions, paint: Paint): readonly string[] {
  const width = options.width - INDENT.length;
  const parts = [
    unique(result.findings.flatMap((finding) => findingLines(finding, paint))),
    sqlLines(result.sql, width, paint),
    planLines(result, options, paint),
    hintLines(result.findings, paint),
  ].filter((lines) => lines.length > 0);
  const body = parts.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
  return [titleLine(result, paint), ...indented(body)];
}

/** Planned queries of which nothing is to be said but that they have no baseline. */
export function missingBlock(results: readonly PlanResult[], isAll: boolean, paint: Paint): readonly string[] {
  const findings = results.flatMap((result) => result.findings);
  const said = unique(findings.flatMap((finding) => findingLines(finding, paint)));
  const commands = unique(findings.flatMap(({ hint }) => hint ?? []));
  const body = [...said, `${paint('strong', 'hint:')} ${acceptAll(commands, isAll)}`];
  return [...results.map((result) => titleLine(result, paint)), ...indented(body)];
}

/** One command for several; `--all` only where it accepts nothing that was found wrong. */
function acceptAll(commands: readonly string[], isAll: boolean): string {
  if (isAll && commands.length > MAX_NAMED) return 'regress update --all';
  const names = commands.slice(0, MAX_NAMED).map((command) => command.replace('regress update ', ''));
  const more = commands.length - names.length;
  return `regress update ${names.join(' ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** True where neither query nor plan would tell more than the finding does. */
export function isOnlyMissing({ findings }: PlanResult): boolean {
  return findings.length > 0 && findings.every(({ code }) => code === 'baseline-missing');
}

/** The line that names a planned query, with its old and new cost. */
export function titleLine(result: PlanResult, paint: Paint): string {
  const badge = paint(STATUS_STYLES[result.status], result.status.toUpperCase().padStart(5));
  const name = paint('strong', result.case === null ? result.query : `${result.query} [${result.case}]`);
  return [badge, `${result.file}:${result.line}`, name, costNote(result, paint)]
    .filter((part) => part !== '')
    .join('  ');
}

function costNote({ baseline, current }: PlanResult, paint: Paint): string {
  if (current === null) return '';
  const cost = formatCost(current.totalCost);
  if (baseline === null || baseline.totalCost === current.totalCost) return paint('dim', `cost ${cost}`);
  const ratio = formatRatio(baseline.totalCost, current.totalCost);
  return `cost ${formatCost(baseline.totalCost)} → ${cost}${ratio === '' ? '' : ` (${ratio})`}`;
}

/** Details have a dot before them: PostgreSQL's may hold a line that a CI system would take for a command. */
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

function planLines({ baseline, current }: PlanResult, options: ReportOptions, paint: Paint): readonly string[] {
  if (current === null) return [];
  const before = options.before ?? 'baseline';
  const view = { width: options.width - INDENT.length, before, paint };
  if (baseline === null) return planTree('now', current.plan, view);
  const difference = options.comparePlans(baseline.plan, current.plan);
  const isSame = difference.pairs.every(({ changes }) => changes.length === 0) && difference.shapeChanges.length === 0;
  return isSame
    ? planTree(`now, as ${options.before === undefined ? 'the baseline' : `at ${before}`}`, current.plan, view)
    : differenceTrees(difference, view);
}

function hintLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  const hints = findings.flatMap(({ hint, severity }) => (hint === undefined || severity === 'note' ? [] : [hint]));
  return unique(hints).map((hint) => `${paint('strong', 'hint:')} ${hint}`);
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `${INDENT}${line}`));
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}
