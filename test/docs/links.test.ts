import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { documentationPages, ROOT, readPage } from './markdown.ts';

const pages = [...documentationPages(), 'CONTRIBUTING.md', 'CONTEXT.md', 'CHANGELOG.md'];

interface Link {
  readonly from: string;
  readonly path: string;
  readonly anchor: string | undefined;
}

const withoutCode = (text: string) => text.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '').replaceAll(/`[^`\n]*`/g, '`');

function linksOf(from: string): Link[] {
  const targets = [...withoutCode(readPage(from)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file, anchor] = target.split('#') as [string, string?];
      return { from, path: file === '' ? from : normalize(join(dirname(from), file)), anchor };
    });
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const headings = readPage(page)
    .replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const links = pages.flatMap(linksOf);

it('finds links', () => {
  expect(links.length).toBeGreaterThan(100);
});

it('leads to files that are there', () => {
  const dead = links.filter(({ path }) => !existsSync(join(ROOT, path)));
  expect(dead.map(({ from, path }) => `${from} → ${path}`)).toEqual([]);
});

it('leads to headings that are there', () => {
  const dead = links.filter(
    ({ path, anchor }) =>
      anchor !== undefined && path.endsWith('.md') && existsSync(join(ROOT, path)) && !anchorsOf(path).includes(anchor),
  );
  expect(dead.map(({ from, path, anchor }) => `${from} → ${path}#${anchor}`)).toEqual([]);
});

it('has every page of docs in the index', () => {
  const indexed = linksOf('docs/README.md').map(({ path }) => path);
  const own = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(own.map((name) => `docs/${name}`).filter((path) => !indexed.includes(path))).toEqual([]);
});
