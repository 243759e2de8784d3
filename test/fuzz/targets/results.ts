import { exitStatus, joinProjects, mergeReports, ofProject } from '../../../src/compare/index.ts';
import { type CheckReport, uncheckedProjects } from '../../../src/model/result.ts';
import { jobSummary, parseReport, type ReportOptions, reporters } from '../../../src/report/index.ts';
import { mixedReport } from '../../support/page-reports.ts';
import { OPTIONS } from '../../support/report-builders.ts';
import { everythingReport, HOSTILE } from '../../support/reports.ts';
import { fromBytes, toBytes } from '../mutate.ts';
import { joinParts, splitParts, variedPart } from '../parts.ts';
import type { Target } from '../target.ts';
import { Violation } from '../target.ts';

const PAGE = { script: 'script', style: 'style', viewerScript: 'viewer', viewerStyle: 'style', licences: 'licences' };

const WORDS = [
  ...HOSTILE,
  ...[
    'ok',
    'warn',
    'fail',
    'error',
    'note',
    'identical',
    'same plan',
    'different',
    'branch',
    'any',
    'snapshot',
    'generic',
  ],
  ...[
    'plan-changed',
    'cost-rise',
    'Seq Scan',
    'Index Scan',
    'Append',
    'Nested Loop',
    'SubPlan 1',
    'InitPlan 1 (returns $0)',
    'CTE x',
    'Parent Relationship',
    'Subplan Name',
    'Outer',
    'Member',
  ],
  ...[
    '2026-11-22T10:00:00.000Z',
    '275760-09-13',
    'not a time',
    '../../etc/passwd',
    'a\nb',
    'a\tb',
    'x'.repeat(3_000),
    '$1',
    '%s',
  ],
];

/** Results of `regress report`: of one check, or of its shards, rendered by every reporter. */
export function results(): Target {
  return {
    name: 'results',
    seeds: seedReports().map((reports) => joinParts(reports.map((report) => toBytes(JSON.stringify(report))))),
    words: WORDS,
    vary: variedPart(WORDS),
    run: async (input) => {
      const stored = splitParts(input).map((part, at) => {
        const file = `shard-${at + 1}.json`;
        return { file, report: parseReport(fromBytes(part), file) };
      });
      const merged = mergeReports(stored);
      uncheckedProjects(merged);
      if (![0, 1, 2].includes(exitStatus(merged))) throw new Violation('there is no such exit status');
      for (const options of optionsFor(input)) render(merged, options);
    },
  };
}

function render(report: CheckReport, options: ReportOptions): void {
  for (const reporter of Object.values(reporters)) reporter(report, options);
  jobSummary(report, options, 50_000);
  // What json wrote is read again, whatever it was made of.
  parseReport(reporters.json(report, options), 'results.json');
}

/** The terminal of one run, which the input decides. */
function optionsFor(input: string): ReportOptions[] {
  const number = input.length % 97;
  const width = [1, 20, 40, 80, 100, 250][number % 6] ?? 100;
  return [{ ...OPTIONS, color: number % 2 === 0, verbose: number % 3 === 0, width, page: PAGE }];
}

/** Whole checks, the shards of one, and one of several projects. */
function seedReports(): CheckReport[][] {
  const whole = { ...everythingReport(), shard: null };
  const mixed = mixedReport();
  const shard = (index: number): CheckReport => {
    const results = whole.results.slice(index - 1, index);
    return { ...whole, results, shard: { index, total: 2, places: results.map(() => index - 1) } };
  };
  const projects = joinProjects([ofProject(whole, 'shop', 'shop/suites'), ofProject(mixed, 'bill', '.')], '.');
  return [[whole], [everythingReport()], [mixed], [shard(1), shard(2)], [projects]];
}
