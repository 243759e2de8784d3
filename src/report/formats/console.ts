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

/** New queries named each on a line of its own. */
const MAX_NEW = 5;

/** The report for people: what got worse, the worst first, and what to type next. Ends with a newline. */
export function consoleReport(report: CheckReport, options: ReportOptions): string {
  const paint = createPaint(options.color);
  const shown = visibleCopy(report);
  const named = shown.against === null ? options : { ...options, before: shown.against.ref };
  const troubled = worstFirst(shown.results.filter(({ status }) => status !== 'ok'));
  // With --verbose the plan that has no baseline is worth its block.
  const missing = options.verbose ? [] : troubled.filter(isOnlyMissing);
  const remarked = options.verbose ? [] : troubled.filter((result) => isOnlyRemarked(result, options));
  const told = alike(troubled.filter((result) => !missing.includes(result) && !remarked.includes(result)));
  const remarks = alikeInFindings(remarked);
  const shared = sharedHints([...told.map(([result]) => result), ...remarks.flatMap((group) => group.slice(0, 1))]);
  const sections = [
    ...(options.verbose ? [okLines(shown, paint)] : []),
    ...told.map((group) => resultBlock(shownGroup(group, options), shared, named, paint)),
    ...remarks.map((group) => remarkBlock(group, shared, paint)),
    [...shared].map((hint) => `${paint('strong', 'hint:')} ${hint}`),
    missing.length === 0 ? [] : missingBlock(missing, told.length === 0, paint),
    noteLines(shown, options, paint),
    summaryLines(shown, options.elapsedMs, paint),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function okLines({ results }: CheckReport, paint: Paint): readonly string[] {
  return results.filter(({ status }) => status === 'ok').map((result) => titleLine(result, paint));
}

/** What stands at the revision just as well is counted, and told with --verbose. */
function shownFindings(result: PlanResult, { verbose }: ReportOptions): PlanResult {
  return verbose ? result : { ...result, findings: result.findings.filter(({ standing }) => standing !== true) };
}

/** The same of cases that changed alike. */
function shownGroup(group: Group, options: ReportOptions): Group {
  const [first, ...others] = group;
  return [shownFindings(first, options), ...others];
}

/** What is no trouble: plans that became cheaper, queries that are new, and baselines without a query. */
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

/** More new queries than are read one by one are one line. */
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

/** What is the same of many queries. */
function timedLine(count: number, paint: Paint): string {
  const plans = count === 1 ? 'plan depends' : 'plans depend';
  const message = `${count} ${plans} on the time, and ${count === 1 ? 'is' : 'are'} made at that of the snapshot`;
  return noteLine({ code: 'time-dependent', severity: 'note', message }, paint);
}

function noteLine({ severity, message, hint, code }: Finding, paint: Paint, result?: PlanResult): string {
  const label = paint(STATUS_STYLES[severity], severity.toUpperCase().padStart(5));
  const name = result === undefined ? '' : `${resultName(result)}: `;
  const next = hint === undefined ? '' : `  hint: ${hint}`;
  return `${label}  ${name}${message} ${paint('dim', `[${code}]${next}`)}`;
}
