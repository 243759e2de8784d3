import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { PlanNode } from '../../../src/model/plan.ts';
import type { CheckReport } from '../../../src/model/result.ts';
import { type ReportOptions, reporters } from '../../../src/report/index.ts';
import { builtPageParts, type OpenedReport, openReport, testBrowser } from '../../support/browser.ts';
import { FAINT } from '../../support/contrast.ts';
import { HOSTILE, hostileReport, largeReport, mixedReport } from '../../support/page-reports.ts';
import { indexScan, node, seqScan } from '../../support/plan-builders.ts';
import { checkReport, judgedResult, OPTIONS } from '../../support/report-builders.ts';

const browser = await testBrowser();
afterAll(() => browser?.close());

describe.skipIf(browser === null)('the HTML report in a browser', () => {
  const opened: OpenedReport[] = [];

  /** Opens a report; after the test it must have complained of nothing and asked for nothing. */
  async function open(
    report: CheckReport = mixedReport(),
    options: Parameters<typeof openReport>[2] & { report?: Partial<ReportOptions> } = {},
  ): Promise<OpenedReport> {
    const page = await builtPageParts();
    const html = reporters.html(report, { ...OPTIONS, ...options.report, page });
    const one = await openReport(browser as Browser, html, options);
    opened.push(one);
    return one;
  }

  afterEach(async () => {
    const all = opened.splice(0);
    for (const { page } of all) await page.context().close();
    expect(all.flatMap(({ requests }) => requests)).toEqual([]);
    expect(all.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  const names = (page: Page) => page.locator('.row:visible .query').allTextContents();
  const row = (page: Page, name: string) => page.locator('.row', { has: page.getByText(name, { exact: true }) });
  const unfold = async (page: Page, name: string) => {
    await row(page, name).locator('.head').click();
    return row(page, name).locator('.detail');
  };

  it('says the outcome and lists the worst first', async () => {
    const { page } = await open();
    expect(await page.title()).toBe('regress: 1 failed, 1 could not be planned, 1 warned (4)');
    expect(await page.locator('h1').textContent()).toBe('1 of 4 queries failed, 1 could not be planned');
    expect(await names(page)).toEqual(['lost', 'recent-orders', 'by-state', 'all-invoices']);
    expect(await row(page, 'recent-orders').locator('.head .ratio').textContent()).toBe('x22.0');
    expect(await page.locator('.counter').textContent()).toBe('4 planned queries');
  });

  it('does not call a check good where a project could not be checked', async () => {
    const message = 'billing: no query was checked: there is no snapshot';
    const fine = mixedReport().results.filter(({ status }) => status === 'ok');
    const notes = [{ code: 'query-failed', severity: 'error', message } as const];
    const { page } = await open(checkReport(fine, { notes }));
    expect(await page.title()).toBe('regress: 1 project not checked; 1 ok');
    expect(await page.locator('h1.bad').textContent()).toBe('1 project could not be checked. The plan is as accepted');
    expect(await page.getByText(message).isVisible()).toBe(true);
  });

  it('narrows by verdict, cause, table, finding and text, and keeps that in the address', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: '1 failed' }).click();
    await page.getByRole('button', { name: '1 warned' }).click();
    expect(await names(page)).toEqual(['recent-orders', 'by-state']);
    await page.getByLabel('Table').selectOption('public.customers');
    expect(await names(page)).toEqual(['recent-orders']);
    expect(await page.locator('.counter').textContent()).toBe('1 of 4 planned queries');
    await page.reload();
    expect(await names(page)).toEqual(['recent-orders']);
    expect(await page.getByRole('button', { name: '1 failed' }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByLabel('Cause').selectOption('query');
    expect(await names(page)).toEqual(['lost']);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByLabel('Search').fill('archive nothing');
    expect(await names(page)).toEqual([]);
    expect(await page.locator('.none').isVisible()).toBe(true);
    await page.getByLabel('Search').fill('archive *');
    expect(await names(page)).toEqual(['all-invoices']);
  });

  it('unfolds both plans side by side with what changed in them, the query and its settings', async () => {
    const { page } = await open();
    const detail = await unfold(page, 'recent-orders');
    const line = detail.locator('.plan-row', { hasText: 'orders_customer_id_idx' });
    expect(await line.locator('.baseline .node').getAttribute('class')).toContain('changed');
    expect(await line.locator('.baseline .node-title').textContent()).toContain(
      'Index Scan using orders_customer_id_idx',
    );
    expect(await line.locator('.current .node-title').textContent()).toContain('Seq Scan on public.orders o');
    expect(await line.locator('.current .marked').textContent()).toBe('Filter: (customer_id = 17)');
    expect(await line.locator('.current .ratio').textContent()).toContain('x289');
    expect(await detail.locator('.cost-bar.now').evaluate((bar) => bar.style.getPropertyValue('--reach'))).toBe('1');
    expect(await detail.locator('.sql').textContent()).toContain("o.state = 'open' LIMIT 20");
    expect(await detail.locator('.sql-keyword').first().textContent()).toBe('SELECT');
    expect(await detail.locator('.facts').textContent()).toContain('$1 = 17');
    await detail.getByText('Settings (2, 1 set by this query)').click();
    expect(await detail.locator('.settings .own').textContent()).toBe('work_mem64MB');
    expect(await detail.locator('.node-detail', { hasText: 'Startup Cost' }).count()).toBe(0);
    await detail.getByLabel('every node and property').check();
    expect(await detail.locator('.node-detail', { hasText: 'Startup Cost' }).count()).toBeGreaterThan(4);
  });

  it('folds what is unchanged until it is wanted', async () => {
    const { page } = await open(largeReport(8));
    const detail = await unfold(page, 'query-0');
    const before = await detail.locator('.plan-row').count();
    const fold = detail.locator('.fold').first();
    const count = Number.parseInt((await fold.textContent()) ?? '', 10);
    await fold.click();
    expect(await detail.locator('.plan-row').count()).toBe(before - 1 + count);
    // All fifteen nodes are there once every fold is open.
    while ((await detail.locator('.fold').count()) > 0) await detail.locator('.fold').first().click();
    expect(await detail.locator('.plan-row').count()).toBe(22);
  });

  it('draws each plan by pev2 in a frame of its own', async () => {
    const { page } = await open();
    const detail = await unfold(page, 'recent-orders');
    await detail.getByRole('button', { name: 'Draw baseline' }).click();
    await detail.getByRole('button', { name: 'Draw now' }).click();
    const [before, now] = await drawn(page, 2);
    expect(await before?.locator('#plan').textContent()).toContain('orders_customer_id_idx');
    expect(await before?.locator('#plan').textContent()).toContain('Index Scan');
    expect(await now?.locator('#plan').textContent()).toContain('Seq Scan');
    expect(await now?.locator('#plan').textContent()).not.toContain('Index Scan');
    expect(await now?.evaluate('origin')).toBe('null');
    await now?.getByText('Seq Scan').first().click();
    // The frame that takes the key goes with it, so that Chromium may never say that it was taken.
    void page.keyboard.press('Escape').catch(() => undefined);
    await expect.poll(() => page.locator('iframe').count()).toBe(1);
    await detail.getByRole('button', { name: 'Close' }).click();
    expect(await page.locator('iframe').count()).toBe(0);
  });

  it('moves nothing in a picture where little motion is wanted', async () => {
    const { page } = await open(mixedReport(), { reducedMotion: 'reduce' });
    const detail = await unfold(page, 'recent-orders');
    await detail.getByRole('button', { name: 'Draw now' }).click();
    const [frame] = await drawn(page, 1);
    const moving = await frame?.evaluate(
      "[...document.querySelectorAll('*')].filter((one) => /[1-9]/.test(getComputedStyle(one).transitionDuration)).length",
    );
    expect(moving).toBe(0);
  });

  it('is used without a mouse', async () => {
    const { page } = await open();
    const focused = () => page.evaluate('document.activeElement.closest("li")?.querySelector(".query").textContent');
    await page.keyboard.press('/');
    await page.keyboard.type('public.orders');
    expect(await names(page)).toEqual(['recent-orders', 'by-state']);
    await page.keyboard.press('Escape');
    expect((await names(page)).length).toBe(4);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('lost');
    await page.keyboard.press('j');
    expect(await focused()).toBe('recent-orders');
    await page.keyboard.press('Enter');
    const detail = row(page, 'recent-orders').locator('.detail');
    expect(await detail.isVisible()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.type')).toBe('checkbox');
    await page.keyboard.press('Space');
    expect(await detail.locator('.node-detail', { hasText: 'Startup Cost' }).count()).toBeGreaterThan(4);
    await page.keyboard.press('Escape');
    expect(await detail.isVisible()).toBe(false);
    expect(await focused()).toBe('recent-orders');
    await page.keyboard.press('k');
    expect(await focused()).toBe('lost');
    await page.keyboard.press('Space');
    await page.keyboard.press('x');
    expect(await page.locator('[aria-expanded="true"]').count()).toBe(0);
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('is dark where the system is, or where that is chosen, pictures too', async () => {
    const ground = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await open(mixedReport(), { colorScheme: 'dark' });
    expect(await ground(dark.page)).toBe('rgb(20, 22, 26)');
    await dark.page.getByLabel('Colours').selectOption('light');
    expect(await ground(dark.page)).toBe('rgb(251, 250, 248)');
    const light = await open(mixedReport(), { colorScheme: 'light' });
    expect(await ground(light.page)).toBe('rgb(251, 250, 248)');
    await light.page.getByLabel('Colours').selectOption('dark');
    expect(await ground(light.page)).toBe('rgb(20, 22, 26)');
    const detail = await unfold(light.page, 'recent-orders');
    await detail.getByRole('button', { name: 'Draw now' }).click();
    const [frame] = await drawn(light.page, 1);
    expect(await frame?.evaluate('document.documentElement.dataset.bsTheme')).toBe('dark');
  });

  it('lets the text of one plan be marked without the other', async () => {
    const { page } = await open();
    const detail = await unfold(page, 'recent-orders');
    const titles = detail.locator('.side.baseline .node-title');
    const [from, to] = [await titles.first().boundingBox(), await titles.last().boundingBox()];
    await page.mouse.move((from?.x ?? 0) + 2, (from?.y ?? 0) + 5);
    await page.mouse.down();
    await page.mouse.move((to?.x ?? 0) + 150, (to?.y ?? 0) + 10, { steps: 5 });
    await page.mouse.up();
    const marked = String(await page.evaluate('getSelection().toString()'));
    expect(marked).toContain('Index Scan using orders_customer_id_idx');
    expect(marked).not.toContain('Seq Scan on public.orders o');
    // Marking the text of a row does not fold it.
    expect(await detail.isVisible()).toBe(true);
  });

  it('runs nothing that a plan, a query or a name says, and asks for nothing', async () => {
    const { page } = await open(hostileReport());
    expect(await names(page)).toEqual(expect.arrayContaining([HOSTILE.image, HOSTILE.script, HOSTILE.emoji]));
    const rows = await page.locator('.row .head').all();
    expect(rows.length).toBe(Object.keys(HOSTILE).length);
    for (const head of rows) await head.click();
    expect(await page.locator('.detail').count()).toBe(rows.length);
    expect(await page.locator('main :is(img, script, b, a)').count()).toBe(0);
    expect(
      await page.locator('.sql').evaluateAll((all) => Math.max(...all.map((one) => one.textContent.length))),
    ).toBeGreaterThan(200_000);
    // Letters from right to left stay within their name.
    const direction = await page.evaluate('getComputedStyle(document.querySelector(".query")).unicodeBidi');
    expect(direction).toBe('isolate');
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
  });

  it('runs nothing of it in the frames of pev2 either', async () => {
    const asked: (string | undefined)[] = [];
    const listener = createServer(({ url }, response) => {
      asked.push(url);
      response.end();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const { page, complaints } = await open(hostileReport(`http://127.0.0.1:${port}`));
    const chosen = [HOSTILE.image, HOSTILE.script, HOSTILE.link];
    for (const name of chosen) {
      const detail = await unfold(page, name);
      await detail.getByRole('button', { name: 'Draw now' }).click();
    }
    const frames = await drawn(page, chosen.length);
    for (const frame of frames) {
      await frame.locator('.plan-node').first().locator('button, a, header').first().click();
      for (const tab of ['Grid', 'Raw', 'Query', 'Stats', 'Plan']) {
        await frame.getByRole('link', { name: tab }).click();
        await expect.poll(() => frame.locator('.nav-link.active').textContent()).toContain(tab);
      }
    }
    // Time for what was put into the frames to do what it wants.
    await page.waitForTimeout(500);
    for (const frame of frames) expect(await frame.evaluate('globalThis.hacked')).toBeUndefined();
    expect(page.frames().length).toBe(frames.length + 1);
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(asked).toEqual([]);
    // pev2 puts texts of plans into HTML; what the browser refused of that is all there is to be told, but for pev2's
    // own complaint of a transform where a tab is left before it was drawn.
    const refused = complaints.splice(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(
      refused.filter(
        (text) => !/Content Security Policy|^Not allowed to load local resource.*\/x$|translate\(NaN,NaN\)/.test(text),
      ),
    ).toEqual([]);
    listener.close();
  });

  it('opens with 1,000 queries in a moment, and filters them as one types', async () => {
    const { page, openedMs } = await open(largeReport(1000));
    console.log(`HTML report of 1,000 queries opened in ${Math.round(openedMs)} ms`);
    expect(await page.locator('.row').count()).toBe(1000);
    const typed = await page.evaluate(`(() => {
      const search = document.querySelector('#search');
      const from = performance.now();
      search.value = 'query-99';
      search.dispatchEvent(new Event('input'));
      document.body.getBoundingClientRect();
      return performance.now() - from;
    })()`);
    console.log(`filtered in ${Math.round(Number(typed))} ms`);
    expect((await names(page)).length).toBe(11);
    expect(openedMs).toBeLessThan(10_000);
    expect(Number(typed)).toBeLessThan(5000);
  });

  it('draws the first nodes of a plan of hundreds, and the others when they are wanted', async () => {
    const parts = Array.from({ length: 600 }, (_, at) => seqScan(`part_${at}`));
    const { page } = await open(checkReport([judgedResult('partitions', null, node('Append', {}, ...parts))]));
    const detail = await unfold(page, 'partitions');
    expect(await detail.locator('.plan-row').count()).toBe(400);
    await detail.getByRole('button', { name: '201 more nodes' }).click();
    expect(await detail.locator('.plan-row').count()).toBe(601);
  });

  it('opens without any query, as of an empty shard', async () => {
    const { page } = await open(checkReport([]));
    expect(await page.locator('h1').textContent()).toBe('No query was planned');
    expect(await page.locator('.counter').textContent()).toBe('0 planned queries');
    expect(await page.locator('.none').isVisible()).toBe(true);
  });

  it('says to a screen reader what a row says to the eye', async () => {
    const { page } = await open();
    const said = await page.getByRole('button', { name: /recent-orders/ }).ariaSnapshot();
    expect(said).toMatch(/fail recent-orders ?big .*became Seq Scan.*cost 120\.00 → 2640\.00 ?x22\.0/);
  });

  it('keeps the row that has the focus below the controls', async () => {
    const { page } = await open(largeReport(60));
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    for (let at = 0; at < 40; at++) await page.keyboard.press('j');
    for (let at = 0; at < 20; at++) await page.keyboard.press('k');
    const row = await page.locator('li.row:focus-within').boundingBox();
    const controls = await page.locator('.controls').boundingBox();
    expect(controls?.y).toBe(0);
    expect(row?.y).toBeGreaterThanOrEqual(controls?.height ?? Number.POSITIVE_INFINITY);
  });

  it.each([390, 768])('fits a window of %i pixels, whatever is unfolded', async (width) => {
    const long = 'a_name_without_end_'.repeat(20);
    const deep = (scan: PlanNode, totalCost: number) =>
      Array.from({ length: 25 }).reduce<PlanNode>((inner) => node('Nested Loop', { totalCost }, inner), scan);
    const report = mixedReport();
    const plans = [deep(indexScan('orders', 'i'), 500), deep(seqScan('orders'), 123_456_789)] as const;
    const added = [
      judgedResult('deep', ...plans),
      judgedResult(long, indexScan(long, long), seqScan(long), { case: long, file: `${long}.yaml` }),
    ];
    const { page } = await open(
      { ...report, results: [...report.results, ...added] },
      { viewport: { width, height: 900 } },
    );
    for (const head of await page.locator('.row .head').all()) await head.click();
    for (const more of await page.locator('.settings-box summary').all()) await more.click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const titles = page.locator('.row', { has: page.getByText('deep', { exact: true }) }).locator('.node-title');
    const widths = await titles.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
    expect(Math.min(...widths)).toBeGreaterThan(60);
    if (width === 390)
      expect(await page.evaluate("getComputedStyle(document.querySelector('.controls')).position")).toBe('static');
  });

  it('has the figures of a plan in columns', async () => {
    const { page } = await open(largeReport(8));
    const detail = await unfold(page, 'query-0');
    for (const side of ['baseline', 'current']) {
      const cells = detail.locator(`.plan-body .side.${side} .node-cost`);
      const edges = await cells.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
      expect(edges.length).toBeGreaterThan(4);
      expect(new Set(edges.map(Math.round)).size).toBe(1);
      const wide = await cells.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
      expect(wide).toBe(0);
    }
  });

  it.each(['light', 'dark'] as const)('has text and fields that stand out, %s', async (colorScheme) => {
    const { page } = await open(mixedReport({ conditions: [{ code: 'major', message: 'm', effect: 'e' }] }), {
      colorScheme,
    });
    for (const head of await page.locator('.row .head').all()) await head.click();
    for (const more of await page.locator('.settings-box summary').all()) await more.click();
    for (const verdict of await page.locator('.verdict:enabled').all()) await verdict.click();
    expect(await page.evaluate(FAINT)).toEqual([]);
  });

  it('is light on paper, whatever was chosen', async () => {
    const { page } = await open(mixedReport(), { colorScheme: 'dark' });
    await page.getByLabel('Colours').selectOption('dark');
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(28, 30, 33)');
    expect(await page.locator('.controls').isVisible()).toBe(false);
  });

  it('says what does not count for the build, and what changed a plan', async () => {
    const report = mixedReport();
    const results = report.results.map((result) =>
      result.status === 'fail' || result.status === 'error'
        ? {
            ...result,
            branchStatus: 'ok' as const,
            changedBy: { by: 'snapshot' as const, growth: 'public.orders grew 80 %' },
          }
        : result,
    );
    const { page } = await open({ ...report, results, failOn: 'branch' });
    const heading = page.locator('h1');
    expect(await heading.textContent()).toBe(
      '1 of 4 queries failed, 1 could not be planned, none caused by this branch',
    );
    expect(await heading.getAttribute('class')).toBe('warn');
    expect(await page.title(), 'what fails no build is counted as a warning').toBe('regress: 3 warned (4)');
    const detail = await unfold(page, 'recent-orders');
    expect(await detail.locator('.facts').textContent()).toContain('Changed bythe snapshot: public.orders grew 80 %');
    const half = results.map((result) =>
      result.query === 'lost' ? { ...result, branchStatus: 'error' as const } : result,
    );
    const other = await open({ ...report, results: half, failOn: 'branch' });
    expect(await other.page.locator('h1').textContent()).toBe(
      '1 of 4 queries failed, 1 could not be planned, 1 of them not caused by this branch',
    );
    expect(await other.page.locator('h1').getAttribute('class')).toBe('bad');
    expect(await other.page.title()).toBe('regress: 1 could not be planned, 2 warned (4)');
  });

  it('tells what was checked with what, and carries the licences', async () => {
    const { page } = await open(
      mixedReport({ conditions: [{ code: 'major', message: 'majors differ', effect: 'Plans can.' }] }),
    );
    expect(await page.locator('.run').textContent()).toContain('snapshots/production');
    expect(await page.locator('.run .findings').isVisible()).toBe(true);
    await page.getByText('Licences of what this file carries').click();
    await expect.poll(async () => (await page.locator('.licences').textContent())?.length).toBeGreaterThan(1000);
    const licences = await page.locator('.licences').textContent();
    for (const name of ['pev2 ', 'vue ', 'bootstrap ', 'd3 ', 'lodash ', 'highlight.js '])
      expect(licences).toContain(name);
  });
});

/** The frames of pictures, once pev2 has drawn in each. */
async function drawn(page: Page, count: number): Promise<readonly Frame[]> {
  await expect.poll(() => page.locator('iframe').count()).toBe(count);
  const frames = page.frames().filter((frame) => frame !== page.mainFrame());
  for (const frame of frames) await frame.getByText('Raw').first().waitFor();
  return frames;
}
