import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = join(ROOT, 'docs/findings');

/** The members of the FindingCode union, read from its source so that a new one cannot be forgotten here. */
function findingCodes(): readonly string[] {
  const source = readFileSync(join(ROOT, 'src/model/finding.ts'), 'utf8');
  const union = /export type FindingCode =([^;]+);/.exec(source)?.[1] ?? '';
  return [...union.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
}

const codes = findingCodes();
const pages = readdirSync(PAGES).filter((name) => name !== 'README.md');

it('has a page for every code and none for another', () => {
  expect(codes.length).toBeGreaterThan(5);
  expect(pages.sort()).toEqual(codes.map((code) => `${code}.md`).sort());
});

it.each(codes)('%s says what it says, why it matters and what to do', (code) => {
  const headings = readFileSync(join(PAGES, `${code}.md`), 'utf8').match(/^#+ .*/gm);
  expect(headings).toEqual([`# ${code}`, '## What it says', '## Why it matters', '## What to do']);
});

it('lists every page in the index', () => {
  const index = readFileSync(join(PAGES, 'README.md'), 'utf8');
  expect(codes.filter((code) => !index.includes(`[${code}](${code}.md)`))).toEqual([]);
});
