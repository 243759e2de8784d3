import { describe, expect, it } from 'vitest';
import { comparePlans } from '../../../src/compare/index.ts';
import { decodePlan } from '../../../src/explain/index.ts';
import { pageData } from '../../../src/report/formats/html-data.ts';
import type { PageData } from '../../../src/report/index.ts';
import { createMatcher, type Filter, fromHash, NO_FILTER, ordered, toHash } from '../../../src/report/page/filter.ts';
import { explainJson } from '../../../src/report/page/plan/explain-json.ts';
import { sqlTokens } from '../../../src/report/page/plan/sql-tokens.ts';
import { mixedReport } from '../../support/page-reports.ts';
import { bitmapScan, hashJoin, seqScan } from '../../support/plan-builders.ts';
import { OPTIONS } from '../../support/report-builders.ts';

const report = mixedReport();
const { data } = pageData(report, report.results, OPTIONS);

function shown(fields: Partial<Filter>, of: PageData = data): readonly string[] {
  const matches = createMatcher(of);
  const filter = { ...NO_FILTER, ...fields };
  return ordered(of.entries, filter.order).flatMap((entry) => (matches(entry, filter) ? [entry.query] : []));
}

describe('the filter', () => {
  it.each<[Partial<Filter>, readonly string[]]>([
    [{}, ['all-invoices', 'by-state', 'recent-orders', 'lost']],
    [{ verdicts: ['fail', 'error'] }, ['recent-orders', 'lost']],
    [{ cause: 'query' }, ['lost']],
    [{ cause: 'schema' }, ['by-state', 'recent-orders']],
    [{ table: 'public.customers' }, ['recent-orders']],
    [{ table: 'archive.invoices' }, ['all-invoices', 'lost']],
    [{ finding: 'query-failed' }, ['lost']],
    [{ text: 'ORDERS limit' }, ['recent-orders']],
    [{ text: 'with a comment' }, ['recent-orders']],
    [{ text: 'invoicez' }, ['lost']],
    [{ text: 'nowhere' }, []],
    [{ order: 'name' }, ['all-invoices', 'by-state', 'lost', 'recent-orders']],
    [{ order: 'ratio', verdicts: ['fail', 'warn'] }, ['recent-orders', 'by-state']],
    [{ order: 'cost', verdicts: ['fail', 'ok'] }, ['recent-orders', 'all-invoices']],
  ])('%j', (fields, names) => {
    expect(shown(fields)).toEqual(names);
  });

  it.each<Partial<Filter>>([
    {},
    { text: 'a & b = #c', verdicts: ['fail', 'ok'] },
    { cause: 'schema', table: 'public."ä <b>"', finding: 'near-tie', order: 'name' },
  ])('survives its address: %j', (fields) => {
    const filter = { ...NO_FILTER, ...fields };
    expect(fromHash(`#${toHash(filter)}`)).toEqual(filter);
  });

  it('leaves out what an address cannot mean', () => {
    expect(fromHash('#order=<script>&verdicts=fail,evil&else=1')).toEqual({ ...NO_FILTER, verdicts: ['fail'] });
  });
});

describe('the colours of SQL', () => {
  const kinds = (sql: string) =>
    sqlTokens(sql).flatMap(({ kind, text }) => (kind === 'text' ? [] : [`${kind} ${text}`]));

  it.each([
    ['SELECT a FROM t', ['keyword SELECT', 'keyword FROM']],
    ["'from ''x' -- y", ["string 'from ''x'", 'comment -- y']],
    ['a /* select', ['comment /* select']],
    ['$1 + :id - a::int', ['parameter $1', 'parameter :id']],
    ['$x$ select $x$', ['string $x$ select $x$']],
    ['fromage 12.5', ['number 12.5']],
    ['"select"', ['string "select"']],
  ])('%s', (sql, expected) => {
    expect(kinds(sql)).toEqual(expected);
  });

  it.each(["SELECT '", '$$', '/*', "\n\n'a''", '"', '::', '', '\u202e<b>'])('loses nothing of %j', (sql) => {
    expect(
      sqlTokens(sql)
        .map(({ text }) => text)
        .join(''),
    ).toBe(sql);
  });
});

it('gives pev2 what EXPLAIN would have printed', () => {
  const plan = hashJoin(bitmapScan('orders o', 'i'), seqScan('archive.x', { Filter: '(a < 1)' }), { totalCost: 12.5 });
  expect(decodePlan(JSON.parse(explainJson(plan)))).toEqual(plan);
});

describe('what the page is given', () => {
  const { data: given, plans } = pageData(report, report.results, OPTIONS);

  it('has equal plans once, and no plan where there is none', () => {
    expect(plans.map(({ baseline, current }) => [typeof baseline, current === null])).toEqual([
      ['string', false],
      ['object', false],
      ['object', false],
      ['object', true],
    ]);
  });

  it('has plans that compare like those of the report', () => {
    const [, , result] = report.results;
    const [, , { baseline, current } = {}] = JSON.parse(JSON.stringify(plans));
    const fresh = comparePlans(baseline, current);
    expect(fresh.shapeChanges.map(({ message }) => message)).toEqual(
      comparePlans(result?.baseline?.plan as never, result?.current?.plan as never).shapeChanges.map(
        ({ message }) => message,
      ),
    );
  });

  it('has the SQL of several cases once', () => {
    const twice = [...report.results, ...report.results];
    expect(pageData({ ...report, results: twice }, twice, OPTIONS).data.sql).toEqual(given.sql);
  });
});
