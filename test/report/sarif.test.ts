import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reporters } from '../../src/report/index.ts';
import { FINDING_TITLES } from '../../src/report/text/finding-titles.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { sarifValidator } from '../support/readers.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';
import { everythingReport, hostileReport, unplannable } from '../support/reports.ts';

const sarif = (report = hostileReport()) => JSON.parse(reporters.sarif(report, OPTIONS));

describe.each([
  ['hostile texts', hostileReport],
  ['everything', everythingReport],
  ['nothing', () => checkReport([])],
])('a report with %s', (_, make) => {
  it('is valid by the schema', () => {
    const validate = sarifValidator();
    validate(sarif(make()));
    expect(validate.errors).toBeNull();
  });
});

it('is judged by a schema that can refuse', () => {
  const validate = sarifValidator();
  const log = sarif();
  log.runs[0].results[0].level = 'fatal';
  expect(validate(log)).toBe(false);
});

const before = indexScan('orders', 'a');
const worse = judgedResult('recent', before, seqScan('orders', { totalCost: 250 }), { case: 'big' });

it('has a result for each finding at the line of its query', () => {
  const broken = unplannable(judgedResult('broken', null, before), 'x');
  const report = checkReport([worse, broken, judgedResult('fine', before, before)], {
    suites: { path: 'db/my suites', digest: '' },
  });
  const [run] = sarif(report).runs;
  expect(run.results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level])).toEqual([
    ['cost-increased', 'error'],
    ['plan-shape-changed', 'warning'],
    ['query-failed', 'error'],
  ]);
  expect(run.results[0]).toMatchInlineSnapshot(`
    {
      "level": "error",
      "locations": [
        {
          "logicalLocations": [
            {
              "fullyQualifiedName": "suites/orders.yaml: recent [big]",
              "name": "recent [big]",
            },
          ],
          "physicalLocation": {
            "artifactLocation": {
              "uri": "db/my%20suites/orders.yaml",
              "uriBaseId": "%SRCROOT%",
            },
            "region": {
              "startLine": 12,
            },
          },
        },
      ],
      "message": {
        "text": "recent [big]: cost rose from 100.00 to 250.00 (x2.50)
    The schema changed since the baseline was accepted.
    hint: npx regress-pg update recent --reason '…'",
      },
      "partialFingerprints": {
        "regressFinding/v1": "532cd5573bd2d785d91438b3af1273939e8bdda2e53126acc95fdac37c91a6ce",
      },
      "properties": {
        "baselineCost": 100,
        "cause": [
          "schema",
        ],
        "currentCost": 250,
        "sql": "SELECT id
    FROM orders",
      },
      "ruleId": "cost-increased",
      "ruleIndex": 0,
    }
  `);
  for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
});

it('knows a finding again when its figures moved', () => {
  const worst = judgedResult('recent', before, seqScan('orders', { totalCost: 900 }), { case: 'big', line: 99 });
  const fingerprints = (result = worse) =>
    sarif(checkReport([result])).runs[0].results.map((one: { partialFingerprints: object }) => one.partialFingerprints);
  expect(fingerprints(worst)).toEqual(fingerprints());
  expect(new Set(fingerprints().map((one: object) => JSON.stringify(one))).size).toBe(2);
});

it('has no link that a name or a message makes', () => {
  const [result] = sarif(checkReport([{ ...worse, query: '[x](javascript:alert(1))' }])).runs[0].results;
  expect(result.message.text).toMatch(/^\[x\]\u2060\(javascript:alert\(1\)\) \[big\]: cost rose/);
});

it('has no error that does not fail the build', () => {
  const report = checkReport([{ ...worse, branchStatus: 'ok' }], { failOn: 'branch' });
  expect(JSON.stringify(sarif(report).runs[0].results)).not.toContain('"level":"error"');
});

it('says of findings what the documentation says', () => {
  const index = readFileSync(new URL('../../docs/findings/README.md', import.meta.url), 'utf8');
  for (const [code, title] of Object.entries(FINDING_TITLES)) {
    expect(index).toMatch(new RegExp(`\\| \\[${code}\\]\\(${code}\\.md\\) \\|.*\\| ${title} \\|`));
  }
});
