import { type CheckReport, isBad, type PlanResult, uncheckedProjects } from '../../model/result.ts';
import type { ReportOptions } from '../options.ts';
import { createPaint } from '../text/paint.ts';
import { isOnlyMissing } from '../text/result-block.ts';
import { resultGroups } from '../text/result-groups.ts';
import { summaryFacts } from '../text/summary-lines.ts';
import { visibleCopy } from '../text/visible-text.ts';
import { detailsBlock, tableRow } from './markdown-parts.ts';
import { byteLength, code, prose } from './markdown-text.ts';

/** Characters that GitHub accepts in a comment. Counted in bytes here, which are never fewer. */
const COMMENT_LIMIT = 65_536;

/** Marks the comment, so that a workflow finds and updates it. */
const MARKER = '<!-- regress -->';

/** Bytes reserved for the end of the text. */
const RESERVED = 400;

/** Share of the room for the table, so that plans fit too. */
const TABLE_SHARE = 0.4;

/** A comment for a pull request: the verdict, a table, the worst first, and folded plans. */
export function markdownReport(report: CheckReport, options: ReportOptions): string {
  return markdownText(report, options, { limit: COMMENT_LIMIT, marker: MARKER });
}

/** The same in at most `limit` bytes, after a marker; empty if not even its head fits. */
export function markdownText(
  report: CheckReport,
  options: ReportOptions,
  { limit, marker }: { readonly limit: number; readonly marker: string | null },
): string {
  const shown = visibleCopy(report);
  const named = shown.against === null ? options : { ...options, before: shown.against.ref };
  const groups = resultGroups(shown.results);
  const top = [`### ${verdict(shown)}`, '', ...uncheckedLines(shown), ...factLines(shown)];
  const head = [...(marker === null ? [] : [marker]), ...top].join('\n');
  const room = limit - byteLength(head) - RESERVED;
  if (room < 0) return '';
  const table = tableOf(
    groups.map((group) => tableRow(group, shown)),
    room * TABLE_SHARE,
  );
  const blocks = groups.map((group) => detailsBlock(group, shown, named));
  const details = fitting(blocks, room - byteLength(table));
  const left = groups.length - details.length;
  const rest = left === 0 ? [] : [`${left} more ${left === 1 ? 'does' : 'do'} not fit here.`];
  return `${[head, table, ...details, ...noteLines(shown), ...rest].filter((part) => part !== '').join('\n\n')}\n`;
}

/** The outcome in one line. */
function verdict(report: CheckReport): string {
  const { summary, failOn, results, against } = report;
  const { queries, ok, warned, failed, errored } = summary;
  const accepted = against === null ? 'as accepted' : `as at ${prose(against.ref)}`;
  const missing = results.filter((result) => result.status === 'fail' && isOnlyMissing(result)).length;
  const worse = failed - missing;
  const unchecked = uncheckedProjects(report).length;
  const parts = [
    ...(unchecked > 0 ? [`${unchecked} ${unchecked === 1 ? 'project' : 'projects'} could not be checked`] : []),
    ...(errored > 0 ? [`${errored} could not be planned`] : []),
    ...(worse > 0 ? [`${worse} ${worse === 1 ? 'plan' : 'plans'} got worse`] : []),
    ...(missing > 0 ? [`${missing} without a baseline`] : []),
    ...(warned > 0 ? [`${warned} ${warned === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  if (queries === 0) return '✅ regress: no query was planned';
  if (parts.length === 0)
    return `✅ regress: ${queries === 1 ? 'the plan is' : `all ${queries} plans are`} ${accepted}`;
  const innocent = results.filter(({ status, branchStatus }) => isBad(status) && !isBad(branchStatus ?? status)).length;
  const isInnocent = failOn === 'branch' && innocent === failed + errored;
  const icon = unchecked === 0 && (failed + errored === 0 || isInnocent) ? '⚠️' : '❌';
  const excuse = isInnocent && innocent > 0 ? ', none caused by this branch' : '';
  return `${icon} regress: ${parts.join(', ')}${excuse}; ${ok} of ${queries} ${accepted}`;
}

/** Projects that could not be checked, with the reason. */
function uncheckedLines(report: CheckReport): readonly string[] {
  return uncheckedProjects(report).map(({ message }) => `- ❌ ${prose(message)}`);
}

/** The facts of the run. A fact without a name continues the one before. */
function factLines(report: CheckReport): readonly string[] {
  return summaryFacts(report, createPaint(false))
    .filter(([name]) => name !== 'Queries')
    .map(([name, value]) => (name === '' ? `  - ${prose(value)}` : `- **${name}**: ${prose(value)}`));
}

const TABLE_HEAD = ['| | query | cost | | finding | changed by |', '|---|---|--:|--:|---|---|'];

function tableOf(rows: readonly string[], room: number): string {
  if (rows.length === 0) return '';
  const kept = fitting(rows, room);
  const more = rows.length - kept.length;
  const rest = more === 0 ? [] : [`| | and ${more} more | | | | |`];
  return [...TABLE_HEAD, ...kept, ...rest].join('\n');
}

/** The first parts that fit into `room` bytes. Stops at the first that does not fit. */
function fitting(parts: readonly string[], room: number): readonly string[] {
  let used = 0;
  const most = parts.findIndex((part) => {
    used += byteLength(part) + 2;
    return used > room;
  });
  return most === -1 ? parts : parts.slice(0, most);
}

/** One line about plans that became cheaper and other notes. */
function noteLines(report: CheckReport): readonly string[] {
  const { results } = report;
  const notes = report.notes.length - uncheckedProjects(report).length;
  const cheaper = results.filter(isCheaper).length;
  const parts = [
    ...(cheaper > 0 ? [`${cheaper} ${cheaper === 1 ? 'plan' : 'plans'} became cheaper.`] : []),
    ...(notes > 0 ? [`${notes} ${notes === 1 ? 'note' : 'notes'} on baselines and queries.`] : []),
  ];
  return parts.length === 0 ? [] : [`${parts.join(' ')} ${code('regress check')} lists them.`];
}

function isCheaper({ findings }: PlanResult): boolean {
  return findings.some((finding) => finding.code === 'cost-decreased');
}
