import type { Provenance } from '../../model/baseline.ts';
import type { Finding } from '../../model/finding.ts';
import type { Deviation } from '../../model/plans/production-plan.ts';
import type { FirstDifference } from '../../model/plans/verification.ts';
import type { CheckFacts, CheckReport, PlanFigures, PlanResult, Rehearsal } from '../../model/result.ts';
import { jsonText, planJson, sorted } from './json-text.ts';

/**
 * The report for programs, from which `regress report` makes all others: keys in a fixed order, indented by two spaces, a
 * newline at the end. It leaves out a finding's node, which is part of the plans.
 */
export function jsonReport(report: CheckReport): string {
  const { format, regress, extension, startedAt, results, projects } = report;
  const { notes, ...facts } = factsJson(report);
  const ordered = {
    format,
    regress,
    extension,
    startedAt,
    ...facts,
    results: results.map(resultJson),
    notes,
    projects: projects?.map((project) => ({ name: project.name, ...factsJson(project) })),
  };
  return jsonText(ordered);
}

function factsJson(report: CheckFacts) {
  const { server, rehearsal, snapshot, suites, shard, settings, summary, against, causes, production } = report;
  return {
    server: { version: server.version, major: server.major },
    rehearsal: rehearsal && rehearsalJson(rehearsal),
    snapshot: { path: snapshot.path, digest: snapshot.digest, capturedAt: snapshot.capturedAt },
    suites: { path: suites.path, digest: suites.digest },
    shard: shard && { index: shard.index, total: shard.total, places: shard.places },
    settings: sorted(settings),
    summary: {
      queries: summary.queries,
      ok: summary.ok,
      warned: summary.warned,
      failed: summary.failed,
      errored: summary.errored,
    },
    against: against && {
      ref: against.ref,
      commit: against.commit,
      mergeBase: against.mergeBase,
      isHead: against.isHead,
      standing: against.standing,
    },
    causes: causes && {
      branch: causes.branch,
      settings: causes.settings,
      snapshot: causes.snapshot,
      version: causes.version,
      unknown: causes.unknown,
      growth: causes.growth,
    },
    failOn: report.failOn,
    conditions: report.conditions.map(({ code, message, effect, hint }) => ({ code, message, effect, hint })),
    production: production && {
      identical: production.identical,
      samePlan: production.samePlan,
      different: production.different,
      unplanned: production.unplanned,
      total: production.total,
      deviations: production.deviations.map(deviationJson),
    },
    notes: report.notes.map(findingJson),
  };
}

function resultJson(result: PlanResult): object {
  const { suite, query, file, line, sql, status, findings, values, baseline, current, production } = result;
  return {
    project: result.project,
    suite,
    query,
    case: result.case,
    file,
    line,
    sql,
    stats: result.stats && { calls: result.stats.calls, mean_exec_time: result.stats.mean_exec_time },
    settings: result.settings && sorted(result.settings),
    status,
    branchStatus: result.branchStatus,
    findings: findings.map(findingJson),
    changedBy: result.changedBy && { by: result.changedBy.by, growth: result.changedBy.growth },
    values,
    baselineValues: result.baselineValues,
    baseline: baseline && figuresJson(baseline),
    baselineMajor: result.baselineMajor,
    current: current && figuresJson(current),
    asPlanned: result.asPlanned && figuresJson(result.asPlanned),
    provenance: provenanceJson(result.provenance),
    auto: result.auto,
    runnerUp: result.runnerUp && { totalCost: result.runnerUp.totalCost, without: result.runnerUp.without },
    production,
  };
}

function provenanceJson({ query, snapshot, settings }: Provenance): object {
  return { query, snapshot, settings };
}

function deviationJson({ suite, query, verdict, difference, reasons, ...rest }: Deviation): object {
  return { suite, query, case: rest.case, verdict, difference: difference && differenceJson(difference), reasons };
}

function differenceJson({ source, target, label, sourceValue, targetValue }: FirstDifference): object {
  return { source, target, label, sourceValue, targetValue };
}

function rehearsalJson({ source, target, compared, sameShape, costRatio }: Rehearsal): object {
  const { least, median, greatest } = costRatio ?? {};
  return { source, target, compared, sameShape, costRatio: costRatio && { least, median, greatest } };
}

function findingJson({ code, severity, message, detail, hint, cause, standing }: Finding): object {
  return { code, severity, message, detail, hint, cause, standing };
}

function figuresJson({ totalCost, planRows, plan }: PlanFigures): object {
  return { totalCost, planRows, plan: planJson(plan) };
}
