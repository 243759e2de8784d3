import type { Finding } from '../model/finding.ts';
import type { PlanNode } from '../model/plan.ts';
import type { CheckReport, PlanFigures, PlanResult } from '../model/result.ts';

/**
 * The report for programs and the source of all others: keys in a fixed order, two spaces, a newline at the end. A
 * finding's node is left out, for it stands in the plans.
 */
export function jsonReport(report: CheckReport): string {
  const { format, regress, startedAt, server, snapshot, settings, summary, results, notes } = report;
  const ordered = {
    format,
    regress,
    startedAt,
    server: { version: server.version, major: server.major },
    snapshot: { path: snapshot.path, digest: snapshot.digest, capturedAt: snapshot.capturedAt },
    settings: sorted(settings),
    summary: {
      queries: summary.queries,
      ok: summary.ok,
      warned: summary.warned,
      failed: summary.failed,
      errored: summary.errored,
    },
    results: results.map(resultJson),
    notes: notes.map(findingJson),
  };
  return `${JSON.stringify(ordered, null, 2).replace(UNESCAPED, escaped)}\n`;
}

/** JSON.stringify leaves DEL and the C1 controls as they are, and terminals obey the latter. */
const UNESCAPED = /[\u007f-\u009f]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function resultJson(result: PlanResult): object {
  const { suite, query, file, line, sql, status, findings, baseline, current } = result;
  return {
    suite,
    query,
    case: result.case,
    file,
    line,
    sql,
    status,
    findings: findings.map(findingJson),
    baseline: baseline && figuresJson(baseline),
    current: current && figuresJson(current),
  };
}

function findingJson({ code, severity, message, detail, hint, cause }: Finding): object {
  return { code, severity, message, detail, hint, cause };
}

function figuresJson({ totalCost, planRows, plan }: PlanFigures): object {
  return { totalCost, planRows, plan: planJson(plan) };
}

/** Properties are sorted, because a baseline read from its file has them in another order than EXPLAIN. */
function planJson(node: PlanNode): object {
  const { nodeType, startupCost, totalCost, planRows, planWidth, schema, relationName, alias, indexName } = node;
  return {
    nodeType,
    startupCost,
    totalCost,
    planRows,
    planWidth,
    schema,
    relationName,
    alias,
    indexName,
    properties: sorted(node.properties),
    plans: node.plans.map(planJson),
  };
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
