import { describe, expect, it } from 'vitest';
import { jobSummary, reporters } from '../../src/report/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { githubCommands } from '../support/readers.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';
import { hostileReport, unplannable } from '../support/reports.ts';

const github = (report = hostileReport()) => reporters.github(report, OPTIONS);

const before = indexScan('orders', 'a');
const worse = (name: string, fields = {}) => judgedResult(name, before, seqScan('orders', { totalCost: 250 }), fields);
const warned = (name: string) => judgedResult(name, before, seqScan('orders', { totalCost: 101 }));

it('annotates the line of the query in its suite', () => {
  const broken = unplannable(judgedResult('broken', null, before, { line: 30 }), 'x');
  const report = checkReport([worse('recent', { case: 'a' }), worse('recent', { case: 'b' }), broken], {
    suites: { path: 'db/suites', digest: '' },
  });
  expect(github(report)).toMatchInlineSnapshot(`
    "::error file=db/suites/orders.yaml,line=30,title=broken could not be planned::column "x" does not exist [query-failed]%0ALine 1 of the query: SELECT id%0ASQLSTATE 42703.%0Ahint: x
    ::error file=db/suites/orders.yaml,line=12,title=recent [a]%3A cost 100.00 → 250.00 (x2.50)::cost rose from 100.00 to 250.00 (x2.50) [cost-increased]%0AThe schema changed since the baseline was accepted.%0AIndex Scan using a on public.orders became Seq Scan on public.orders [plan-shape-changed]%0AThe schema changed since the baseline was accepted.%0AAlso [b].%0Ahint: npx regress-pg update recent --reason '…'
    "
  `);
});

it('annotates once what is the same of many', () => {
  const finding = { code: 'schema-drift', severity: 'warn', message: 'm', hint: 'h' } as const;
  const drifting = Array.from({ length: 25 }, (_, at) => ({
    ...judgedResult(`drift-${at}`, before, before),
    status: 'warn' as const,
    findings: [finding],
  }));
  const missing = ['new-1', 'new-2'].map((name) => judgedResult(name, null, before));
  const read = githubCommands(github(checkReport([...drifting, ...missing])));
  expect(read.map(({ kind, properties, message }) => [kind, properties.title, message])).toEqual([
    [
      'error',
      'new-1 and 1 more',
      'no baseline for PostgreSQL 17 [baseline-missing]\nAlso new-2.\nhint: npx regress-pg update new-1 new-2',
    ],
    [
      'warning',
      'drift-0 and 24 more',
      expect.stringMatching(/^m \[schema-drift\]\nAlso drift-1, .*drift-20 and 4 more\.\nhint: h$/),
    ],
  ]);
});

it('is silent where all is well', () => {
  expect(github(checkReport([judgedResult('fine', before, before)]))).toBe('');
});

it('has commands alone, whatever texts hold', () => {
  const read = githubCommands(github());
  expect(read).toHaveLength(20);
  for (const { kind, properties } of read) {
    expect(['error', 'warning']).toContain(kind);
    expect(Object.keys(properties)).toEqual(['file', 'line', 'title']);
    expect(properties).toMatchObject({ file: 'suites/orders.yaml', line: '12' });
  }
  expect(github().replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  expect(read.some(({ properties }) => properties.title?.includes('::error file=a,line=1::owned'))).toBe(true);
});

describe('of more than ten of a kind', () => {
  const names = Array.from({ length: 14 }, (_, at) => `query-${at}`);

  it.each([
    [10, 0],
    [11, 1],
    [14, 4],
  ])('of %d it shows ten, and that there are %d more', (count, more) => {
    const results = names.slice(0, count).flatMap((name) => [worse(name), warned(`${name}-warned`)]);
    const read = githubCommands(github(checkReport(results)));
    for (const kind of ['error', 'warning']) {
      const own = read.filter((command) => command.kind === kind);
      expect(own).toHaveLength(10);
      const told = own.filter(({ message }) => message.includes('more, see the job summary'));
      expect(told).toHaveLength(more === 0 ? 0 : 1);
      if (more > 0) expect(own.at(-1)?.message).toMatch(new RegExp(`\n… and ${more} more, see the job summary$`));
    }
  });

  it('shows the worst', () => {
    const worst = judgedResult('worst', before, seqScan('orders', { totalCost: 9000 }));
    const [first] = githubCommands(github(checkReport([...names.map((name) => worse(name)), worst])));
    expect(first?.properties.title).toBe('worst: cost 100.00 → 9000.00 (x90.0)');
  });
});

it('warns of what does not fail the build', () => {
  const report = checkReport([{ ...worse('q'), branchStatus: 'ok' }], { failOn: 'branch' });
  expect(githubCommands(github(report))).toMatchObject([{ kind: 'warning' }]);
});

describe('jobSummary', () => {
  const many = checkReport(Array.from({ length: 3000 }, (_, at) => worse(`query-${at}`)));

  it.each([1024 * 1024, 300_000, 20_000])('stays within %d bytes', (limit) => {
    const text = jobSummary(many, OPTIONS, limit);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    expect(Buffer.byteLength(text)).toBeGreaterThan(limit * 0.9);
    expect(text).toMatch(/^### ❌ regress: 3000 plans got worse; 0 of 3000 as accepted\n/);
    expect(text).toMatch(/\n\d+ more do not fit here\.\n$/);
    expect(text).not.toContain('<!--');
  });

  it('says nothing where there is no room', () => {
    expect(jobSummary(many, OPTIONS, 100)).toBe('');
  });
});
