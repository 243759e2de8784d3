import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openReport, testBrowser } from '../support/browser.ts';
import type { Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();
const browser = await testBrowser();

describe.skipIf(server === null)('check --reporter html', () => {
  test('writes what json tells into one file that a browser opens', async () => {
    const { project } = await makeShopWithSnapshot(server as TestServer);
    await project.edit(
      'suites/orders.yaml',
      '    cases: { some: [17] }',
      '    cases: { some: [17] }\n    settings: { work_mem: 64MB }',
    );
    expect((await project.regress(['update', '--all'])).status).toBe(0);
    await project.edit('schema.sql', 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n', '');
    const checked = await project.regress(['check', '--reporter', 'html=out/report.html', '--reporter', 'json']);
    expect(checked.status, checked.stderr).toBe(1);
    const html = await project.read('out/report.html');
    const results: readonly { query: string; settings?: object }[] = JSON.parse(checked.stdout).results;
    expect(results.flatMap(({ settings }) => settings ?? [])).toEqual([{ work_mem: '64MB' }]);
    for (const { query } of results) expect(html).toContain(`"query":"${query}"`);
    if (browser !== null) await seen(html);
    await browser?.close();
    await forget(project);
  });

  test('is refused where it cannot be written', async () => {
    const { project } = await makeShopWithSnapshot(server as TestServer);
    const checked = await project.regress(['check', '--reporter', 'html=schema.sql/report.html']);
    expect(checked).toMatchObject({ status: 2, stderr: expect.stringContaining('could not write the report') });
    await forget(project);
  });

  async function seen(html: string): Promise<void> {
    const { page, complaints, requests } = await openReport(browser as NonNullable<typeof browser>, html);
    await page.locator('.row .head', { hasText: 'orders-of-customer' }).click();
    expect(await page.locator('.detail .current .node-title').first().textContent()).toContain('Seq Scan');
    expect(await page.locator('.detail .baseline').first().textContent()).toContain('Scan');
    expect(await page.getByText('1 set by this query').count()).toBe(1);
    expect([...complaints, ...requests]).toEqual([]);
  }

  const forget = (project: Project) => rm(project.folder, { recursive: true, force: true });
});
