import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseReport, reporters, reportJsonSchema } from '../../src/report/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';
import { everythingReport, hostileReport } from '../support/reports.ts';

const json = (report = everythingReport()) => reporters.json(report, OPTIONS);
const committed = join(import.meta.dirname, '../../schema/report.schema.json');

it('has its schema in schema/report.schema.json; vitest -u writes it', async () => {
  await expect(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(committed);
});

describe.each([
  ['everything', everythingReport],
  ['hostile texts', hostileReport],
  [
    'one plan',
    () => checkReport([judgedResult('q', indexScan('o', 'a'), seqScan('o', { A: [1, ['x']], B: { c: true } }))]),
  ],
])('a report with %s', (_, make) => {
  it('is valid by the schema', () => {
    const validate = new Ajv({ allErrors: true }).compile(reportJsonSchema());
    validate(JSON.parse(json(make())));
    expect(validate.errors).toBeNull();
  });

  it('comes back from its JSON to the last byte', () => {
    expect(json(parseReport(json(make()), 'a.json'))).toBe(json(make()));
  });
});

it('takes what a later version of the format adds for nothing', () => {
  const later = { ...JSON.parse(json()), added: true };
  expect(json(parseReport(JSON.stringify(later), 'a.json'))).toBe(json());
});

describe('refuses', () => {
  const edited = (edit: object) => JSON.stringify({ ...JSON.parse(json()), ...edit });

  it.each([
    ['no JSON', '{', 'a.json does not hold results of regress check', /^It is not JSON: /],
    ['another file', '{"queries":[]}', 'a.json does not hold results of regress check', /^It has no "format"/],
    ['null', 'null', 'a.json does not hold results of regress check', /^It has no "format"/],
    ['another format', '{"format":2}', 'a.json has format 2, but this version of regress reads format 1', undefined],
    ['a missing key', edited({ results: undefined }), 'a.json does not hold results of regress check', /^At results: /],
    ['a wrong value', edited({ failOn: 'all' }), 'a.json does not hold results of regress check', /^At failOn: /],
    [
      'a shard of other results',
      edited({ shard: { index: 1, total: 2, places: [] } }),
      'a.json does not hold results of regress check',
      /^At shard: /,
    ],
  ])('%s', (_, text, message, detail) => {
    const expected = { code: 'results', message, ...(detail && { detail: expect.stringMatching(detail) }) };
    expect(() => parseReport(text, 'a.json')).toThrow(expect.objectContaining(expected));
  });
});
