import { readFile } from 'node:fs/promises';
import { RegressError } from '../../model/errors.ts';
import type { PageParts } from '../../report/index.ts';

const FOLDER = new URL('../../page/', import.meta.url);

/** Reads what the HTML report carries, which the build has put beside the compiled code. */
export async function loadPageParts(): Promise<PageParts> {
  const read = (file: string) => readFile(new URL(file, FOLDER), 'utf8');
  try {
    const [script, style, viewerScript, viewerStyle, licences] = await Promise.all(
      ['page.js', 'page.css', 'viewer.js', 'viewer.css', 'licences.txt'].map(read),
    );
    return { script, style, viewerScript, viewerStyle, licences } as PageParts;
  } catch (cause) {
    throw new RegressError('usage', 'the page of the html reporter is not there', {
      detail: `${(cause as Error).message}.`,
      hint: 'npm run build, or install regress-pg again.',
      cause,
    });
  }
}
