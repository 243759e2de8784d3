import type { Finding } from '../../model/finding.ts';
import { formatCost, formatRatio } from '../../model/plans/figures.ts';
import { type CheckReport, countedStatus, isBad, type PlanResult, uncheckedProjects } from '../../model/result.ts';
import { listed } from '../../model/text/wording.ts';
import type { ReportOptions } from '../options.ts';
import { repositoryPath, resultName } from '../text/location.ts';
import { acceptHints } from '../text/result-block.ts';
import { type ResultGroup, resultGroups } from '../text/result-groups.ts';
import { visibleCopy } from '../text/visible-text.ts';
import { markdownText } from './markdown.ts';

/** Annotations of one kind that GitHub shows for a step. */
const MAX_OF_KIND = 10;

/** Characters of one annotation. GitHub shows only the beginning of a longer one. */
const MAX_TITLE = 200;
const MAX_MESSAGE = 4000;

/** Further queries that one annotation names. */
const MAX_ALSO = 20;

type Kind = 'error' | 'warning';

/** Workflow commands that GitHub shows as annotations at the lines of queries: the worst first, at most ten of a kind. */
export function githubReport(report: CheckReport): string {
  const shown = visibleCopy(report);
  const kindOf = (result: PlanResult): Kind => (isBad(countedStatus(result, shown.failOn)) ? 'error' : 'warning');
  const groups = resultGroups(shown.results);
  const kinds = (['error', 'warning'] as const).map((kind) => {
    return annotations(
      kind,
      groups.filter(({ results: [first] }) => kindOf(first) === kind),
      shown,
    );
  });
  return [...uncheckedProjects(shown).map(uncheckedAnnotation), ...kinds.flat()].join('');
}

/** The job summary in Markdown, of at most `limit` bytes; empty if not even its head fits. */
export function jobSummary(report: CheckReport, options: ReportOptions, limit: number): string {
  return markdownText(report, options, { limit, marker: null });
}

/** The annotation of a project that could not be checked. It has no file and line. */
function uncheckedAnnotation({ message, hint }: Finding): string {
  const text = [cut(message, MAX_MESSAGE), ...(hint === undefined ? [] : [`hint: ${hint}`])].join('\n');
  return `::error title=regress::${data(text)}\n`;
}

function annotations(kind: Kind, groups: readonly ResultGroup[], report: CheckReport): readonly string[] {
  const more = groups.length - MAX_OF_KIND;
  return groups.slice(0, MAX_OF_KIND).map((group, at) => {
    const rest = at === MAX_OF_KIND - 1 && more > 0 ? `… and ${more} more, see the job summary` : '';
    return annotation(kind, group, rest, report);
  });
}

function annotation(kind: Kind, group: ResultGroup, rest: string, report: CheckReport): string {
  const [result, ...others] = group.results;
  const place = { file: repositoryPath(result, report), line: String(result.line) };
  const properties = Object.entries({ ...place, title: cut(titleOf(group), MAX_TITLE) });
  const findings = result.findings.filter(({ severity }) => severity !== 'note');
  const hints =
    group.kind === 'missing' ? acceptHints(group.results, false) : findings.flatMap(({ hint }) => hint ?? []);
  const text = [
    ...findings.flatMap(({ message, detail, code }) => [
      `${message} [${code}]`,
      ...(detail === undefined ? [] : [detail]),
    ]),
    ...alsoLines(group.kind, others),
    ...new Set(hints.map((hint) => `hint: ${hint}`)),
  ].join('\n');
  const message = [cut(text, MAX_MESSAGE), ...(rest === '' ? [] : [rest])].join('\n');
  const written = properties.map(([name, value]) => `${name}=${property(value)}`).join(',');
  return `::${kind} ${written}::${data(message)}\n`;
}

function alsoLines(kind: ResultGroup['kind'], others: readonly PlanResult[]): readonly string[] {
  if (others.length === 0) return [];
  const names = others.map((other) => (kind === 'plan' ? `[${other.case}]` : resultName(other)));
  return [`Also ${listed(names, MAX_ALSO)}.`];
}

function titleOf({ kind, results: [result, ...others] }: ResultGroup): string {
  const { baseline, current } = result;
  const name = resultName(result);
  if (kind !== 'plan') return others.length === 0 ? name : `${name} and ${others.length} more`;
  if (current === null) return `${name} could not be planned`;
  if (baseline === null || baseline.totalCost === current.totalCost) return name;
  const ratio = formatRatio(baseline.totalCost, current.totalCost);
  const cost = `cost ${formatCost(baseline.totalCost)} → ${formatCost(current.totalCost)}`;
  return `${name}: ${cost}${ratio === '' ? '' : ` (${ratio})`}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Escapes characters that would end a line or a property; the runner decodes them. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
