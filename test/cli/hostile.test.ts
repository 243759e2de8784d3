import { chmod, mkdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readBaseline } from '../../src/baseline/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import { describeError } from '../../src/judging/index.ts';
import { manifestDigest, readableJson, sha256 } from '../../src/snapshot/canonical.ts';
import { openSnapshot } from '../../src/snapshot/index.ts';
import { relationPath } from '../../src/snapshot/paths.ts';
import { forgeSnapshot } from '../support/forged-snapshot.ts';
import { commandLine } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { aRelation, aSnapshot } from '../support/snapshot-builders.ts';
import { temporaryFolder } from '../support/temp.ts';
import { makeShopWithSnapshot } from './shop.ts';

/**
 * What the author of a pull request can commit: each row ends with status 2 and an error that says what is wrong, in little time, and
 * shows nothing of files elsewhere.
 */

const HOME = process.cwd();
afterAll(() => process.chdir(HOME));

/** A project without anything yet, in which commands run. */
let project = '';
beforeEach(async () => {
  project = await temporaryFolder();
  process.chdir(project);
  await put('regress.yaml', 'target: {}\n');
});

const at = (file: string) => join(project, file);

async function put(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(at(file)), { recursive: true });
  await writeFile(at(file), content);
}

async function link(target: string, file: string): Promise<void> {
  await mkdir(dirname(at(file)), { recursive: true });
  await symlink(target, at(file));
}

async function pipe(file: string): Promise<void> {
  await mkdir(dirname(at(file)), { recursive: true });
  await execa('sh', ['-c', 'mkfifo "$1"', 'sh', at(file)]);
}

/** A file of so many megabytes, which takes no room on the disk. */
async function large(file: string, megabytes: number): Promise<void> {
  await put(file, '');
  await truncate(at(file), megabytes * 1024 * 1024);
}

async function socket(file: string): Promise<void> {
  await mkdir(dirname(at(file)), { recursive: true });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at(file), resolve));
  server.unref();
}

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, as in a job of GitHub. */
async function regress(...args: string[]): Promise<Outcome> {
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  vi.stubEnv('GITHUB_STEP_SUMMARY', '');
  let [stdout, stderr] = ['', ''];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  try {
    return { status: await createProgram().run(['node', 'regress', ...args]), stdout, stderr };
  } catch (error) {
    return { status: 2, stdout, stderr: stderr + describeError(error) };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

/** The same of a part that the command line comes to only with a server. */
async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return { status: 0, stdout: '', stderr: '' };
  } catch (error) {
    return { status: 2, stdout: '', stderr: describeError(error) };
  }
}

/** What our errors begin their lines with; a line of a file has a margin. */
const OUR_LINE = /^(?:regress: (?:error|warning): |DETAIL: {2}|HINT: {2}|\s|$)/;

function expectTold(outcome: Outcome, message: string | RegExp): void {
  const { status, stdout, stderr } = outcome;
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
  expect(stderr).not.toContain('unexpected error');
  expect(stderr).not.toMatch(/s3cret|root:|SHELL=|PATH=/);
  for (const text of [stdout, stderr]) {
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
    expect(text).not.toMatch(/^\s*::.*::/m);
    expect(text).not.toMatch(/##(?:vso|teamcity)?\[/);
  }
  expect(stderr.split('\n').filter((line) => !OUR_LINE.test(line))).toEqual([]);
  expect(stderr.length).toBeLessThan(20_000);
}

type Row = readonly [what: string, lay: () => Promise<unknown>, message: string | RegExp];

const suite = (text: string | Uint8Array) => () => put('suites/q.yaml', text);
const query = (sql: string) => suite(JSON.stringify({ queries: [{ name: 'q', sql }] }));
const sql = (text: string | Uint8Array) => () => put('suites/q.sql', text);

const YAML: readonly Row[] = [
  ['aliases that multiply', suite(`queries:\n- &a [x,x,x,x,x,x,x,x,x,x]\n${bomb()}`), 'aliases'],
  ['a list that holds itself', suite('queries: &a [*a]'), /suites\/q\.yaml:1:\d+/],
  [
    'a case that holds itself',
    suite('queries: [{ name: q, sql: SELECT $1, cases: { a: &c [*c] } }]'),
    /suites\/q\.yaml:1:\d+/,
  ],
  ['a merged map', suite('a: &a { name: q }\nqueries: [{ <<: *a, sql: SELECT 1 }]'), 'unknown key'],
  ['__proto__', suite('queries: [{ name: q, sql: SELECT 1, __proto__: { x: 1 } }]'), 'unknown key "__proto__"'],
  ['constructor', suite('queries: [{ name: q, sql: SELECT 1, constructor: { prototype: 1 } }]'), 'unknown key'],
  ['a tag of code', suite('queries: !!js/function "function () {}"'), /q\.yaml:1:\d+/],
  ['a tag of bytes', suite('queries: [{ name: q, sql: !!binary U0VMRUNUIDE= }]'), /q\.yaml:1:\d+/],
  ['nesting without end', suite(`queries: ${'['.repeat(20_000)}`), 'too deep'],
  ['maps in maps', suite(`queries: ${'{a: '.repeat(20_000)}`), 'too deep'],
  ['two documents', suite('queries: []\n---\nqueries: []'), 'a second document'],
  ['one key twice', suite('queries: []\nqueries: []'), /q\.yaml:2:\d+/],
  [
    'bytes that are not UTF-8',
    suite(Buffer.from('queries:\n  - name: caf\xe9', 'latin1')),
    'suites/q.yaml:2:14: the file is not UTF-8',
  ],
  ['UTF-16', suite(Buffer.from('\ufeffqueries: []', 'utf16le')), 'suites/q.yaml:1:1: the file is not UTF-8'],
  ['a character cut in two', suite(Buffer.from('queries: [] # é').subarray(0, -1)), /q\.yaml:1:15: .*not UTF-8/],
  ['surrogates as bytes', suite(Buffer.from([0x23, 0xed, 0xa0, 0x80])), 'q.yaml:1:2: the file is not UTF-8'],
  ['100 MB', () => large('suites/q.yaml', 100), 'larger than 10 MB'],
  ['a million items', suite(`queries: [${'1,'.repeat(1_000_000)}1]`), 'more than 250000 YAML tokens'],
  ['100,000 queries of nothing', suite(`queries:\n${'- a: 1\n'.repeat(60_000)}`), /Many more|YAML tokens/],
  [
    'a number beyond all',
    suite('queries: [{ name: q, sql: SELECT 1, thresholds: { cost: { fail: 1e999 } } }]'),
    /q\.yaml:1:\d+/,
  ],
  ['a command in a key', suite('"::error::x": 1\n'), /unknown key/],
  ['a command in a name', suite('queries: [{ name: "a\\n::error::x", sql: SELECT 1 }]'), /q\.yaml:1:\d+/],
  ['a command in a line that is shown', suite('queries:\n  - name: q\n\n    ? ::error::x\n    : 1\n'), /q\.yaml:\d+/],
  ['commands of other runners', suite('"##vso[task.x]##teamcity[y]##[error]": 1\n'), /unknown key/],
  ['codes of terminals', suite('"\\e]0;x\\a\\e[2J\\x9b": 1\n'), /unknown key "\\x1b/],
  ['lines of Unicode', suite('"a\\L::error::x\\P::error::y\\N::error::z": 1\n'), /unknown key/],
];

function bomb(): string {
  const names = [...'abcdefghi'];
  return names
    .slice(1)
    .map((name, index) => `- &${name} [${Array(10).fill(`*${names[index]}`).join(',')}]`)
    .join('\n');
}

const SQL: readonly Row[] = [
  ['two statements', query('SELECT 1; DROP TABLE x'), 'single statement'],
  ['a second one behind a comment', query('SELECT 1 -- ;\n; DROP TABLE x'), 'single statement'],
  ['a second one behind nested comments', query('SELECT 1 /* /* */ ; */ ; DELETE FROM x'), 'single statement'],
  [
    'a second one behind quotes',
    query(`SELECT $a$ ; $b$ ; $a$, E'\\'', U&'\\0027' ; DELETE FROM x`),
    'single statement',
  ],
  ['EXPLAIN ANALYZE', query('EXPLAIN ANALYZE DELETE FROM x'), /q\.yaml:1/],
  ['DO', query('DO $$ BEGIN END $$'), /q\.yaml:1/],
  ['CALL', query('CALL x()'), /q\.yaml:1/],
  ['COPY', query("COPY (SELECT 1) TO PROGRAM 'id'"), /q\.yaml:1/],
  ['CREATE TABLE AS', query('CREATE TABLE x AS SELECT 1'), /q\.yaml:1/],
  ['SELECT INTO', query('PREPARE x AS SELECT 1'), /q\.yaml:1/],
  ['SET', query('SET statement_timeout = 0'), /q\.yaml:1/],
  ['nothing', query(';;'), 'empty'],
  ['a parameter beyond the protocol', query('SELECT $65536'), /parameter/],
  ['a zero byte', query('SELECT \0 1'), 'SQL cannot contain this character'],
  ['half a surrogate', suite('queries: [{ name: q, sql: "SELECT \\ud800" }]'), /q\.yaml:1/],
  ['a string without end', query("SELECT 'x"), /unterminated/],
  ['more words than are read', query(`SELECT ${'1,'.repeat(110_000)}1`), /words and signs/],
  ['more words in a file of SQL', sql(`SELECT ${'1,'.repeat(500_000)}1`), /q\.sql:1:\d+: .*200000 words/],
  [
    'SQL that is not UTF-8',
    sql(Buffer.from("-- name: q\nSELECT 'caf\xe9'", 'latin1')),
    'q.sql:2:12: the file is not UTF-8',
  ],
  ['a name of controls', sql('-- name: a\x1b[2Jb\nSELECT 1'), 'unprintable'],
];

const KINDS: readonly Row[] = [
  ['a pipe', () => pipe('suites/q.yaml'), 'It is a pipe'],
  ['a pipe of SQL', () => pipe('suites/q.sql'), 'It is a pipe'],
  ['a socket', () => socket('suites/q.yaml'), 'It is a socket'],
  ['a link to /etc/shadow', () => link('/etc/shadow', 'suites/q.yaml'), 'a link that leads out of the project'],
  [
    'a link to /etc/passwd by dots',
    () => link(`${'../'.repeat(20)}etc/passwd`, 'suites/q.sql'),
    'leads out of the project',
  ],
  ['a link to the environment', () => link('/proc/self/environ', 'suites/q.yaml'), 'leads out of the project'],
  ['a link to a device', () => link('/dev/zero', 'suites/q.yaml'), 'leads out of the project'],
  [
    'a link to a link',
    async () => {
      await link('/etc', 'elsewhere');
      await link('../elsewhere/passwd', 'suites/q.yaml');
    },
    'leads out of the project',
  ],
  ['a link to everything', () => link('/', 'suites/root'), 'suites/root is a link that leads out of the project'],
  ['a link to nothing elsewhere', () => link('/nowhere/at/all', 'suites/q.yaml'), 'leads out of the project'],
  [
    'links in a ring',
    async () => {
      await link('b.yaml', 'suites/a.yaml');
      await link('a.yaml', 'suites/b.yaml');
    },
    'goes through more than 40 links',
  ],
  ['folders that link to one another', rings, 'more than 1000 links to folders'],
  ['a folder that is a link', () => link('/etc', 'suites'), 'suites is a link that leads out of the project, to /etc'],
  ['a file for a folder', () => put('suites', ''), 'no suites in suites'],
];

/** Each of twelve folders links to all: without a bound, as many ways as 12!. */
async function rings(): Promise<void> {
  const names = [...'abcdefghijkl'];
  for (const name of names) {
    await mkdir(at(`suites/${name}`), { recursive: true });
    for (const other of names) await symlink(`../${other}`, at(`suites/${name}/${other}`));
  }
}

const CONFIG: readonly Row[] = [
  [
    'a program inside the project',
    config('target: { pgConfig: ./evil.sh }'),
    'regress.yaml:1:11: pgConfig must be an absolute path',
  ],
  ['one by dots', config('target: { pgConfig: ../../bin/pg_config }'), 'regress.yaml:1:11: '],
  ['one by its name alone', config('target: { pgConfig: pg_config }'), 'regress.yaml:1:11: '],
  [
    'one by its whole path',
    () => config(`target: { pgConfig: ${at('pg_config')} }`)(),
    'pgConfig must not be a program inside the project',
  ],
  [
    'one by dots in a path',
    () => config(`target: { pgConfig: /usr/../${at('bin/../pg_config')} }`)(),
    'a program inside the project',
  ],
  [
    'one through /proc',
    async () => {
      await put('pg_config', '#!/bin/sh\n');
      await config('target: { pgConfig: /proc/self/cwd/pg_config }')();
    },
    'pgConfig must not be a program inside the project',
  ],
  [
    'one through a link',
    async () => {
      const elsewhere = await temporaryFolder();
      await put('pg_config', '#!/bin/sh\n');
      await symlink(at('pg_config'), join(elsewhere, 'pg_config'));
      await config(`target: { pgConfig: ${elsewhere}/pg_config }`)();
    },
    'pgConfig must not be a program inside the project',
  ],
  ['another program of the machine', config('target: { pgConfig: /sbin/reboot }'), 'a program called pg_config'],
  ['suites elsewhere', config('suites: ../other'), 'regress.yaml:1:1: the path leads out of the project'],
  ['a snapshot elsewhere', config('snapshot: /etc'), 'regress.yaml:1:1: the path leads out of the project'],
  ['a schema elsewhere', config('target: { prepare: [{ sql: /etc/shadow }] }'), 'the path leads out of the project'],
  ['a project elsewhere', config('projects: [{ folder: ../other }]'), 'the path leads out of the project'],
  ['a key beside a password', config('source: { url: "postgresql://u:s3cret@h/d", bad: 1 }'), 'unknown key "bad"'],
  [
    'a pipe for regress.yaml',
    async () => {
      await execa('rm', [at('regress.yaml')]);
      await pipe('regress.yaml');
    },
    'It is a pipe',
  ],
  [
    'a link for regress.yaml',
    async () => {
      await execa('rm', [at('regress.yaml')]);
      await link('/etc/shadow', 'regress.yaml');
    },
    'regress.yaml is a link that leads out of the project',
  ],
];

function config(text: string): () => Promise<void> {
  return () => put('regress.yaml', `${text}\n`);
}

describe.each([
  ['YAML', YAML],
  ['SQL', SQL],
  ['file for a suite', KINDS],
  ['configuration', CONFIG],
] as const)('%s', (_, rows) => {
  test.each(rows)('%s', async (_, lay, message) => {
    await lay();
    expectTold(await regress('check'), message);
  });
});

const RELATION = 'relations/public/orders.json';

/** A snapshot of one file, with digests that fit. */
async function snapshot(content: string | Uint8Array, files: Record<string, string> = {}): Promise<void> {
  await put(`snap/${RELATION}`, content);
  const digest = sha256(content.toString());
  const { digest: _, ...manifest } = { ...aSnapshot([]).manifest, files: { [RELATION]: digest, ...files } };
  await put('snap/manifest.json', readableJson({ ...manifest, digest: manifestDigest(manifest) }));
}

const manifest = (text: string | Uint8Array) => () => put('snap/manifest.json', text);
const within = (path: string) => () => snapshot('{}', { [path]: 'x' });

async function replaced(path: string, by: () => Promise<unknown>): Promise<void> {
  await snapshot('{}');
  await execa('rm', ['-r', at(path)]);
  await by();
}

const SNAPSHOT: readonly Row[] = [
  ['a pipe for the manifest', () => pipe('snap/manifest.json'), 'manifest.json: It is a pipe'],
  ['a folder for the manifest', () => mkdir(at('snap/manifest.json'), { recursive: true }), 'It is a folder'],
  ['a link for the manifest', () => link('/etc/shadow', 'snap/manifest.json'), 'leads out of the project'],
  ['a link for the snapshot', () => link('/etc', 'snap'), 'leads out of the project'],
  ['a manifest of 600 MB', () => large('snap/manifest.json', 600), 'larger than 64 MB'],
  ['a manifest that is not UTF-8', manifest(Buffer.from('{"a": "\xe9"}', 'latin1')), /line 1 at column 8/],
  ['a manifest that is no JSON', manifest('rot:*:1'), 'it is not JSON'],
  ['a manifest without end', manifest('['.repeat(200_000)), 'it is not JSON'],
  ['a manifest of maps in maps', manifest(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`), 'levels deep'],
  ['a manifest of a later format', manifest('{"formatVersion": 1e308}'), 'newer'],
  ['__proto__ in the manifest', manifest('{"__proto__": {"formatVersion": 1}}'), 'formatVersion'],
  ['a file above', within('../../../etc/passwd'), 'is not the path of a relation'],
  ['a file of the machine', within('/etc/passwd'), 'is not the path of a relation'],
  ['a file above, encoded', within('relations/%2e%2e/passwd.json'), 'is missing'],
  ['a file by a command', within('relations/public/a\n::error::x.json'), 'is not the path of a relation'],
  ['100,001 files', tooManyFiles, 'the limit is 100000'],
  ['a file that is missing', within('relations/public/none.json'), 'is missing'],
  ['a pipe for a file', () => replaced(`snap/${RELATION}`, () => pipe(`snap/${RELATION}`)), 'It is a pipe'],
  ['a link for a file', () => replaced(`snap/${RELATION}`, () => link('/etc/passwd', `snap/${RELATION}`)), 'leads out'],
  [
    'a link for a folder',
    async () => {
      const elsewhere = await temporaryFolder();
      await writeFile(join(elsewhere, 'orders.json'), '{}');
      await replaced('snap/relations/public', () => link(elsewhere, 'snap/relations/public'));
    },
    'leads out of the project',
  ],
  ['a file of 300 MB', () => replaced(`snap/${RELATION}`, () => large(`snap/${RELATION}`, 300)), 'larger than 256 MB'],
  ['a file that is not UTF-8', () => snapshot(Buffer.from([0x22, 0xff, 0x22])), 'line 1 at column 2'],
  ['a file of another kind', () => snapshot('[1]'), 'malformed'],
];

async function tooManyFiles(): Promise<void> {
  const files = Object.fromEntries(Array.from({ length: 100_001 }, (_, n) => [`relations/public/t${n}.json`, 'x']));
  const { digest: _, ...content } = { ...aSnapshot([]).manifest, files };
  await put('snap/manifest.json', JSON.stringify({ ...content, digest: manifestDigest(content) }));
}

test.each(SNAPSHOT)('snapshot: %s', async (_, lay, message) => {
  await lay();
  const read = async () => {
    for await (const __ of (await openSnapshot(at('snap'))).relations());
  };
  expectTold(await outcomeOf(read), message);
});

const BASELINE: readonly Row[] = [
  ['a pipe', () => pipe('suites/q.pg17.baseline'), 'It is a pipe'],
  ['a socket', () => socket('suites/q.pg17.baseline'), 'It is a socket'],
  ['a folder', () => mkdir(at('suites/q.pg17.baseline'), { recursive: true }), 'It is a folder'],
  ['a link', () => link('/etc/shadow', 'suites/q.pg17.baseline'), 'leads out of the project'],
  ['40 MB', () => large('suites/q.pg17.baseline', 40), 'larger than 32 MB'],
  [
    'no UTF-8',
    () => put('suites/q.pg17.baseline', Buffer.from([0x0a, 0xc3, 0x28])),
    'baseline:2:1: the file is not UTF-8',
  ],
  ['anything else', () => put('suites/q.pg17.baseline', '::error::x\n\x1b[2J\n'), /baseline:1/],
];

test.each(BASELINE)('baseline: %s', async (_, lay, message) => {
  await lay();
  const owner = { file: 'suites/q.yaml', path: at('suites/q.yaml'), thresholds: {}, queries: [] };
  expectTold(await outcomeOf(() => readBaseline(owner, 17)), message);
});

const results = (text: string | Uint8Array) => () => put('r.json', text);

const RESULTS: readonly Row[] = [
  ['a pipe', () => pipe('r.json'), 'It is a pipe'],
  ['a link', () => link('/etc/shadow', 'r.json'), 'leads out of the project'],
  ['a folder', () => mkdir(at('r.json')), 'It is a folder'],
  ['300 MB', () => large('r.json', 300), 'larger than 256 MB'],
  ['no UTF-8', results(Buffer.from([0x22, 0xe9, 0x22])), 'r.json:1:2: the file is not UTF-8'],
  ['no JSON', results('rot:x:0'), 'does not hold results'],
  ['JSON without end', results('[{"a":'.repeat(50_000)), 'does not hold results'],
  ['NaN', results('{"format": NaN}'), 'does not hold results'],
  ['a number beyond all', results('{"format": 1e400}'), 'has format Infinity'],
  ['a command', results('{"format": "\\n::error::x\\u2028::error::y"}'), 'does not hold results'],
  ['nothing that was asked for', results('{"format": 1}'), 'does not hold results'],
];

test.each(RESULTS)('results: %s', async (_, lay, message) => {
  await lay();
  expectTold(await regress('report', 'r.json'), message);
});

/** The results of a check without queries. */
async function validResults(): Promise<void> {
  const { checkReport } = await import('../support/report-builders.ts');
  const { reporters } = await import('../../src/report/index.ts');
  const text = reporters.json(checkReport([]), {} as never);
  await put('r.json', text);
}

describe('in little memory', () => {
  test.each<Row>([
    ['a million items', suite(`queries: [${'1,'.repeat(1_000_000)}1]`), 'YAML tokens'],
    ['mistakes without end', suite(`queries:\n${'- ? a\n'.repeat(35_000)}`), 'Many more in this file'],
    ['words without end', sql(`SELECT ${'$1+'.repeat(600_000)}1`), 'words and signs'],
    ['a manifest of 600 MB', () => large('snapshots/production/manifest.json', 600), 'larger than 64 MB'],
  ])('%s', async (what, lay, message) => {
    await lay();
    if (what.includes('manifest')) await query('SELECT 1')();
    const { exitCode, stdout, stderr } = await execa('node', ['--max-old-space-size=200', commandLine(), 'check'], {
      env: { CI: '' },
      reject: false,
    });
    expectTold({ status: exitCode ?? -1, stdout, stderr }, message);
  });
});

const server = await testServer();

describe.skipIf(server === null)('with a server, in a job of GitHub', () => {
  test('no name, text or error of others begins a command', async () => {
    process.chdir(HOME);
    const shop = await makeShopWithSnapshot(server as TestServer);
    const name = 'a\n::error::x\u2028::error::y\r##[error]z';
    await forgeSnapshot(shop.project.path('snapshots/production'), {
      add: { [relationPath('public', name)]: { ...aRelation(name), pages: 1 } },
    });
    await shop.project.write(
      'suites/forged.sql',
      [
        '-- name: ::error::named::x',
        'SELECT id FROM orders',
        '-- name: broken',
        "SELECT id\n::text\n  ::error::x::text FROM orders WHERE nonsense = '\n::error::y ::'",
        '-- name: cast',
        "SELECT E'\\n::error::x'::int",
      ].join('\n'),
    );
    const env = { GITHUB_ACTIONS: 'true' };
    for (const args of [['check'], ['check', '--verbose', '--reporter', 'console'], ['update', '--all']]) {
      const { status, stdout, stderr } = await shop.project.regress(args, env);
      expect(status, stderr).toBe(1);
      // Commands of our own have all their fields.
      const ours = /^::(?:error|warning|notice) file=suites\/[^:]+::.*\[[a-z-]+\]/;
      const commands = `${stdout}\n${stderr}`.split('\n').filter((line) => /^\s*::.*::/.test(line));
      expect(commands.filter((line) => !ours.test(line))).toEqual([]);
      expect(`${stdout}${stderr}`).not.toMatch(/##\[|\r|\u2028/);
      if (args[0] === 'check') expect(stderr).toContain('a\\n::error::x');
    }
  });
});

describe('a report that is written', () => {
  const write = (file: string) => regress('report', 'r.json', '--reporter', `json=${file}`);

  test('does not follow a link out of the project, nor one in its way, nor a pipe', async () => {
    await validResults();
    const elsewhere = await temporaryFolder();
    await writeFile(join(elsewhere, 'kept'), 'kept');
    await link(join(elsewhere, 'kept'), 'a.json');
    await link(elsewhere, 'out');
    await link(join(elsewhere, 'new'), 'b.json');
    await pipe('c.json');
    for (const file of [
      'a.json',
      'out/kept',
      'out/new',
      'b.json',
      at('a.json'),
      `${elsewhere}/../${elsewhere.split('/').at(-1)}/../${project.split('/').at(-1)}/a.json`,
    ])
      expectTold(await write(file), 'leads out of the project');
    expectTold(await write('c.json'), 'not a regular file');
    expect(await readFile(join(elsewhere, 'kept'), 'utf8')).toBe('kept');
    await expect(stat(join(elsewhere, 'new'))).rejects.toThrow('ENOENT');
  });

  test('goes where a user says, keeps the mode of a file and the links within the project', async () => {
    await validResults();
    const elsewhere = await temporaryFolder();
    expect((await write(join(elsewhere, 'x/r.json'))).status).toBe(0);
    await put('kept.json', 'x');
    await chmod(at('kept.json'), 0o640);
    await link('kept.json', 'link.json');
    expect((await write('link.json')).status).toBe(0);
    expect((await stat(at('kept.json'))).mode & 0o777).toBe(0o640);
    expect(await readFile(at('kept.json'), 'utf8')).toContain('"format": 1');
    expect((await write('/dev/null')).status).toBe(0);
    const { stdout } = await write('/dev/stdout');
    expect(stdout).toContain('"format": 1');
  });
});
