import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, importsOf, loadedWith, readSource, type SourceImport, sourceFiles } from './source-imports.ts';

const SRC = join(import.meta.dirname, '../../src');

/** What a stage may import besides itself; stages do not know each other, src/cli composes them. */
const STAGE = ['model', 'files', 'postgres', 'yaml', 'plan', 'environment'];

/** Stages from the snapshot to the plan. */
const PLANNED_BY = [
  ...[
    'config',
    'cleanup',
    'snapshot',
    'mapping',
    'restore',
    'server',
    'target',
    'suite',
    'cases',
    'explain',
    'baseline',
  ],
  'compare',
];

/** Folders of src/ and the folders each may import. */
const ARROWS: Readonly<Record<string, readonly string[] | 'everything'>> = {
  model: [],
  files: ['model'],
  postgres: ['model', 'files'],
  yaml: ['model', 'files'],
  plan: ['model'],
  config: ['model', 'files', 'yaml'],
  environment: ['model', 'postgres'],
  mapping: STAGE,
  sizes: ['model'],
  restore: [...STAGE, 'sizes'],
  // What they start or make is undone however the process ends, while it is being made too.
  snapshot: [...STAGE, 'cleanup'],
  server: [...STAGE, 'cleanup'],
  target: [...STAGE, 'cleanup'],
  suite: STAGE,
  workload: STAGE,
  explain: STAGE,
  git: STAGE,
  baseline: STAGE,
  compare: ['model'],
  report: ['model'],
  cases: ['model'],
  // Runs in a browser, and composes what it shows as the command line does.
  page: ['model', 'compare', 'report'],
  cleanup: [],
  // What the command line and tests of vitest share of composing stages.
  planning: [...STAGE, ...PLANNED_BY],
  judging: [...STAGE, ...PLANNED_BY, 'planning', 'baseline', 'compare', 'git', 'report'],
  cli: 'everything',
  vitest: ['cli', 'model', 'config', 'suite', 'baseline', 'compare', 'report', 'planning', 'judging'],
  'main.ts': ['cli', 'cleanup'],
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

it('knows every folder', () => {
  const unknown = folders.filter((folder) => ARROWS[folder] === undefined);
  expect(unknown, 'give each new folder of src/ its arrows in ARROWS').toEqual([]);
});

const guarded = folders.flatMap((folder) => {
  const allowed = ARROWS[folder] ?? [];
  return allowed === 'everything' ? [] : [{ folder, allowed }];
});

it.each(guarded)('src/$folder imports nothing of ours but itself and $allowed', ({ folder, allowed }) => {
  const strays = ours.filter(({ file, target }) => {
    const other = folderOf(target);
    return folderOf(file) === folder && other !== folder && !allowed.includes(other);
  });
  expect(strays.map(at), 'data flows one way, and only src/cli composes stages').toEqual([]);
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
