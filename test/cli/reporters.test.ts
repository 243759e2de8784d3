import { Ajv } from 'ajv';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportJsonSchema } from '../../src/report/index.ts';
import { NO_BROWSER, openReport, testBrowser } from '../support/browser.ts';
import { exampleProject, type Outcome, type Project } from '../support/project.ts';
import {
  foreignElements,
  githubCommands,
  junitErrors,
  readTap,
  renderedMarkdown,
  sarifValidator,
} from '../support/readers.ts';
import { HOSTILE } from '../support/reports.ts';
import { testServer } from '../support/servers.ts';

const server = await testServer();

/** PostgreSQL takes no NUL, and UTF-8 has no halves of surrogate pairs. */
const texts = HOSTILE.map((text) => text.replace(/\0|\p{Cs}/gu, ''));

/** Names of queries hold no control characters; their SQL does. */
const nameOf = (text: string) => text.replace(/\p{C}+/gu, ' ').trim();

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

function query(text: string, at: number, columns = 'id, total'): object {
  const conditions = `customer_id = 17 AND order_number <> ${literal(text)}`;
  return {
    name: `${nameOf(text)} ${at}`.trim(),
    sql: `SELECT ${columns} -- ${text.replace(/[\r\n]/g, ' ')}\nFROM orders\nWHERE ${conditions}\nORDER BY placed_at DESC LIMIT 20`,
  };
}

function suite(...queries: readonly object[]): string {
  const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify({ queries }, null, 2).replace(/[\u007f-\u009f\u2028\ufeff\ufffe\uffff]/g, escaped)}\n`;
}

const big = { ...query(texts.join(' ').repeat(500), 99), name: 'big' };
const queries = [...texts.map((text, at) => query(text, at)), big];
const broken = query('<img src=x onerror=alert(2)>', 100, '"<img src=x onerror=alert(3)>"');

const FILES = ['json', 'junit', 'markdown', 'sarif', 'tap', 'html'] as const;

const browser = await testBrowser();
afterAll(() => browser?.close());

describe.skipIf(server === null)('all reporters of one run on the example', () => {
  let project: Project;
  let checked: Outcome;

  beforeAll(async () => {
    project = await exampleProject();
    await project.write('suites/storefront/hostile.yaml', suite(...queries));
    const accepted = await project.regress(['update', 'hostile.yaml']);
    expect(accepted.status, accepted.stderr).toBe(0);
    await project.write('suites/storefront/hostile.yaml', suite(...queries, broken));
    const index = 'CREATE INDEX orders_customer_id_placed_at_idx';
    await project.edit('docs/storefront/schema.sql', index, `-- ${index}`);
    await project.write('summary.md', 'Of another command.\n');
    const files = FILES.flatMap((name) => ['--reporter', `${name}=out/${name}`]);
    checked = await project.regress(['check', '--reporter', 'console', '--reporter', 'github', ...files], {
      CI: 'true',
      GITHUB_STEP_SUMMARY: project.path('summary.md'),
    });
  });

  const json = async () => JSON.parse(await project.read('out/json'));

  test('it has a regression, a warning and a query that cannot be planned', async () => {
    expect(checked.status, checked.stderr).toBe(1);
    const { summary, results } = await json();
    expect(summary.failed).toBeGreaterThan(texts.length);
    expect(summary.warned).toBeGreaterThan(0);
    expect(summary.errored).toBe(1);
    expect(results.find((result: { query: string }) => result.query === 'big').sql.length).toBeGreaterThan(200_000);
  });

  test('json is valid by its schema', async () => {
    const validate = new Ajv().compile(reportJsonSchema());
    validate(await json());
    expect(validate.errors).toBeNull();
  });

  test('junit is valid by a schema', async () => {
    const text = await project.read('out/junit');
    expect(await junitErrors(text)).toEqual([]);
    const { summary } = await json();
    expect(text.match(/<failure /g)).toHaveLength(summary.failed);
    expect(text.match(/<error /g)).toHaveLength(summary.errored);
    expect(text.match(/<testcase /g)).toHaveLength(summary.queries);
  });

  test('sarif is valid by its schema, and places are those of the suites', async () => {
    const log = JSON.parse(await project.read('out/sarif'));
    const validate = sarifValidator();
    validate(log);
    expect(validate.errors).toBeNull();
    const places = log.runs[0].results.map((one: { locations: { physicalLocation: object }[] }) => one.locations[0]);
    for (const { physicalLocation } of places) {
      const { artifactLocation, region } = physicalLocation;
      const lines = (await project.read(artifactLocation.uri)).split('\n');
      expect(lines.length).toBeGreaterThanOrEqual(region.startLine);
    }
    const [first] = (await project.read('suites/storefront/hostile.yaml')).split('\n').flatMap((line, at) => {
      return line.includes('"<img src=x onerror=alert(1)> 0"') ? [at] : [];
    });
    const hostile = places.filter((place: { logicalLocations: { name: string }[] }) =>
      place.logicalLocations[0]?.name.startsWith('<img src=x onerror=alert(1)>'),
    );
    // The query begins with its brace or its name.
    for (const { physicalLocation } of hostile) {
      expect(Math.abs(physicalLocation.region.startLine - 1 - (first ?? -9))).toBeLessThanOrEqual(1);
    }
  });

  test('tap has a point for each plan', async () => {
    const { points, extra, mistakes } = readTap(await project.read('out/tap'));
    const { summary } = await json();
    expect([extra, mistakes]).toEqual([[], []]);
    expect(points).toHaveLength(summary.queries);
    expect(points.filter(({ ok }) => !ok)).toHaveLength(summary.failed + summary.errored);
    expect(points.filter(({ skip, todo }) => skip || todo)).toEqual([]);
  });

  test('markdown renders as a comment without a foreign element', async () => {
    const text = await project.read('out/markdown');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    const html = renderedMarkdown(text);
    expect(foreignElements(html)).toEqual([]);
    expect(html).toMatch(/^<!-- regress -->\n?<h3>❌ regress: 1 could not be planned, \d+ plans got worse/);
    expect(html).toContain('<li><strong>Causes</strong>');
    expect(html).toContain('this branch</td>');
    expect(html.match(/<details>/g)?.length).toBeGreaterThan(3);
  });

  test('html opens, runs nothing of a query and asks for nothing', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    const opened = await openReport(browser as Browser, await project.read('out/html'));
    const { page } = opened;
    const { summary } = await json();
    expect(await page.locator('.counter').textContent()).toBe(`${summary.queries} planned queries`);
    const search = page.getByRole('searchbox');
    await search.fill('onerror=alert(3)');
    const broken = page.locator('.row:visible');
    expect(await broken.locator('.badge').first().textContent()).toBe('error');
    await broken.locator('.head').click();
    expect(await broken.locator('.sql').textContent()).toContain('<img src=x onerror=alert(3)>');
    await search.fill('onerror=alert(1)');
    const worst = page.locator('.row:visible').first();
    await worst.locator('.head').click();
    expect(await worst.locator('.sql').textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(opened.complaints).toEqual([]);
    await worst.getByRole('button', { name: /^Draw now/ }).click();
    await page.frameLocator('iframe').locator('.plan-node').first().waitFor();
    expect(await page.locator('img, object, embed, link').count()).toBe(0);
    await page.context().close();
    expect(opened.requests).toEqual([]);
    // pev2 puts texts of plans into its own frame's HTML: all there is to be told is what the browser refused of that.
    const refused = /Content Security Policy|^Not allowed to load local resource/;
    expect(opened.complaints.filter((text) => !refused.test(text))).toEqual([]);
  });

  test('the job summary follows what was there', async () => {
    const text = await project.read('summary.md');
    expect(text).toMatch(/^Of another command\.\n### ❌ regress: /);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    expect(foreignElements(renderedMarkdown(text))).toEqual([]);
  });

  test('stdout has the console report and then annotations that parse, ten of a kind at most', async () => {
    const lines = checked.stdout.split('\n');
    const first = lines.findIndex((line) => line.startsWith('::'));
    expect(lines.slice(0, first).join('\n')).toMatch(/\n +Time {2}.+\n?$/);
    const commands = githubCommands(`${lines.slice(first).join('\n')}\n`);
    const counts = (kind: string) => commands.filter((command) => command.kind === kind).length;
    expect(counts('error')).toBe(10);
    expect(counts('warning')).toBeGreaterThan(0);
    expect(counts('warning')).toBeLessThanOrEqual(10);
    expect(counts('error') + counts('warning')).toBe(commands.length);
    expect(checked.stdout.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
    for (const { properties } of commands) {
      expect(properties.file).toMatch(/^suites\/storefront\/[a-z]+\.(yaml|sql)$/);
      expect(Number(properties.line)).toBeGreaterThan(0);
    }
  });

  test('report renders the same from the stored results, in other environments too', async () => {
    for (const name of ['json', 'sarif', 'tap'] as const) {
      const { stdout, status, stderr } = await project.regress(['report', 'out/json', '--reporter', name]);
      expect(status, stderr).toBe(1);
      expect(`${stdout}\n` === (await project.read(`out/${name}`)), name).toBe(true);
    }
    const again = await project.regress(['report', 'out/json', '--reporter', 'junit=again.xml'], {
      GITHUB_STEP_SUMMARY: project.path('none.md'),
    });
    expect(again).toMatchObject({ status: 1, stdout: '' });
    expect(await junitErrors(await project.read('again.xml'))).toEqual([]);
    await expect(project.read('none.md')).rejects.toThrow('ENOENT');
  });
});

describe('the command line', () => {
  const refusal = async (...reporters: string[]) => {
    const project = await exampleProject();
    return project.regress(['report', 'x.json', ...reporters.flatMap((name) => ['--reporter', name])]);
  };

  test.each([
    [['xml'], 'reporters are console, json, junit, github, markdown, sarif, tap and html'],
    [['toString'], 'reporters are console'],
    [['junit='], 'Name a file after junit='],
    [['json', 'console'], 'Only console and github can share stdout'],
    [['github', 'github'], 'Only console and github can share stdout'],
    [['console', 'github', 'tap'], 'Only console and github can share stdout'],
  ])('refuses %j', async (reporters, message) => {
    const { status, stderr } = await refusal(...reporters);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
