import { expect, it } from 'vitest';
import { type AcceptedPlan, acceptedReport } from '../../src/report/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { OPTIONS } from '../support/report-builders.ts';

const place = { file: 'suites/orders.yaml', line: 12 };
const changed: AcceptedPlan = {
  ...place,
  query: 'recent',
  case: 'big',
  baseline: indexScan('orders', 'a', { totalCost: 12.41 }),
  current: seqScan('orders', { totalCost: 8471.05 }),
};
const first: AcceptedPlan = { ...place, query: 'new', case: null, baseline: null, current: seqScan('items') };

it('shows the difference of what was accepted, and new plans on a line', () => {
  expect(acceptedReport([first, { ...first, query: 'newer' }, changed], OPTIONS)).toMatchInlineSnapshot(`
    "     new  suites/orders.yaml:12  new  cost 100.00
         new  suites/orders.yaml:12  newer  cost 100.00

    accepted  suites/orders.yaml:12  recent [big]  cost 12.41 → 8471.05 (x682)
        baseline                              cost  rows
      ~ Index Scan using a on public.orders  12.41    10

        now                           cost        rows
      ~ Seq Scan on public.orders  8471.05  x682    10
    "
  `);
});

it('shows new plans when asked to', () => {
  expect(acceptedReport([first], { ...OPTIONS, verbose: true })).toMatchInlineSnapshot(`
    "     new  suites/orders.yaml:12  new  cost 100.00
        plan                        cost  rows
        Seq Scan on public.items  100.00    10
    "
  `);
});

it('is empty when nothing was accepted', () => {
  expect(acceptedReport([], OPTIONS)).toBe('');
});
