import { createHash } from 'node:crypto';
import type { Finding } from '../../model/finding.ts';
import type { ReproductionSummary } from '../../model/plans/production-plan.ts';
import type { CheckFacts, CheckReport, PlanResult, ProjectFacts } from '../../model/result.ts';
import { summarizeCauses } from '../causes/cause-summary.ts';
import { summarizeRehearsal } from './rehearsal.ts';
import { summarize } from './summary.ts';

/** The report of one project of several. */
export interface ProjectReport {
  readonly name: string;
  readonly report: CheckReport;
}

/**
 * Prepares a project's report for joining: results and notes name the project, paths of suites begin with `prefix` (`.`
 * for none), and the commands in hints have `--project`.
 */
export function ofProject(report: CheckReport, name: string, prefix: string): ProjectReport {
  const path = (file: string) => (prefix === '.' ? file : `${prefix}/${file}`);
  const named = (finding: Finding) => withProject(finding, name);
  const { production, notes } = report;
  return {
    name,
    report: {
      ...report,
      results: report.results.map((result) => ({
        ...result,
        project: name,
        suite: path(result.suite),
        file: path(result.file),
        findings: result.findings.map(named),
      })),
      notes: notes.map((note) => ({ ...named(note), message: `${name}: ${note.message}` })),
      production: production && {
        ...production,
        deviations: production.deviations.map((one) => ({ ...one, suite: path(one.suite) })),
      },
    },
  };
}

/** A command of regress in a hint. */
const COMMAND = /npx regress-pg [a-z]+/;

function withProject(finding: Finding, name: string): Finding {
  const { hint } = finding;
  if (hint === undefined) return finding;
  return { ...finding, hint: hint.replace(COMMAND, (command) => `${command} --project ${name}`) };
}

/**
 * Joins the reports of projects into one; `parts` is not empty. A value that all share stays; counts are added; settings
 * are those that all share; the snapshot's digest is one of all digests, its time the oldest. `folder` contains all
 * projects, and is relative to the top of the repository.
 */
export function joinProjects(parts: readonly ProjectReport[], folder: string): CheckReport {
  const reports = parts.map(({ report }) => report);
  const [first] = reports;
  if (first === undefined) throw new TypeError('there is no project to join');
  const failOn = reports.some((report) => report.failOn === 'branch') ? 'branch' : 'any';
  const results = reports.flatMap((report) => report.results.map((result) => countedBy(report.failOn, result)));
  const rehearsal = reports.find((report) => report.rehearsal !== null)?.rehearsal ?? null;
  const against = reports.find((report) => report.against !== null)?.against ?? null;
  const sum = (of: (report: CheckReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return {
    format: first.format,
    regress: first.regress,
    extension: first.extension,
    startedAt: least(reports.map(({ startedAt }) => startedAt)),
    server: {
      version: listed(reports.map(({ server }) => server.version)),
      major: Math.max(...reports.map(({ server }) => server.major)),
    },
    rehearsal: rehearsal && summarizeRehearsal(results, rehearsal),
    snapshot: {
      path: listed(reports.map(({ snapshot }) => snapshot.path)),
      digest: digestOf(reports.map(({ snapshot }) => snapshot.digest)),
      capturedAt: least(reports.map(({ snapshot }) => snapshot.capturedAt)),
    },
    suites: { path: folder, digest: digestOf(reports.map(({ suites }) => suites.digest)) },
    shard: first.shard && { ...first.shard, places: reports.flatMap(({ shard }) => shard?.places ?? []) },
    settings: sharedSettings(reports),
    summary: summarize(results),
    against: against && { ...against, standing: sum((report) => report.against?.standing ?? 0) },
    causes: summarizeCauses(results),
    failOn,
    conditions: parts.flatMap(({ name, report }) =>
      report.conditions.map((condition) => ({ ...condition, message: `${name}: ${condition.message}` })),
    ),
    production: sumOf(reports.flatMap(({ production }) => production ?? [])),
    results,
    notes: reports.flatMap(({ notes }) => notes),
    projects: parts.map(({ name, report }) => factsOf(name, report)),
  };
}

/** Splits a joined report into its projects' reports. */
export function splitProjects(report: CheckReport): ProjectReport[] {
  const { projects = [], results, ...common } = report;
  return projects.map(({ name, ...facts }) => ({
    name,
    report: { ...common, ...facts, results: results.filter(({ project }) => project === name) },
  }));
}

/** In a project with failOn `any` every failure counts, so its results lose their `branchStatus`. */
function countedBy(failOn: CheckFacts['failOn'], result: PlanResult): PlanResult {
  if (failOn === 'branch' || result.branchStatus === undefined) return result;
  const { branchStatus: _, ...counted } = result;
  return counted;
}

function factsOf(name: string, report: CheckReport): ProjectFacts {
  const { format: _, regress: _r, extension: _e, startedAt: _s, results: _rs, projects: _p, ...facts } = report;
  return { name, ...facts };
}

function sharedSettings(reports: readonly CheckFacts[]): CheckFacts['settings'] {
  const [first, ...others] = reports;
  const shared = Object.entries(first?.settings ?? {}).filter(([name, value]) =>
    others.every(({ settings }) => settings[name] === value),
  );
  return Object.fromEntries(shared);
}

function sumOf(parts: readonly ReproductionSummary[]): ReproductionSummary | null {
  if (parts.length === 0) return null;
  const sum = (of: (part: ReproductionSummary) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    identical: sum(({ identical }) => identical),
    samePlan: sum(({ samePlan }) => samePlan),
    different: sum(({ different }) => different),
    unplanned: sum(({ unplanned }) => unplanned),
    total: sum(({ total }) => total),
    deviations: parts.flatMap(({ deviations }) => deviations),
  };
}

function listed(texts: readonly string[]): string {
  return [...new Set(texts)].join(', ');
}

function least(texts: readonly string[]): string {
  return [...texts].sort()[0] ?? '';
}

/** The digest of several digests, in order. */
function digestOf(digests: readonly string[]): string {
  return createHash('sha256').update(digests.join('\n')).digest('hex');
}
