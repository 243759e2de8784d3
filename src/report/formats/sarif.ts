import { createHash } from 'node:crypto';
import type { Finding, FindingCode } from '../../model/finding.ts';
import { type CheckReport, countedStatus, isBad, type PlanResult, uncheckedProjects } from '../../model/result.ts';
import { FINDING_TITLES } from '../text/finding-titles.ts';
import { repositoryPath, resultName } from '../text/location.ts';
import { visibleCopy } from '../text/visible-text.ts';
import { jsonText } from './json-text.ts';

const CODES = Object.keys(FINDING_TITLES) as FindingCode[];

/** Characters of SQL before it is cut, because services refuse large files. */
const MAX_SNIPPET = 2000;

/** SARIF 2.1.0: a result for each finding above a note, at the line of its query. */
export function sarifReport(report: CheckReport): string {
  const shown = visibleCopy(report);
  const run = {
    tool: { driver: { name: 'regress', version: shown.regress, rules: CODES.map(ruleOf) } },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'the top of the repository' } } },
    invocations: [invocationOf(shown)],
    results: shown.results.flatMap((result) =>
      result.findings.filter(isAboveNote).map((finding) => resultOf(finding, result, shown)),
    ),
  };
  return jsonText({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] });
}

/** The run counts as unsuccessful if a project could not be checked. */
function invocationOf(report: CheckReport): object {
  const failures = uncheckedProjects(report).map(({ message }) => ({ level: 'error', message: { text: message } }));
  const notifications = failures.length === 0 ? {} : { toolExecutionNotifications: failures };
  return { executionSuccessful: failures.length === 0, startTimeUtc: report.startedAt, ...notifications };
}

function ruleOf(code: FindingCode): object {
  return {
    id: code,
    shortDescription: { text: FINDING_TITLES[code] },
    help: { text: `docs/findings/${code}.md of regress-pg: what it says, why it matters, what to do.` },
  };
}

function isAboveNote({ severity }: Finding): boolean {
  return severity !== 'note';
}

function resultOf(finding: Finding, result: PlanResult, report: CheckReport): object {
  const { baseline, current, line, sql } = result;
  const snippet = sql.length > MAX_SNIPPET ? `${Array.from(sql.slice(0, MAX_SNIPPET)).slice(0, -1).join('')}…` : sql;
  return {
    ruleId: finding.code,
    ruleIndex: CODES.indexOf(finding.code),
    level: levelOf(finding, result, report),
    message: { text: messageOf(finding, result) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(repositoryPath(result, report)), uriBaseId: '%SRCROOT%' },
          region: { startLine: line },
        },
        logicalLocations: [{ name: resultName(result), fullyQualifiedName: `${result.suite}: ${resultName(result)}` }],
      },
    ],
    partialFingerprints: { 'regressFinding/v1': fingerprint(finding, result) },
    properties: {
      sql: snippet,
      baselineCost: baseline?.totalCost ?? null,
      currentCost: current?.totalCost ?? null,
      cause: finding.cause ?? [],
    },
  };
}

/** Only findings that count for the exit status are errors. */
function levelOf({ severity }: Finding, result: PlanResult, { failOn }: CheckReport): 'error' | 'warning' {
  return severity !== 'warn' && isBad(countedStatus(result, failOn)) ? 'error' : 'warning';
}

function messageOf({ message, detail, hint }: Finding, result: PlanResult): string {
  const next = hint === undefined ? [] : [`hint: ${hint}`];
  const text = [`${resultName(result)}: ${message}`, ...(detail === undefined ? [] : [detail]), ...next].join('\n');
  // SARIF readers see a link here. A zero-width joiner keeps it text.
  return text.replaceAll('](', ']\u2060(');
}

/** An identity of the finding that does not depend on figures and lines. */
function fingerprint({ code }: Finding, { suite, query, ...rest }: PlanResult): string {
  return createHash('sha256')
    .update(JSON.stringify([suite, query, rest.case, code]))
    .digest('hex');
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
