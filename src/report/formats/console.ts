import { type Finding, SNAPSHOT_TIME } from '../../model/finding.ts';
import type { CheckReport, PlanResult } from '../../model/result.ts';
import { listed } from '../../model/text/wording.ts';
import type { ReportOptions } from '../options.ts';
import { alike, alikeInFindings, worstFirst } from '../text/groups.ts';
import { resultName } from '../text/location.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import {
  type Group,
  isOnlyMissing,
  isOnlyRemarked,
  missingBlock,
  remarkBlock,
  resultBlock,
  STATUS_STYLES,
  sharedHints,
  titleLine,
} from '../text/result-block.ts';
import { summaryLines } from '../text/summary-lines.ts';
import { visibleCopy } from '../text/visible-text.ts';

/** New queries that each get a line. */
const MAX_NEW = 5;

/** The report for people: regressions, the worst first, and the next commands. Ends with a newline. */
export function consoleReport(report: CheckReport, options: ReportOptions): string {
  const paint = createPaint(options.color);
  const shown = visibleCopy(report);
  const named = shown.against === null ? options : { ...options, before: shown.against.ref };
  const troubled = worstFirst(shown.results.filter(({ status }) => status !== 'ok'));
  // With --verbose also a plan without a baseline gets a block.
  const missing = options.verbose ? [] : troubled.filter(isOnlyMissing);
  const remarked = options.verbose ? [] : troubled.filter(isOnlyRemarked);
  const blocks = alike(troubled.filter((result) => !missing.includes(result) && !remarked.includes(result)));
  const remarks = alikeInFindings(remarked);
  const shared = sharedHints([...blocks.map(([result]) => result), ...remarks.flatMap((group) => group.slice(0, 1))]);
  const sections = [
    ...(options.verbose ? [okLines(shown, paint)] : []),
    ...blocks.map((group) => resultBlock(shownGroup(group, options), shared, named, paint)),
    ...remarks.map((group) => remarkBlock(group, shared, paint)),
    [...shared].map((hint) => `${paint('strong', 'hint:')} ${hint}`),
    missing.length === 0 ? [] : missingBlock(missing, blocks.length === 0, paint),
    noteLines(shown, options, paint),
    summaryLines(shown, options.elapsedMs, paint),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function okLines({ results }: CheckReport, paint: Paint): readonly string[] {
  return results.filter(({ status }) => status === 'ok').map((result) => titleLine(result, paint));
}

/** Hides findings that the revision has too, unless --verbose. The summary counts them. */
function shownFindings(result: PlanResult, { verbose }: ReportOptions): PlanResult {
  return verbose ? result : { ...result, findings: result.findings.filter(({ standing }) => standing !== true) };
}

/** The same for a group; only its first result is shown. */
function shownGroup(group: Group, options: ReportOptions): Group {
  const [first, ...others] = group;
  return [shownFindings(first, options), ...others];
}

/** Notes: plans that became cheaper, new queries, stale baselines. */
function noteLines({ results, notes }: CheckReport, options: ReportOptions, paint: Paint): readonly string[] {
  const untroubled = results.filter(({ status }) => status === 'ok').map((result) => shownFindings(result, options));
  const [many, few] = manyNew(untroubled, options);
  const timed = options.verbose ? [] : few.filter(({ findings }) => findings.some(isTimed));
  return [
    ...few.flatMap((result) =>
      result.findings
        .filter((finding) => options.verbose || !isTimed(finding))
        .map((finding) => noteLine(finding, paint, result)),
    ),
    ...(timed.length === 0 ? [] : [timedLine(timed.length, paint)]),
    ...[...many, ...notes].map((finding) => noteLine(finding, paint)),
  ];
}

/** Replaces more than MAX_NEW new queries by one finding. Returns it, and the remaining results. */
function manyNew(
  results: readonly PlanResult[],
  { verbose }: ReportOptions,
): readonly [readonly Finding[], readonly PlanResult[]] {
  const isNew = ({ findings }: PlanResult) => findings.length > 0 && findings.every(({ code }) => code === 'query-new');
  const fresh = results.filter(isNew);
  if (verbose || fresh.length <= MAX_NEW) return [[], results];
  const names = [...new Set(fresh.map(({ query }) => query))];
  const message = `${names.length} queries have nothing to compare with: ${listed(names, MAX_NEW)}`;
  return [[{ code: 'query-new', severity: 'note', message }], results.filter((result) => !fresh.includes(result))];
}

function isTimed({ code, message }: Finding): boolean {
  return code === 'time-dependent' && message.includes(SNAPSHOT_TIME);
}

/** One line for all plans that use the time of the snapshot. */
function timedLine(count: number, paint: Paint): string {
  const plans = count === 1 ? 'plan depends' : 'plans depend';
  const message = `${count} ${plans} on the time, and ${count === 1 ? 'uses' : 'use'} that of the snapshot`;
  return noteLine({ code: 'time-dependent', severity: 'note', message }, paint);
}

function noteLine({ severity, message, hint, code }: Finding, paint: Paint, result?: PlanResult): string {
  const label = paint(STATUS_STYLES[severity], severity.toUpperCase().padStart(5));
  const name = result === undefined ? '' : `${resultName(result)}: `;
  const next = hint === undefined ? '' : `  hint: ${hint}`;
  return `${label}  ${name}${message} ${paint('dim', `[${code}]${next}`)}`;
}
