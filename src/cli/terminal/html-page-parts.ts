import { readFile } from 'node:fs/promises';
import { RegressError } from '../../model/errors.ts';
import type { PageParts } from '../../report/index.ts';

const FOLDER = new URL('../../page/', import.meta.url);

/** Reads the scripts and styles of the HTML report, which the build puts into dist/page. */
export async function loadPageParts(): Promise<PageParts> {
  const read = (file: string) => readFile(new URL(file, FOLDER), 'utf8');
  try {
    const [script, style, viewerScript, viewerStyle, licences] = await Promise.all(
      ['page.js', 'page.css', 'viewer.js', 'viewer.css', 'licences.txt'].map(read),
    );
    return { script, style, viewerScript, viewerStyle, licences } as PageParts;
  } catch (cause) {
    throw new RegressError('usage', 'could not read the page of the html reporter', {
      detail: `${(cause as Error).message}.`,
      hint: 'Install regress-pg again; in a clone: npm run build',
      cause,
    });
  }
}
