import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
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
  about: [],
  model: [],
  cleanup: [],
  files: ['model'],
  postgres: ['model'],
  yaml: ['files', 'model'],
  // What is known without a server, and what either end says of itself.
  compare: ['model'],
  report: ['compare', 'model'],
  git: ['files', 'model'],
  config: ['files', 'model', 'yaml'],
  baseline: ['files', 'model', 'yaml'],
  environment: ['catalog', 'model', 'postgres'],
  sql: ['environment', 'model'],
  suite: ['environment', 'files', 'model', 'sql', 'yaml'],
  // Stages.
  workload: ['model', 'postgres'],
  catalog: ['model', 'postgres'],
  predict: ['catalog', 'model', 'postgres'],
  snapshot: ['cleanup', 'environment', 'files', 'model'],
  source: ['catalog', 'environment', 'model', 'postgres', 'snapshot'],
  restore: ['catalog', 'environment', 'model', 'postgres', 'predict'],
  target: ['cleanup', 'environment', 'files', 'model', 'postgres', 'sql', 'yaml'],
  explain: ['environment', 'model', 'postgres'],
  // Compose stages.
  planning: [
    ...['baseline', 'catalog', 'cleanup', 'compare', 'config', 'environment', 'explain', 'model', 'postgres'],
    ...['predict', 'restore', 'snapshot', 'source', 'sql', 'suite', 'target'],
  ],
  judging: [
    ...['about', 'baseline', 'cleanup', 'compare', 'config', 'environment', 'explain', 'git', 'model', 'planning'],
    ...['postgres', 'predict', 'report', 'restore', 'snapshot', 'sql', 'suite'],
  ],
  // Front ends.
  cli: [
    ...['about', 'baseline', 'cleanup', 'compare', 'config', 'environment', 'explain', 'files', 'git', 'judging'],
    ...['model', 'planning', 'postgres', 'predict', 'report', 'restore', 'snapshot', 'source', 'sql', 'suite'],
    ...['target', 'workload'],
  ],
  vitest: ['baseline', 'compare', 'config', 'judging', 'model', 'planning', 'report', 'suite'],
  'main.ts': ['cleanup', 'cli', 'judging'],
};

/** Files at one level of src/, and lines of one file: more of either is two ideas. */
const MOST_FILES = 15;
const MOST_LINES = 250;

/** Packages and the folders that may import them. */
const OWNERS: readonly { readonly target: RegExp; readonly folders: readonly string[]; readonly why: string }[] = [
  { target: /^pg(-.*)?$/, folders: ['postgres'], why: 'only src/postgres talks to the driver' },
  { target: /^commander$/, folders: ['cli'], why: 'only src/cli knows the command line' },
  { target: /^vitest$/, folders: ['vitest'], why: 'it is an optional peer, which only its users have' },
  {
    target: /^(pev2|vue)$/,
    folders: ['report'],
    why: 'pev2 is bundled for the frames of the HTML report, and not installed',
  },
  {
    target: /^libpg-query$/,
    folders: ['sql'],
    why: 'only src/sql parses SQL',
  },
];

/** Folders that compute and do nothing else. */
const PURE = ['model', 'baseline/plan-text', 'suite/cases', 'predict/sizes', 'compare', 'report'];
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

it('has few files at one level, and short ones', () => {
  const levels = [...new Set(files.map((file) => dirname(file)))];
  const full = levels.filter((level) => files.filter((file) => dirname(file) === level).length > MOST_FILES);
  expect(full, `more than ${MOST_FILES} files at one level: give them folders of their own`).toEqual([]);
  const long = files.filter((file) => readSource(SRC, file).split('\n').length - 1 > MOST_LINES);
  expect(long, `more than ${MOST_LINES} lines: give each idea a file`).toEqual([]);
});

it('shows its folders in docs/architecture.md as they are', async () => {
  await execa('node', [join(SRC, '../scripts/draw-rooms.mjs'), '--check']);
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
  const strays = imports.filter(({ file, target }) => file.startsWith(`${folder}/`) && INPUT_OUTPUT.test(target));
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
