/** The pictures of docs/images, taken anew where REGRESS_IMAGES names their folder; looked at by a person afterwards. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { reporters } from '../../../src/report/index.ts';
import { builtPageParts, openReport, testBrowser } from '../../support/browser.ts';
import { largeReport } from '../../support/page-reports.ts';
import { exampleProject } from '../../support/project.ts';
import { OPTIONS } from '../../support/report-builders.ts';

const folder = process.env.REGRESS_IMAGES ?? '';
const browser = folder === '' ? null : await testBrowser();
afterAll(() => browser?.close());

const INDEX = 'CREATE INDEX orders_customer_id_placed_at_idx ON orders (customer_id, placed_at DESC);';

it.skipIf(browser === null)('takes the pictures of the documentation', async () => {
  const example = await exampleReport();
  const take = async (name: string, html: string, view: Partial<View> = {}) => {
    const { height = 800, search = '', prepare = async () => undefined, ...context } = view;
    const { page } = await openReport(browser as Browser, html, { viewport: { width: 1280, height }, ...context });
    await page.locator('#search').fill(search);
    await prepare(page);
    // No caret and no colour of a row below the pointer.
    await page.evaluate('document.activeElement?.blur()');
    await page.mouse.move(0, 0);
    await page.screenshot({ path: resolve(folder, `html-${name}.png`) });
    await page.context().close();
  };
  await take('list', example);
  await take('plans', example, { height: 1120, search: 'customers-without-orders', prepare: unfold });
  await take('pev2', example, { height: 1120, search: 'customers-without-orders', prepare: drawBoth });
  await take('dark', example, { height: 900, search: 'customer-overview', prepare: unfold, colorScheme: 'dark' });
  const large = reporters.html(largeReport(1000), { ...OPTIONS, page: await builtPageParts() });
  await take('1000', large, {
    search: 'query-9',
    prepare: async (page) => await page.getByRole('button', { name: ' failed' }).click(),
  });
});

interface View extends BrowserContextOptions {
  readonly height: number;
  readonly search: string;
  readonly prepare: (page: Page) => Promise<void>;
}

/** The worked example, of which somebody dropped an index. */
async function exampleReport(): Promise<string> {
  const project = await exampleProject();
  await project.edit('docs/storefront/schema.sql', INDEX, '');
  const { status, stderr } = await project.regress(['check', '--reporter', 'html=report.html']);
  expect(status, stderr).toBe(1);
  return await readFile(project.path('report.html'), 'utf8');
}

async function unfold(page: Page): Promise<void> {
  await page.locator('.row:visible .head').first().click();
}

async function drawBoth(page: Page): Promise<void> {
  await unfold(page);
  for (const button of await page.getByRole('button', { name: /^Draw/ }).all()) await button.click();
  for (const frame of page.frames().slice(1)) await frame.getByText('Raw').first().waitFor();
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  // Time for pev2 to place its nodes.
  await page.waitForTimeout(2000);
}
