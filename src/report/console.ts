import type { Finding } from '../model/finding.ts';
import type { CheckReport, PlanResult, Status } from '../model/result.ts';
import type { ReportOptions } from './options.ts';
import { createPaint, type Paint } from './paint.ts';
import { isOnlyMissing, missingBlock, resultBlock, STATUS_STYLES, titleLine } from './result-block.ts';
import { summaryLines } from './summary-lines.ts';
import { visibleCopy } from './visible-text.ts';

/** New queries named each on a line of its own. */
const MAX_NEW = 5;

const WORST_FIRST: readonly Status[] = ['error', 'fail', 'warn', 'ok'];

/** The report for people: what got worse, the worst first, and what to type next. Ends with a newline. */
export function consoleReport(report: CheckReport, options: ReportOptions): string {
  const paint = createPaint(options.color);
  const shown = visibleCopy(report);
  const named = shown.against === null ? options : { ...options, before: shown.against.ref };
  const troubled = worstFirst(shown.results.filter(({ status }) => status !== 'ok'));
  // With --verbose the plan that has no baseline is worth its block.
  const missing = options.verbose ? [] : troubled.filter(isOnlyMissing);
  const told = troubled.filter((result) => !missing.includes(result));
  const sections = [
    ...(options.verbose ? [okLines(shown, paint)] : []),
    ...told.map((result) => resultBlock(shownFindings(result, options), named, paint)),
    missing.length === 0 ? [] : missingBlock(missing, told.length === 0, paint),
    noteLines(shown, options, paint),
    summaryLines(shown, options.elapsedMs, paint),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function worstFirst(results: readonly PlanResult[]): readonly PlanResult[] {
  return [...results].sort(
    (a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) || growth(b) - growth(a),
  );
}

function growth({ baseline, current }: PlanResult): number {
  if (baseline === null || current === null) return 0;
  return current.totalCost / Math.max(baseline.totalCost, Number.MIN_VALUE);
}

function okLines({ results }: CheckReport, paint: Paint): readonly string[] {
  return results.filter(({ status }) => status === 'ok').map((result) => titleLine(result, paint));
}

/** What stands at the revision just as well is counted, and told with --verbose. */
function shownFindings(result: PlanResult, { verbose }: ReportOptions): PlanResult {
  return verbose ? result : { ...result, findings: result.findings.filter(({ standing }) => standing !== true) };
}

/** What is no trouble: plans that became cheaper, queries that are new, and baselines without a query. */
function noteLines({ results, notes }: CheckReport, options: ReportOptions, paint: Paint): readonly string[] {
  const untroubled = results.filter(({ status }) => status === 'ok').map((result) => shownFindings(result, options));
  const [many, few] = manyNew(untroubled, options);
  const ofQueries = few.flatMap((result) => result.findings.map((finding) => noteLine(finding, paint, result)));
  return [...ofQueries, ...[...many, ...notes].map((finding) => noteLine(finding, paint))];
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
  const more = names.length > MAX_NEW ? ` and ${names.length - MAX_NEW} more` : '';
  const message = `${names.length} queries have nothing to compare with: ${names.slice(0, MAX_NEW).join(', ')}${more}`;
  return [[{ code: 'query-new', severity: 'note', message }], results.filter((result) => !fresh.includes(result))];
}

function noteLine({ severity, message, hint, code }: Finding, paint: Paint, result?: PlanResult): string {
  const label = paint(STATUS_STYLES[severity], severity.toUpperCase().padStart(5));
  const name = result === undefined ? '' : `${result.query}${result.case === null ? '' : ` [${result.case}]`}: `;
  const next = hint === undefined ? '' : `  hint: ${hint}`;
  return `${label}  ${name}${message} ${paint('dim', `[${code}]${next}`)}`;
}
