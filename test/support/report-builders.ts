import { judge, planFigures, summarize } from '../../src/compare/index.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { CheckReport, PlanResult } from '../../src/model/result.ts';
import type { Query } from '../../src/model/suite.ts';
import type { ReportOptions } from '../../src/report/index.ts';
import { acceptedBlock, judgement, PROVENANCE } from './judgements.ts';
import { query } from './plan-builders.ts';

export const OPTIONS: ReportOptions = { color: false, width: 100, verbose: false, elapsedMs: 2345 };

/** A query judged as check does, in CI on 17. */
export function judgedResult(
  name: string,
  baseline: PlanNode | null,
  current: PlanNode,
  fields: Partial<Query> & { readonly case?: string } = {},
): PlanResult {
  const judged = query(name, { sql: 'SELECT id\nFROM orders', ...fields });
  const planned = { query: name, case: fields.case ?? null };
  const accepted = baseline && acceptedBlock(baseline, planned);
  const verdict = judge(judgement(current, { query: judged, case: planned.case, baseline: accepted }));
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
    provenance: PROVENANCE,
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
