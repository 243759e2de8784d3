import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { reporters } from '../../src/report/index.ts';
import { HOSTILE, hostileReport, mixedReport } from '../support/page-reports.ts';
import { OPTIONS } from '../support/report-builders.ts';

const PARTS = {
  script: 'console.log(1)',
  style: 'b{}',
  viewerScript: 'console.log(2)',
  viewerStyle: 'i{}',
  licences: 'MIT </script>',
};

const html = (report = mixedReport()) => reporters.html(report, { ...OPTIONS, page: PARTS });
const scripts = (text: string) => [...text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];

it('runs two scripts only, which its policy names by their hashes', () => {
  const text = html();
  const run = scripts(text).filter(([, attributes]) => attributes === '');
  expect(run.map(([, , code]) => code)).toEqual([PARTS.script]);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
  const hash = (code: string) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
  expect(policy.split('; ')).toContain(`script-src ${hash(PARTS.script)} ${hash(PARTS.viewerScript)}`);
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).not.toContain('unsafe-eval');
});

it('has nothing of a report outside of data', () => {
  const text = html(hostileReport());
  const bare = text.replaceAll(/(<script type="application\/json" id="[\w-]+">)[^<]*<\/script>/g, '');
  for (const hostile of Object.values(HOSTILE)) expect(bare).not.toContain(hostile);
  expect(bare).not.toMatch(/hacked|onerror|]]>|&amp;/);
  expect(scripts(text)).toHaveLength(hostileReport().results.length + 4);
});

it('gives every text back, with controls as they are shown', () => {
  const carried = scripts(html(hostileReport())).find(([, attributes]) => attributes?.includes('"report"'));
  const data = JSON.parse(carried?.[2] ?? '');
  const queries = data.entries.map(({ query }: { query: string }) => query);
  expect(queries).toEqual(expect.arrayContaining([HOSTILE.image, HOSTILE.script, HOSTILE.emoji]));
  expect(queries).toContain('\\x1b[31mred\\x1b[0m\\x00');
  expect(queries).toContain('שלום \\u202egnp.exe');
});

it('names nothing that could be fetched', () => {
  expect(html()).not.toMatch(/\s(?:src|href)=|url\(|@import/);
});

it('says the outcome in its title', () => {
  expect(html()).toContain('<title>regress: 1 failed, 1 could not be planned, 1 warned (4)</title>');
});
