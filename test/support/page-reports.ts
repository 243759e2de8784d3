import type { PlanNode } from '../../src/model/plan.ts';
import type { CheckReport, PlanResult } from '../../src/model/result.ts';
import { bitmapScan, hashJoin, indexScan, node, seqScan } from './plan-builders.ts';
import { checkReport, judgedResult } from './report-builders.ts';

const RECENT = `SELECT o.id, c.name -- with a comment
FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.customer_id = $1 AND o.state = 'open' LIMIT 20`;

/** A plan of four nodes whose first input is given. */
function joined(orders: PlanNode, totalCost: number): PlanNode {
  const customers = seqScan('customers c', { totalCost: 40, planRows: 900 });
  return node(
    'Limit',
    { totalCost, planRows: 20 },
    hashJoin(orders, customers, { totalCost, 'Hash Cond': '(c.id = o.customer_id)' }),
  );
}

/** One of each verdict: failed by the schema, warned, as accepted, and not to be planned. */
export function mixedReport(fields: Partial<CheckReport> = {}): CheckReport {
  const failed = {
    ...judgedResult(
      'recent-orders',
      joined(
        indexScan('orders o', 'orders_customer_id_idx', { totalCost: 8.3, 'Index Cond': '(customer_id = 17)' }),
        120,
      ),
      joined(seqScan('orders o', { totalCost: 2400, Filter: '(customer_id = 17)' }), 2640),
      { sql: RECENT, case: 'big' },
    ),
    values: '$1 = 17',
    settings: { work_mem: '64MB' },
  };
  const warned = judgedResult(
    'by-state',
    bitmapScan('orders', 'orders_state_idx'),
    seqScan('orders', { totalCost: 90 }),
  );
  const same = seqScan('archive.invoices', { totalCost: 310, planRows: 12_000 });
  const ok = judgedResult('all-invoices', same, same, { sql: 'SELECT * FROM archive.invoices' });
  const unplanned: PlanResult = {
    ...judgedResult('lost', same, same),
    status: 'error',
    current: null,
    findings: [
      { code: 'query-failed', severity: 'error', message: 'relation "invoicez" does not exist', cause: ['query'] },
    ],
  };
  return checkReport([ok, warned, failed, unplanned], fields);
}

/** What must not be run, loaded, or reorder what is read. */
export const HOSTILE = {
  image: '<img src=x onerror="globalThis.hacked=1">',
  script: '</script><script>globalThis.hacked=1</script>',
  comment: '<!--<script>',
  cdata: ']]>',
  escape: '\x1b[31mred\x1b[0m\u0000',
  emoji: '👩🏽‍🚀 emoji',
  rightToLeft: 'שלום \u202egnp.exe',
  link: 'javascript:globalThis.hacked=1',
};

/** Markup that asks for an address as soon as it is markup. */
function beacons(address: string): string {
  return [
    `<img src="${address}/image">`,
    `<style>@import url(${address}/style); body { background: url(${address}/background) }</style>`,
    `<meta http-equiv="refresh" content="0;url=${address}/refresh">`,
    `<iframe src="${address}/frame"></iframe><object data="${address}/object"></object>`,
    `<link rel="stylesheet" href="${address}/link"><svg><image href="${address}/svg" /></svg>`,
  ].join('');
}

/**
 * Every text that a suite or a database has a say in is hostile, and one query has 200 kB of SQL. `address` is what they
 * would like to be fetched.
 */
export function hostileReport(address = 'http://127.0.0.1:9'): CheckReport {
  const texts = Object.values(HOSTILE);
  const all = [...texts, beacons(address)].join(' ');
  const results = texts.map((text, at) => {
    const scan = indexScan(`x o`, text, {
      relationName: text,
      alias: text,
      schema: text,
      totalCost: 9,
      'Index Cond': all,
    });
    const now = seqScan('x', {
      relationName: text,
      alias: text,
      schema: text,
      totalCost: 900 + at,
      Filter: all,
      [text]: all,
    });
    const sql = at === 0 ? `SELECT '${'<b>&amp; '.repeat(25_000)}'` : `SELECT ${all}\nFROM "${text}"`;
    const result = judgedResult(text, scan, now, { sql, case: text, file: `suites/${text}.yaml` });
    const [first] = result.findings;
    const told = first === undefined ? [] : [{ ...first, message: all, detail: `${all}\n${all}`, hint: all }];
    return { ...result, values: all, settings: { [text]: all }, findings: [...told, ...result.findings] };
  });
  return checkReport(results, {
    settings: { [HOSTILE.image]: all, __proto__: 'x', constructor: all },
    notes: [{ code: 'baseline-stale', severity: 'warn', message: all, hint: all }],
    conditions: [{ code: 'setting', message: all, effect: all, hint: all }],
    snapshot: { path: all, digest: all, capturedAt: all },
  });
}

/** As many planned queries as a large project has, an eighth of them changed, with plans of some thirty nodes. */
export function largeReport(count: number): CheckReport {
  const results = Array.from({ length: count }, (_, at) => {
    const before = largePlan(at, 3, false);
    const changed = at % 8 === 0;
    const sql = `SELECT *\nFROM table_${at % 40} t\n${'JOIN other o ON o.id = t.other_id\n'.repeat(8)}WHERE t.id = $1`;
    return judgedResult(`query-${at}`, before, changed ? largePlan(at, 3, true) : before, {
      sql,
      file: `suites/part-${at % 12}.yaml`,
      line: at,
    });
  });
  return checkReport(results);
}

function largePlan(seed: number, depth: number, changed: boolean): PlanNode {
  const table = `table_${(seed * 7 + depth) % 40} t${depth}`;
  const totalCost = (100 + ((seed * 37) % 900)) * 3 ** depth * (changed ? 1 + (seed % 5) : 1);
  if (depth === 0) {
    return changed
      ? seqScan(table, { totalCost, planRows: 1000, Filter: `(t0.id = ${seed})` })
      : indexScan(table, `${table.split(' ')[0]}_pkey`, {
          totalCost,
          planRows: 1000,
          'Index Cond': `(t0.id = ${seed})`,
        });
  }
  const [outer, inner] = [largePlan(seed, depth - 1, changed), largePlan(seed + 1, depth - 1, false)];
  return hashJoin(outer, inner, { totalCost, planRows: 500, 'Hash Cond': `(t${depth}.other_id = t${depth - 1}.id)` });
}
