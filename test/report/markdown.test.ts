import { describe, expect, it } from 'vitest';
import type { PlanResult } from '../../src/model/result.ts';
import { reporters } from '../../src/report/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { foreignElements, renderedMarkdown } from '../support/readers.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';
import { hostileReport, unplannable } from '../support/reports.ts';

const markdown = (report = hostileReport()) => reporters.markdown(report, OPTIONS);

const before = indexScan('orders', 'a');
const worse = (name: string, fields = {}) =>
  judgedResult(name, before, seqScan('orders', { totalCost: 250, Filter: 'x' }), fields);

/** A plan that is as accepted, of a query that touches what the schema lacks. */
function drifting(name: string): PlanResult {
  const finding = {
    code: 'schema-drift',
    severity: 'warn',
    message: 'production has objects that this schema lacks',
  } as const;
  return { ...judgedResult(name, before, before), status: 'warn', findings: [finding] };
}

it('is a verdict, a table and folded plans', () => {
  const broken = unplannable(judgedResult('broken', null, before, { line: 30 }), 'x');
  const warned = judgedResult('warned', before, seqScan('orders'), { line: 50 });
  const cheaper = judgedResult('cheaper', before, indexScan('orders', 'a', { totalCost: 20 }));
  const results = [
    { ...worse('recent', { case: 'a' }), changedBy: { by: 'branch' as const, growth: null } },
    worse('recent', { case: 'b' }),
    broken,
    { ...warned, changedBy: { by: 'snapshot' as const, growth: 'public.orders grew 80 %' } },
    cheaper,
  ];
  const report = checkReport(results, {
    against: { ref: 'origin/main', commit: 'c0ffeec0ffeec0ffee', mergeBase: false, isHead: false, standing: 2 },
    causes: { branch: 1, settings: 0, snapshot: 1, version: 0, unknown: 0, growth: null },
  });
  expect(markdown(report)).toMatchInlineSnapshot(`
    "<!-- regress -->
    ### ❌ regress: 1 could not be planned, 2 plans got worse, 1 warning; 1 of 5 as at origin/main

    - **Against**: origin/main, c0ffeec0ffee; 2 findings are there too (--verbose)
    - **Causes**: 1 plan changed by this branch
    - **Snapshot**: snapshots/production, captured 2026-11-20 08&#58;00 UTC, 3f2a91c0aa31
    - **Server**: PostgreSQL 17.6

    | | query | cost | | finding | changed by |
    |---|---|--:|--:|---|---|
    | ⛔ | <code>broken</code> |  |  | column &#34;x&#34; does not exist (query-failed) |  |
    | ❌ | <code>recent &#91;a&#93;</code> and 1 more case | 100.00 → 250.00 | x2.50 | Index Scan using a on public.orders became Seq Scan on public.orders (plan-shape-changed) | this branch |
    | ⚠️ | <code>warned</code> | 100.00 |  | Index Scan using a on public.orders became Seq Scan on public.orders (plan-shape-changed) | the snapshot&#58; public.orders grew 80 % |

    <details><summary>⛔ <code>broken</code> suites/orders.yaml:30</summary>

    - **error** column &#34;x&#34; does not exist (query-failed)
      - Line 1 of the query&#58; SELECT id
      - SQLSTATE 42703.

    \`\`\`sql
    SELECT id
    FROM orders
    \`\`\`

    Next: <code>x</code>

    </details>

    <details><summary>❌ <code>recent &#91;a&#93;</code> suites/orders.yaml:12</summary>

    - **fail** cost rose from 100.00 to 250.00 (x2.50) (cost-increased)
      - The schema changed since the baseline was accepted.
    - **warn** Index Scan using a on public.orders became Seq Scan on public.orders (plan-shape-changed)

    This is <code>&#91;a&#93;</code>; <code>&#91;b&#93;</code> changed in the same way.

    \`\`\`sql
    SELECT id
    FROM orders
    \`\`\`

    \`\`\`diff
      origin/main                            cost  rows
    ~ Index Scan using a on public.orders  100.00    10

      now                          cost         rows
    ~ Seq Scan on public.orders  250.00  x2.50    10
    ~   Filter: x
    \`\`\`

    Next: <code>npx regress-pg update recent --reason &#39;…&#39;</code>

    </details>

    <details><summary>⚠️ <code>warned</code> suites/orders.yaml:50</summary>

    - **warn** Index Scan using a on public.orders became Seq Scan on public.orders (plan-shape-changed)
      - The schema changed since the baseline was accepted.

    \`\`\`sql
    SELECT id
    FROM orders
    \`\`\`

    \`\`\`diff
      origin/main                            cost  rows
    ~ Index Scan using a on public.orders  100.00    10

      now                          cost  rows
    ~ Seq Scan on public.orders  100.00    10
    \`\`\`

    Next: <code>npx regress-pg update warned --reason &#39;…&#39;</code>

    </details>

    1 plan became cheaper. <code>regress check</code> lists them.
    "
  `);
});

it('says once what is the same of many, and nothing of plans that are as accepted', () => {
  const strict = Array.from({ length: 45 }, (_, at) => drifting(`drift-${at}`));
  const missing = ['new-1', 'new-2'].map((name) => judgedResult(name, null, before));
  const text = markdown(checkReport([...strict, ...missing, worse('recent')]));
  expect(text).toMatch(/^### ❌ regress: 1 plan got worse, 2 without a baseline, 45 warnings; 0 of 48 as accepted$/m);
  expect(text.match(/^\| [^|]* \| <code>.*$/gm)).toEqual([
    '| ❌ | <code>recent</code> | 100.00 → 250.00 | x2.50 | Index Scan using a on public.orders became Seq Scan on public.orders (plan-shape-changed) |  |',
    '| ❌ | <code>new-1</code> and 1 more plan |  |  | no baseline for PostgreSQL 17 (baseline-missing) |  |',
    '| ⚠️ | <code>drift-0</code> and 44 more plans |  |  | production has objects that this schema lacks (schema-drift) |  |',
  ]);
  expect(text).toContain('Next: <code>npx regress-pg update new-1 new-2</code>');
  expect(text).toMatch(/^The same for <code>drift-1<\/code>, .*<code>drift-40<\/code> and 4 more\.$/m);
  expect(text.match(/```sql/g)).toHaveLength(1);
});

describe('the verdict', () => {
  const verdict = (...args: Parameters<typeof checkReport>) => markdown(checkReport(...args)).split('\n')[1];
  const fine = judgedResult('fine', before, before);

  it.each([
    [[fine], {}, '### ✅ regress: the plan is as accepted'],
    [[fine, fine], {}, '### ✅ regress: all 2 plans are as accepted'],
    [[], {}, '### ✅ regress: no query was planned'],
    [[fine, judgedResult('w', before, seqScan('orders'))], {}, '### ⚠️ regress: 1 warning; 1 of 2 as accepted'],
    [
      [{ ...worse('w'), branchStatus: 'ok' as const }],
      { failOn: 'branch' as const },
      '### ⚠️ regress: 1 plan got worse, none caused by this branch; 0 of 1 as accepted',
    ],
    [[worse('w')], { failOn: 'branch' as const }, '### ❌ regress: 1 plan got worse; 0 of 1 as accepted'],
  ])('%#', (results, fields, expected) => {
    expect(verdict(results, fields)).toBe(expected);
  });
});

describe('hostile texts', () => {
  const html = renderedMarkdown(markdown());

  it('make no element but those of the report', () => {
    expect(foreignElements(html)).toEqual([]);
    expect(foreignElements('<p onclick="x"><img src="x"></p>')).toHaveLength(3);
  });

  it('are read as they are', () => {
    expect(html).toContain('<code>&lt;img src=x onerror=alert(1)&gt; 0 [&lt;img src=x onerror=alert(1)&gt;]</code>');
    expect(html).toContain('# | ` ``` ```` ~~~ **bold** _em_ [link](javascript:alert(1)) ![i](http://e.example/x.png)');
  });

  it('leave rows and folds whole', () => {
    const rows = html.match(/<tr>[\s\S]*?<\/tr>/g) ?? [];
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row.match(/<t[dh]/g), row).toHaveLength(6);
    expect(html.match(/<details>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
    expect(markdown()).toMatch(/^<!-- regress -->\n/);
    expect(html.match(/<!--/g)).toHaveLength(1);
  });

  it('mention nobody and link nothing outside of code', () => {
    const text = html.replace(/<(code|pre)\b[\s\S]*?<\/\1>/g, '');
    expect(text).not.toMatch(/@[a-z0-9]|#[0-9]|<a /i);
    expect(html).not.toContain('<a ');
  });
});

describe('the limit of a comment', () => {
  it('keeps the worst', () => {
    const many = Array.from({ length: 500 }, (_, at) => worse(`query-${at}`));
    const worst = judgedResult('the-worst', before, seqScan('orders', { totalCost: 1e6 }));
    const text = markdown(checkReport([...many, worst]));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(text)).toBeGreaterThan(55_000);
    expect(text.match(/^\| .*$/gm)?.[1]).toContain('<code>the-worst</code>');
    expect(text.indexOf('<summary>❌ <code>the-worst</code>')).toBeLessThan(text.indexOf('<summary>❌ <code>query-0'));
    expect(text).toMatch(/^\| \| and \d+ more \|/m);
    expect(text).toMatch(/\d+ more do not fit here\.\n$/);
  });

  it('holds for wide characters and long texts', () => {
    const wide = Array.from({ length: 300 }, (_, at) =>
      worse(`${'注文👩‍👩‍👧‍👦'.repeat(200)} ${at}`, { sql: '注文'.repeat(100_000) }),
    );
    expect(Buffer.byteLength(markdown(checkReport(wide)))).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(markdown())).toBeLessThanOrEqual(65_536);
  });
});
