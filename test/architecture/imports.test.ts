import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  circlesOf,
  folderOf,
  importsOf,
  loadedWith,
  readSource,
  type SourceImport,
  sourceFiles,
} from './source-imports.ts';

const SRC = join(import.meta.dirname, '../../src');

/**
 * Folders of src/ and the folders each imports, no more and no less. Stages do not know each other: planning, judging and
 * the front ends compose them.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  // What everything stands on.
  model: [],
  cleanup: [],
  files: ['model'],
  postgres: ['model'],
  yaml: ['files', 'model'],
  // Stages.
  plan: ['model'],
  config: ['files', 'model', 'yaml'],
  environment: ['model', 'postgres'],
  mapping: ['model', 'postgres'],
  sizes: [],
  restore: ['environment', 'model', 'postgres', 'sizes'],
  snapshot: ['cleanup', 'environment', 'files', 'model', 'postgres'],
  server: ['cleanup', 'environment', 'files', 'model', 'postgres'],
  target: ['cleanup', 'environment', 'files', 'model', 'postgres', 'yaml'],
  suite: ['environment', 'files', 'model', 'yaml'],
  workload: ['model', 'postgres'],
  explain: ['environment', 'model', 'postgres'],
  git: ['files', 'model'],
  baseline: ['files', 'model', 'plan', 'yaml'],
  compare: ['model'],
  report: ['model'],
  cases: ['model'],
  // Runs in a browser, and composes what it shows as the command line does.
  page: ['compare', 'model', 'report'],
  // Compose stages.
  planning: [
    ...['baseline', 'cases', 'cleanup', 'compare', 'config', 'environment', 'explain', 'mapping', 'model', 'postgres'],
    ...['restore', 'server', 'snapshot', 'suite', 'target'],
  ],
  judging: [...['baseline', 'cleanup', 'compare', 'config', 'git', 'model', 'planning', 'postgres', 'report', 'suite']],
  // Front ends.
  cli: [
    ...['baseline', 'cleanup', 'compare', 'config', 'environment', 'explain', 'files', 'git', 'judging', 'mapping'],
    ...['model', 'planning', 'postgres', 'report', 'restore', 'server', 'snapshot', 'suite', 'target', 'workload'],
  ],
  vitest: ['baseline', 'cli', 'compare', 'config', 'judging', 'model', 'planning', 'report', 'suite'],
  'main.ts': ['cleanup', 'cli'],
};

/** Packages and the folders that may import them. */
const OWNERS: readonly { readonly target: RegExp; readonly folders: readonly string[]; readonly why: string }[] = [
  { target: /^pg(-.*)?$/, folders: ['postgres'], why: 'only src/postgres talks to the driver' },
  { target: /^commander$/, folders: ['cli'], why: 'only src/cli knows the command line' },
  { target: /^vitest$/, folders: ['vitest'], why: 'it is an optional peer, which only its users have' },
  {
    target: /^(pev2|vue)$/,
    folders: ['page'],
    why: 'pev2 is bundled for the frames of the HTML report, and not installed',
  },
  {
    target: /^libpg-query$/,
    folders: ['suite', 'target'],
    why: 'only src/suite parses SQL, and src/target the definitions of a snapshot',
  },
];

/** Folders that compute and do nothing else. */
const PURE = ['model', 'plan', 'cases', 'sizes', 'compare', 'report'];
const INPUT_OUTPUT =
  /^(node:)?(fs|fs\/promises|child_process|net|http|https|tls|process|os|worker_threads|readline)$|^execa$|^pg$/;

const files = sourceFiles(SRC);
const imports = files.flatMap((file) => importsOf(file, readSource(SRC, file)));
const ours = imports.filter(({ isOurs }) => isOurs);
const folders = [...new Set(files.map(folderOf))];

const at = ({ file, line, target }: SourceImport) => `src/${file}:${line} imports ${target}`;

it('reads a source tree that is there', () => {
  expect(files.length).toBeGreaterThan(40);
  expect(ours.length).toBeGreaterThan(files.length);
});

it('knows every folder, and CONTRIBUTING.md has it in its table', () => {
  expect(Object.keys(ARROWS).sort(), 'give each folder of src/ its arrows in ARROWS').toEqual([...folders].sort());
  const page = readFileSync(join(SRC, '../CONTRIBUTING.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `src/'));
  const first = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`src\/([a-z.]+)`/g)]);
  const named = new Set(first.map(([, name]) => name));
  expect(
    folders.filter((folder) => !named.has(folder)),
    'give it a row in CONTRIBUTING.md',
  ).toEqual([]);
});

it.each(Object.entries(ARROWS))('src/%s imports of ours what its arrows say: %j', (folder, arrows) => {
  const others = ours.filter(({ file, target }) => folderOf(file) === folder && folderOf(target) !== folder);
  const strays = others.filter(({ target }) => !arrows.includes(folderOf(target)));
  expect(strays.map(at), 'data flows one way; planning, judging and front ends compose stages').toEqual([]);
  const unused = arrows.filter((arrow) => !others.some(({ target }) => folderOf(target) === arrow));
  expect(unused, 'take an arrow that nobody uses out of ARROWS').toEqual([]);
});

it('has no file that is loaded by way of what it loads', () => {
  expect(circlesOf(ours), 'give the types that both need a file of their own').toEqual([]);
});

it('imports another folder by its index.ts, and model by file', () => {
  const inner = ours.filter(({ file, target }) => {
    const other = folderOf(target);
    if (other === folderOf(file) || other === 'model' || folderOf(file) === 'main.ts') return false;
    return target !== `${other}/index.ts`;
  });
  expect(inner.map(at), 'a folder has one front door; export what is needed from its index.ts').toEqual([]);
});

it.each(OWNERS)('keeps $target to $folders', ({ target, folders: owners, why }) => {
  const strays = imports.filter((found) => target.test(found.target) && !owners.includes(folderOf(found.file)));
  expect(strays.map(at), why).toEqual([]);
});

it.each(PURE)('src/%s does no input or output', (folder) => {
  const strays = imports.filter(({ file, target }) => folderOf(file) === folder && INPUT_OUTPUT.test(target));
  expect(strays.map(at), 'give it data; reading and writing is for the ends').toEqual([]);
});

it('answers --help without loading what only commands need', () => {
  const packages = (file: string) => [...loadedWith(SRC, file)].filter((name) => !name.startsWith('node:'));
  expect(packages('main.ts')).toEqual([]);
  expect(packages('cli/program.ts')).toEqual(['commander']);
  expect(packages('cli/check.ts')).toEqual(expect.arrayContaining(['pg', 'yaml', 'zod', 'execa']));
});

it('ends the process nowhere but in main.ts', () => {
  const strays = files.filter((file) => file !== 'main.ts' && /\bprocess\s*\.\s*exit\b/.test(readSource(SRC, file)));
  expect(strays, 'throw or return a status; open servers and files are closed on the way out').toEqual([]);
});

describe('circlesOf', () => {
  const arrows = (...pairs: string[]) =>
    pairs.map((pair) => ({ file: pair[0] as string, line: 1, target: pair[1] as string, isOurs: true }));
  it.each([
    [arrows('ab', 'bc'), []],
    [arrows('ab', 'ba'), [['a', 'b']]],
    [
      arrows('ab', 'bc', 'ca', 'cd', 'de', 'ed'),
      [
        ['a', 'b', 'c'],
        ['d', 'e'],
      ],
    ],
    [arrows('ab', 'ac', 'bd', 'cd'), []],
  ])('of %j are %j', (imports, circles) => {
    expect(circlesOf(imports)).toEqual(circles);
  });
});

describe('importsOf', () => {
  it.each([
    ["import { a } from '../model/plan.ts';", 'model/plan.ts'],
    ["import type { A } from './judge.ts';", 'compare/judge.ts'],
    ["export * from '../plan/index.ts';", 'plan/index.ts'],
    ["import {\n  a,\n} from 'pg';", 'pg'],
    ["import 'node:fs';", 'node:fs'],
    ["const m = await import('../cli/check.ts');", 'cli/check.ts'],
  ])('finds %j', (text, target) => {
    expect(importsOf('compare/x.ts', text).map((found) => found.target)).toEqual([target]);
  });
});
