import { expect, it } from 'vitest';
import { reporters } from '../../src/report/index.ts';
import { indexScan, node, seqScan } from '../support/plan-builders.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';

const result = judgedResult('recent', indexScan('orders', 'a'), seqScan('orders', { totalCost: 250, Filter: 'x' }), {
  case: 'big',
});
const json = (report = checkReport([result])) => reporters.json(report, OPTIONS);

it('has the documented keys in the documented order', () => {
  expect(json(checkReport([{ ...result, findings: result.findings.slice(0, 1) }]))).toMatchInlineSnapshot(`
    "{
      "format": 1,
      "regress": "0.1.0",
      "extension": "0.1",
      "startedAt": "2026-11-22T10:00:00.000Z",
      "server": {
        "version": "17.6",
        "major": 17
      },
      "rehearsal": null,
      "snapshot": {
        "path": "snapshots/production",
        "digest": "3f2a91c0aa31bb42",
        "capturedAt": "2026-11-20T08:00:01.123456+00"
      },
      "suites": {
        "path": "suites",
        "digest": "5d0c0c6c42a1c0de"
      },
      "shard": null,
      "settings": {
        "random_page_cost": "1.1",
        "work_mem": "4096"
      },
      "summary": {
        "queries": 1,
        "ok": 0,
        "warned": 0,
        "failed": 1,
        "errored": 0
      },
      "against": null,
      "causes": null,
      "failOn": "any",
      "conditions": [],
      "production": null,
      "results": [
        {
          "suite": "suites/orders.yaml",
          "query": "recent",
          "case": "big",
          "file": "suites/orders.yaml",
          "line": 12,
          "sql": "SELECT id\\nFROM orders",
          "status": "fail",
          "findings": [
            {
              "code": "cost-increased",
              "severity": "fail",
              "message": "cost rose from 100.00 to 250.00 (x2.50)",
              "detail": "The schema changed since the baseline was accepted.",
              "hint": "npx regress-pg update recent --reason '…'",
              "cause": [
                "schema"
              ]
            }
          ],
          "values": null,
          "baselineValues": null,
          "baseline": {
            "totalCost": 100,
            "planRows": 10,
            "plan": {
              "nodeType": "Index Scan",
              "startupCost": 0,
              "totalCost": 100,
              "planRows": 10,
              "planWidth": 8,
              "schema": "public",
              "relationName": "orders",
              "alias": "orders",
              "indexName": "a",
              "properties": {
                "Scan Direction": "Forward"
              },
              "plans": []
            }
          },
          "baselineMajor": 17,
          "current": {
            "totalCost": 250,
            "planRows": 10,
            "plan": {
              "nodeType": "Seq Scan",
              "startupCost": 0,
              "totalCost": 250,
              "planRows": 10,
              "planWidth": 8,
              "schema": "public",
              "relationName": "orders",
              "alias": "orders",
              "properties": {
                "Filter": "x"
              },
              "plans": []
            }
          },
          "provenance": {
            "query": "q",
            "snapshot": "s",
            "settings": "g"
          },
          "production": null
        }
      ],
      "notes": []
    }
    "
  `);
});

it('is the same whatever order the settings had, and wherever the plan has its relationship to the parent', () => {
  const [one, other] = [
    seqScan('o', { B: 1, A: 2, 'Parent Relationship': 'Outer' }),
    seqScan('o', { 'Parent Relationship': 'Outer', B: 1, A: 2 }),
  ];
  const reports = [one, other].map((plan, at) => {
    const settings = at === 0 ? { a: '1', b: '2' } : { b: '2', a: '1' };
    return json(checkReport([judgedResult('q', plan, plan)], { settings }));
  });
  expect(reports[0]).toBe(reports[1]);
  const [{ current }] = JSON.parse(reports[0] ?? '').results;
  expect(Object.keys(current.plan.properties), 'as EXPLAIN has them').toEqual(['Parent Relationship', 'B', 'A']);
});

it('gives back every text exactly, without a control character in the file', () => {
  const sql = "SELECT '\x1b[2J\x9b\x7f\u2028注文'";
  const text = json(checkReport([{ ...result, sql }]));
  expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  expect(JSON.parse(text).results[0].sql).toBe(sql);
});

it('has null for a plan there is none of', () => {
  const [only] = JSON.parse(json(checkReport([judgedResult('new', null, node('Result'))]))).results;
  expect(only.baseline).toBeNull();
  expect(only.current).toEqual({ totalCost: 100, planRows: 10, plan: expect.objectContaining({ nodeType: 'Result' }) });
});

it('ends with a newline', () => {
  expect(json().endsWith('}\n')).toBe(true);
});
