import type { Finding } from '../../model/finding.ts';
import {
  type CheckReport,
  countedStatus,
  type PlanResult,
  type Status,
  uncheckedProjects,
} from '../../model/result.ts';
import type { ReportOptions } from '../options.ts';
import { resultName } from '../text/location.ts';
import { createPaint } from '../text/paint.ts';
import { resultBlock } from '../text/result-block.ts';
import { visibleCopy } from '../text/visible-text.ts';

/** Width of the plans, in columns. */
const WIDTH = 110;

interface Case {
  readonly result: PlanResult;
  readonly status: Status;
}

/**
 * JUnit XML as GitLab and Jenkins read it: a testsuite for each suite, a testcase for each planned query, a failure for a
 * regression, an error for a query that could not be planned. Warnings go into system-out. It uses only attributes that
 * both schemas of Jenkins know, junit-4 and junit-10: its xUnit plugin refuses a report with any other, such as `file`,
 * which GitLab links.
 */
export function junitReport(report: CheckReport, options: ReportOptions): string {
  const shown = visibleCopy(report);
  const cases = shown.results.map((result) => ({ result, status: countedStatus(result, shown.failOn) }));
  const unchecked = uncheckedProjects(shown);
  const suites = [...new Set(shown.results.map(({ suite }) => suite))];
  const time = options.elapsedMs === null ? {} : { time: (options.elapsedMs / 1000).toFixed(3) };
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'regress', ...counts(cases, unchecked.length), ...time })}>`,
    ...suites.flatMap((suite) => {
      const own = cases.filter(({ result }) => result.suite === suite);
      return suiteLines(suite, own, shown, options);
    }),
    ...(unchecked.length === 0 ? [] : uncheckedLines(unchecked, shown)),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

/** `others`: further errors, which are no cases. */
function counts(cases: readonly Case[], others = 0) {
  const count = (wanted: Status) => cases.filter(({ status }) => status === wanted).length;
  return {
    tests: String(cases.length + others),
    failures: String(count('fail')),
    errors: String(count('error') + others),
  };
}

function suiteLines(name: string, cases: readonly Case[], report: CheckReport, options: ReportOptions): string[] {
  return [
    `  <testsuite${attributes({ name, ...counts(cases), ...suiteFacts(report) })}>`,
    ...cases.flatMap((one) => caseLines(one, options)),
    '  </testsuite>',
  ];
}

function suiteFacts({ startedAt }: CheckReport) {
  return { skipped: '0', timestamp: startedAt.replace(/\.\d+Z$/, 'Z') };
}

/** A testcase for each project that could not be checked. */
function uncheckedLines(unchecked: readonly Finding[], report: CheckReport): string[] {
  const name = 'projects';
  return [
    `  <testsuite${attributes({ name, ...counts([], unchecked.length), ...suiteFacts(report) })}>`,
    ...unchecked.flatMap(({ code, message, hint }) => [
      `    <testcase${attributes({ classname: name, name: message })}>`,
      `      <error${attributes({ type: code, message })}>${escaped(hint === undefined ? message : `${message}\nhint: ${hint}`)}</error>`,
      '    </testcase>',
    ]),
    '  </testsuite>',
  ];
}

function caseLines({ result, status }: Case, options: ReportOptions): string[] {
  const named = attributes({ classname: result.suite, name: resultName(result) });
  if (status === 'ok') return [`    <testcase${named}/>`];
  const body = textOf(result, options);
  const [worst] = result.findings;
  const about = attributes({ type: worst?.code ?? status, message: worst?.message ?? status });
  const element = status === 'error' ? 'error' : 'failure';
  const inner = status === 'warn' ? `<system-out>${body}</system-out>` : `<${element}${about}>${body}</${element}>`;
  return [`    <testcase${named}>`, `      ${inner}`, '    </testcase>'];
}

/** The console's report on a result. */
function textOf(result: PlanResult, options: ReportOptions): string {
  const plain = { ...options, color: false, width: WIDTH };
  return escaped(resultBlock([result], new Set(), plain, createPaint(false)).join('\n'));
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** Characters that XML 1.0 cannot express. Control characters are already escaped. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text.replace(NOT_XML, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
