import type { FirstDifference, VerifyReport, VerifyResult } from '../../model/plans/verification.ts';
import { jsonText, planJson } from '../formats/json-text.ts';
import { createPaint, type Paint, type Style } from '../text/paint.ts';
import { minute, shortDigest } from '../text/summary-lines.ts';
import { visibleCopy } from '../text/visible-text.ts';

/** Options of the verify report. */
export interface VerifyTextOptions {
  readonly color: boolean;
  /** Also lists queries whose plans are identical. */
  readonly verbose: boolean;
}

/** Reasons shown for one query. More would not help the reader. */
const MAX_REASONS = 8;

/** The results of verify for people: each plan that is not identical with its first difference and reasons, then the counts. */
export function verifyText(report: VerifyReport, options: VerifyTextOptions): string {
  const paint = createPaint(options.color);
  const shown = visibleCopy(report);
  const listed = shown.results.filter(({ verdict }) => options.verbose || verdict !== 'identical');
  const sections = [
    ...listed.map((result) => resultLines(result, paint)),
    shown.settings.map(({ name, source, target }) =>
      paint('warn', `setting ${name} is ${source} on the source and ${target} on the target`),
    ),
    summaryOf(shown, paint),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const BADGES: Readonly<Record<VerifyResult['verdict'], readonly [string, Style]>> = {
  identical: ['IDENTICAL', 'good'],
  'same plan': ['SAME PLAN', 'warn'],
  different: ['DIFFERENT', 'bad'],
  errored: ['NOT PLANNED', 'bad'],
  'not judged': ['NOT JUDGED', 'warn'],
};

function resultLines(result: VerifyResult, paint: Paint): string[] {
  const [badge, style] = BADGES[result.verdict];
  const name = result.case === null ? result.query : `${result.query} [${result.case}]`;
  const title = `${paint(style, badge)}  ${result.file}:${result.line}  ${paint('strong', name)}${costs(result)}`;
  const reasons = result.reasons.slice(0, MAX_REASONS);
  const more = result.reasons.length - reasons.length;
  return [
    title,
    ...(result.difference === null ? [] : differenceLines(result.difference)),
    ...reasons.map((reason) => paint('dim', `  · ${reason}`)),
    ...(more > 0 ? [paint('dim', `  · and ${more} more`)] : []),
    ...(result.difference !== null && reasons.length === 0 ? [paint('dim', `  · ${NO_REASON}`)] : []),
  ];
}

const NO_REASON = 'no known difference explains this; please report it';

function costs({ source, target }: VerifyResult): string {
  if (source === null || target === null || source.totalCost === target.totalCost) return '';
  return `  cost ${source.totalCost} on the source, ${target.totalCost} on the target`;
}

function differenceLines({ source, target, label, sourceValue, targetValue }: FirstDifference): string[] {
  const node =
    source === target
      ? `  first difference at ${source}`
      : `  first difference at ${source} on the source, ${target} on the target`;
  return [node, `    ${label}: ${sourceValue} on the source, ${targetValue} on the target`];
}

function summaryOf(report: VerifyReport, paint: Paint): string[] {
  const { summary, snapshot, source, target, tolerance } = report;
  const style = summary.identical === summary.queries ? 'good' : 'bad';
  const within = tolerance > 0 ? ` within ${tolerance * 100} %` : '';
  const others = [
    [summary.samePlan, 'same plan, other estimates'],
    [summary.different, 'another plan'],
    [summary.errored, 'not planned'],
    [summary.notJudged, 'not judged'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  const plans = [paint(style, `${summary.identical} of ${summary.queries} identical${within}`), ...others].join(' | ');
  const facts: readonly (readonly [string, string])[] = [
    ['Plans', plans],
    ['Snapshot', `${snapshot.path}, captured ${minute(snapshot.capturedAt)}, ${shortDigest(snapshot.digest)}`],
    ['Source', `PostgreSQL ${source.version}`],
    ['Target', `PostgreSQL ${target.version}`],
  ];
  return facts.map(([name, value]) => `${paint('dim', name.padStart(9))}  ${value}`);
}

/** The results of verify for programs. */
export function verifyJson(report: VerifyReport): string {
  const { results, ...rest } = report;
  const conditions = report.conditions.map(({ code, message, effect, hint }) => ({ code, message, effect, hint }));
  const plans = (result: VerifyResult) => ({
    source: result.source && planJson(result.source),
    target: result.target && planJson(result.target),
  });
  return jsonText({ ...rest, conditions, results: results.map((result) => ({ ...result, ...plans(result) })) });
}
