import { comparePlans, judge, planFigures, summarize } from '../../src/compare/index.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { CheckReport, PlanResult } from '../../src/model/result.ts';
import type { Query } from '../../src/model/suite.ts';
import type { ReportOptions } from '../../src/report/index.ts';
import { query } from './plan-builders.ts';

const PROVENANCE = { query: 'q', snapshot: 's', settings: 'g' };

export const OPTIONS: ReportOptions = { color: false, width: 100, verbose: false, elapsedMs: 2345, comparePlans };

/** A query judged as check does, in CI on 17. */
export function judgedResult(
  name: string,
  baseline: PlanNode | null,
  current: PlanNode,
  fields: Partial<Query> & { readonly case?: string } = {},
): PlanResult {
  const judged = query(name, { sql: 'SELECT id\nFROM orders', ...fields });
  const provenance = PROVENANCE;
  const verdict = judge({
    query: judged,
    case: fields.case ?? null,
    thresholds: { cost: { warn: 1.1, fail: 1.5, ignoreBelow: 100 }, rows: { warn: 10 }, shape: 'warn', drift: 'warn' },
    baseline: baseline && { query: name, case: fields.case ?? null, provenance, reason: '', plan: baseline },
    baselineMajor: 17,
    current,
    provenance,
    ci: true,
    major: 17,
    sourceMajor: 17,
    otherMajors: [],
    unknown: [],
    missing: [],
    reproduced: false,
    named: [],
    flip: null,
    timeCalls: { stable: [], volatile: [] },
    plannedAt: '2026-11-20 08:00:01 UTC',
    isNewCase: false,
    readingFunctions: [],
  });
  const { file, line, sql } = judged;
  return {
    suite: file,
    query: name,
    case: fields.case ?? null,
    file,
    line,
    sql,
    stats: judged.stats,
    ...verdict,
    values: null,
    baselineValues: null,
    baseline: baseline && planFigures(baseline),
    baselineMajor: baseline && 17,
    current: planFigures(current),
    production: null,
    provenance,
  };
}

/** A report of these results. */
export function checkReport(results: readonly PlanResult[], fields: Partial<CheckReport> = {}): CheckReport {
  return {
    format: 1,
    regress: '0.1.0',
    extension: '0.1',
    startedAt: '2026-11-22T10:00:00.000Z',
    server: { version: '17.6', major: 17 },
    rehearsal: null,
    snapshot: { path: 'snapshots/production', digest: '3f2a91c0aa31bb42', capturedAt: '2026-11-20T08:00:01.123456+00' },
    suites: { path: 'suites', digest: '5d0c0c6c42a1c0de' },
    shard: null,
    settings: { work_mem: '4096', random_page_cost: '1.1' },
    summary: summarize(results),
    against: null,
    causes: null,
    failOn: 'any',
    conditions: [],
    production: null,
    results,
    notes: [],
    ...fields,
  };
}
