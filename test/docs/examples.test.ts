import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/index.ts';
import { loadSuites } from '../../src/suite/index.ts';
import { documentationPages, readPage } from './markdown.ts';

interface Example {
  readonly where: string;
  readonly text: string;
  readonly keys: readonly string[];
}

const SUITE = ['queries', 'thresholds', 'cases', 'ignored'];
const CONFIG = ['source', 'target', 'snapshot', 'suites', 'map', 'thresholds', 'failOn', 'expect'];

/** YAML in the pages, without the indent of a list item it stands in. */
function examplesOf(page: string): Example[] {
  const source = readPage(page);
  return [...source.matchAll(/^( *)```ya?ml\n([\s\S]*?)^ *```/gm)].flatMap((match) => {
    const text = (match[2] as string).replaceAll(new RegExp(`^${match[1]}`, 'gm'), '');
    const where = `${page}:${source.slice(0, match.index).split('\n').length + 1}`;
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [{ where, text, keys: Object.keys(value) }]
      : [];
  });
}

const examples = documentationPages().flatMap(examplesOf);
const only = (known: readonly string[]) => (example: Example) => example.keys.every((key) => known.includes(key));
const suites = examples.filter((example) => only(SUITE)(example) && example.keys.includes('queries'));
/** `expect` and `thresholds` of a query are written like keys of the configuration. */
const isOfQuery = ({ text }: Example) => /^expect:\n {2}(cost|uses|forbid):/m.test(text);
const configs = examples.filter((example) => only(CONFIG)(example) && !isOfQuery(example));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docs-examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('finds suites and configurations in the pages', () => {
  expect(suites.length).toBeGreaterThanOrEqual(3);
  expect(configs.length).toBeGreaterThanOrEqual(5);
});

it.each(suites)('$where is a suite', async ({ where, text }) => {
  const own = join(folder, where.replaceAll(/\W/g, '-'));
  await mkdir(own);
  await writeFile(join(own, 'suite.yaml'), text);
  const [suite] = await loadSuites(own);
  expect(suite?.queries.length).toBeGreaterThan(0);
});

it.each(configs)('$where is a configuration', async ({ where, text }) => {
  const file = join(folder, `${where.replaceAll(/\W/g, '-')}.yaml`);
  await writeFile(file, text);
  const env = { REGRESS_SOURCE_URL: 'postgresql://reader@replica/shop', REGRESS_TARGET_URL: '' };
  expect((await loadConfig(file, env)).folder).toBe(folder);
});
