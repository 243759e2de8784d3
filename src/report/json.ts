import type { Finding } from '../model/finding.ts';
import type { Deviation } from '../model/production-plan.ts';
import type { CheckReport, PlanFigures, PlanResult, Rehearsal } from '../model/result.ts';
import { jsonText, planJson, sorted } from './json-text.ts';

/**
 * The report for programs and the source of all others: keys in a fixed order, two spaces, a newline at the end. A
 * finding's node is left out, for it stands in the plans.
 */
export function jsonReport(report: CheckReport): string {
  const {
    format,
    regress,
    startedAt,
    server,
    rehearsal,
    snapshot,
    settings,
    summary,
    against,
    causes,
    failOn,
    conditions,
    production,
    results,
    notes,
  } = report;
  const ordered = {
    format,
    regress,
    startedAt,
    server: { version: server.version, major: server.major },
    rehearsal: rehearsal && rehearsalJson(rehearsal),
    snapshot: { path: snapshot.path, digest: snapshot.digest, capturedAt: snapshot.capturedAt },
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
    failOn,
    conditions: conditions.map(({ code, message, effect, hint }) => ({ code, message, effect, hint })),
    production: production && {
      identical: production.identical,
      samePlan: production.samePlan,
      different: production.different,
      unplanned: production.unplanned,
      total: production.total,
      deviations: production.deviations.map(deviationJson),
    },
    results: results.map(resultJson),
    notes: notes.map(findingJson),
  };
  return jsonText(ordered);
}

function resultJson(result: PlanResult): object {
  const { suite, query, file, line, sql, status, findings, values, baseline, current, production } = result;
  return {
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
    values,
    baselineValues: result.baselineValues,
    baseline: baseline && figuresJson(baseline),
    baselineMajor: result.baselineMajor,
    current: current && figuresJson(current),
    runnerUp: result.runnerUp && { totalCost: result.runnerUp.totalCost, without: result.runnerUp.without },
    production,
  };
}

function deviationJson({ suite, query, verdict, difference, reasons, ...rest }: Deviation): object {
  return { suite, query, case: rest.case, verdict, difference, reasons };
}

function rehearsalJson({ source, target, compared, sameShape, costRatio }: Rehearsal): object {
  return { source, target, compared, sameShape, costRatio };
}

function findingJson({ code, severity, message, detail, hint, cause, standing }: Finding): object {
  return { code, severity, message, detail, hint, cause, standing };
}

function figuresJson({ totalCost, planRows, plan }: PlanFigures): object {
  return { totalCost, planRows, plan: planJson(plan) };
}
