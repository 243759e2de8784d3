import type { Finding } from '../../model/finding.ts';
import {
  type CheckReport,
  countedStatus,
  countWithStatus,
  isBad,
  type PlanResult,
  type Status,
  uncheckedProjects,
} from '../../model/result.ts';
import { repositoryPath, resultName } from '../text/location.ts';
import { visibleCopy } from '../text/visible-text.ts';

/** TAP 14: a test point for each planned query, with its findings as YAML. */
export function tapReport(report: CheckReport): string {
  const shown = visibleCopy(report);
  const { results } = shown;
  const count = (wanted: Status) => countWithStatus(wanted, shown);
  const unchecked = uncheckedProjects(shown);
  const lines = [
    'TAP version 14',
    `1..${results.length + unchecked.length}`,
    ...results.flatMap((result, at) => pointLines(result, at + 1, shown)),
    ...unchecked.map(({ message }, at) => `not ok ${results.length + at + 1} - ${described(message)}`),
    `# ${count('ok')} ok, ${count('warn')} warned, ${count('fail')} failed, ${count('error')} could not be planned`,
  ];
  return `${lines.join('\n')}\n`;
}

function pointLines(result: PlanResult, number: number, report: CheckReport): readonly string[] {
  const isOk = !isBad(countedStatus(result, report.failOn));
  const point = `${isOk ? 'ok' : 'not ok'} ${number} - ${described(`${result.suite}: ${resultName(result)}`)}`;
  const findings = result.findings.filter(({ severity }) => severity !== 'note');
  if (findings.length === 0) return [point];
  const { status, line, baseline, current } = result;
  const about = {
    status,
    at: { file: repositoryPath(result, report), line },
    ...(baseline !== null && { before: { cost: baseline.totalCost, rows: baseline.planRows } }),
    ...(current !== null && { now: { cost: current.totalCost, rows: current.planRows } }),
    findings: findings.map(findingOf),
  };
  return [point, '  ---', ...yamlLines(about), '  ...'];
}

function findingOf({ code, severity, message, detail, hint }: Finding): object {
  return { code, severity, message, detail, hint };
}

/** Escapes number signs, which would begin a directive. */
function described(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}

/** Writes values as JSON, which is valid YAML and quotes any text. */
function yamlLines(about: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(about).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
}
