import { queryFailed, staleBaselines, summarize } from '../../src/compare/index.ts';
import type { CheckReport, PlanResult } from '../../src/model/result.ts';
import { indexScan, node, seqScan } from './plan-builders.ts';
import { checkReport, judgedResult } from './report-builders.ts';

/** Text that would do harm or break a format where it was not taken for text. */
export const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  ']]> <!-- --> &amp; &lt;',
  '\x1b[2J\x1b]0;title\x07\x00\x9b31m\x7f\x08',
  '👩‍👩‍👧‍👦 日本語 \u202egnp.exe\u202c עברית مرحبا',
  '\ud800 \udfff \ufffe \uffff \u2028 \ufeff',
  '::error file=a,line=1::owned\n::stop-commands::x\r\n##[error]owned %0A%25',
  '# | ` ``` ```` ~~~ **bold** _em_ [link](javascript:alert(1)) ![i](http://e.example/x.png)',
  '</details></td></table> @everyone #1 GH-1 www.example.org https://example.org a@b.example $x$',
  '... --- ok 1 # SKIP # TODO Bail out! \\ "quotes" \'single\' {{7*7}} ${x}',
] as const;

/** Queries of every status whose names, SQL, plans and messages are hostile, one of them 200 kB long. */
export function hostileReport(): CheckReport {
  const long = HOSTILE.join(' ').repeat(300);
  const results = HOSTILE.flatMap((text, at) => {
    const name = `${text} ${at}`;
    const filter = { Filter: `(note = '${text}')` };
    const sql = `SELECT '${text}'\nFROM orders -- ${text}`;
    const [before, after] = [indexScan('orders', text), seqScan(`orders ${at}`, { totalCost: 500 + at, ...filter })];
    const failed = judgedResult(name, before, after, { case: text, sql });
    const warned = judgedResult(`warned ${name}`, before, seqScan(`orders ${at}`, filter), { sql });
    return [failed, warned, unplannable(judgedResult(`broken ${name}`, null, before, { sql }), text)];
  });
  const big = judgedResult('big', indexScan('orders', 'i'), seqScan('orders', { totalCost: 900, Filter: long }), {
    sql: `SELECT '${long}'`,
  });
  const fine = judgedResult(`fine ${HOSTILE.join('')}`, before(), before());
  const all = [...results, big, fine];
  return checkReport(all, {
    summary: summarize(all),
    snapshot: { path: HOSTILE[0], digest: HOSTILE[1], capturedAt: HOSTILE[2] },
    against: { ref: HOSTILE[8], commit: 'abc', mergeBase: false, isHead: false, standing: 0 },
    notes: [{ code: 'query-removed', severity: 'note', message: HOSTILE[6] }],
  });
}

/** A report in which every optional part is there. */
export function everythingReport(): CheckReport {
  const worse = judgedResult('recent', before(), seqScan('orders', { totalCost: 250, Filter: 'x' }), {
    case: 'big',
    stats: { calls: 10, mean_exec_time: 1.5 },
  });
  const result: PlanResult = {
    ...worse,
    findings: worse.findings.map((finding) => ({ ...finding, standing: true, detail: 'A.\nB.', hint: 'h' })),
    branchStatus: 'ok',
    changedBy: { by: 'snapshot', growth: 'public.orders grew 80 %' },
    values: 'a = 1',
    baselineValues: 'a = 2',
    runnerUp: { totalCost: 110, without: ['enable_seqscan'] },
    production: 'identical',
  };
  const broken = unplannable(judgedResult('broken', null, before()), 'x');
  const results = [result, { ...broken, line: 30 }, { ...judgedResult('fine', before(), before()), line: 40 }];
  return checkReport(results, {
    rehearsal: { source: 16, target: 17, compared: 2, sameShape: 1, costRatio: { least: 1, median: 2, greatest: 2.5 } },
    shard: { index: 1, total: 1, places: [0, 1, 2] },
    against: { ref: 'main', commit: 'c0ffee', mergeBase: true, isHead: false, standing: 1 },
    causes: { branch: 0, settings: 0, snapshot: 1, version: 0, unknown: 0, growth: 'public.orders grew 80 %' },
    failOn: 'branch',
    conditions: [
      { code: 'major', message: 'm', effect: 'e', hint: 'h' },
      { code: 'values', message: 'm', effect: 'e' },
    ],
    production: {
      identical: 1,
      samePlan: 0,
      different: 1,
      unplanned: 1,
      total: 3,
      deviations: [
        {
          suite: 's',
          query: 'q',
          case: null,
          verdict: 'different',
          difference: { source: 'a', target: 'b', label: 'l', sourceValue: '1', targetValue: '2' },
          reasons: ['r'],
        },
        { suite: 's', query: 'q', case: 'c', verdict: null, difference: null, reasons: [] },
      ],
    },
    notes: staleBaselines('suites/orders.yaml', [{ query: 'gone', case: null }]),
  });
}

/** The same query as one that PostgreSQL refuses. */
export function unplannable(result: PlanResult, text: string): PlanResult {
  const error = { message: `column "${text}" does not exist`, code: '42703', hint: text, position: 8 };
  return { ...result, status: 'error', findings: [queryFailed(error, result.sql)], baseline: null, current: null };
}

function before() {
  return node('Limit', {}, indexScan('orders', 'orders_pkey', { 'Index Cond': '(id = 1)' }));
}
