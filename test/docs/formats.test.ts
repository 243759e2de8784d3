import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HEAD } from '../../src/baseline/format.ts';
import { jsonReport } from '../../src/report/formats/json.ts';
import { KNOWN_FIELDS } from '../../src/snapshot/checks.ts';
import { manifestMistake } from '../../src/snapshot/manifest-structure.ts';
import { relationMistake } from '../../src/snapshot/relation-structure.ts';
import { seqScan } from '../support/plan-builders.ts';
import { checkReport, judgedResult } from '../support/report-builders.ts';
import { ROOT, readPage } from './markdown.ts';

const inCode = (page: string) =>
  new Set([...readPage(page).matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code ?? []));

it('says of every field of a snapshot what it tells', () => {
  const documented = inCode('docs/confidentiality.md');
  // The modules register the fields of the files that they check.
  expect([manifestMistake({}), relationMistake({})]).not.toContain(null);
  const fields = [...KNOWN_FIELDS];
  expect(fields.length).toBeGreaterThan(80);
  expect(fields.filter((field) => !documented.has(field))).toEqual([]);
});

it('has every line of a baseline block', () => {
  const documented = inCode('docs/file-formats.md');
  expect(Object.values(HEAD).filter((label) => !documented.has(`${label}:`))).toEqual([]);
});

it('has every key of the JSON report and of its results', () => {
  const documented = inCode('docs/file-formats.md');
  const report = JSON.parse(jsonReport(checkReport([judgedResult('one', seqScan('orders'), seqScan('orders'))])));
  const keys = [...Object.keys(report), ...Object.keys(report.results[0])];
  expect(keys.length).toBeGreaterThan(25);
  expect(keys.filter((key) => !documented.has(key))).toEqual([]);
});

it('has every folder of the source in the picture or the text of the architecture', () => {
  const page = readPage('docs/architecture.md');
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => `src/${name}`).filter((path) => !new RegExp(`${path}\\b`).test(page))).toEqual([]);
  const drawn = [...page.matchAll(/\bsrc\/([a-z]+)/g)].map(([, name]) => name as string);
  const unknown = drawn.filter((name) => !folders.some((folder) => folder.name === name));
  expect(unknown).toEqual([]);
});
