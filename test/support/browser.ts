import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { PageParts } from '../../src/report/index.ts';

const BUILT = new URL('../../dist/page/', import.meta.url);
const PLACES = [process.env.REGRESS_TEST_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
const executablePath = PLACES.find((path) => path !== undefined && path !== '' && existsSync(path));

export const NO_BROWSER =
  'SKIPPED: tests of the HTML report in a browser; install chromium, or name one in REGRESS_TEST_CHROMIUM';

/** A browser, or null where none is installed, which is said loudly. */
export async function testBrowser(): Promise<Browser | null> {
  if (executablePath === undefined) {
    console.warn(NO_BROWSER);
    return null;
  }
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath, args, headless: true });
}

/** What the HTML report carries, as `npm run build` made it. */
export async function builtPageParts(): Promise<PageParts> {
  const read = (file: string) => readFile(new URL(file, BUILT), 'utf8');
  return {
    script: await read('page.js'),
    style: await read('page.css'),
    viewerScript: await read('viewer.js'),
    viewerStyle: await read('viewer.css'),
    licences: await read('licences.txt'),
  };
}

/** A report opened from its file. */
export interface OpenedReport {
  readonly page: Page;
  /** Errors of scripts, refusals of the policy and all else the console was told. */
  readonly complaints: string[];
  /** URLs besides that of the file itself that anything came of. */
  readonly requests: string[];
  /** From the call until the list is drawn, in ms. */
  readonly openedMs: number;
}

/** Opens a report as a person does who double-clicks it. */
export async function openReport(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenedReport> {
  const file = join(await mkdtemp(join(process.env.REGRESS_TEST_FOLDER ?? tmpdir(), 'page-')), 'report.html');
  await writeFile(file, html);
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => complaints.push(`popup: ${popup.url()}`));
  // What the policy refuses is told as a request too, and as one that failed.
  const note = (what: { url(): string }) => {
    if (what.url() !== url) requests.push(what.url());
  };
  context.on('requestfinished', note);
  context.on('response', note);
  const from = performance.now();
  await page.goto(url);
  await page.locator('.counter').waitFor();
  return { page, complaints, requests, openedMs: performance.now() - from };
}
