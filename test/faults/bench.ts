import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Installation, startServer } from '../../src/target/index.ts';
import { commandLine } from '../support/project.ts';
import { asTestServer, type TestServer } from '../support/servers.ts';
import { makeCertificates, startFront } from '../support/tls-front.ts';
import { clear, type Leftover, leftovers, type Places, socketFolders } from './leftovers.ts';
import { openProxy, type WireProxy } from './proxy.ts';
import { FILL, FOREIGN_FILL, SCHEMA, SCHEMA_WITHOUT_INDEX, SUITES } from './shop.ts';

/** The states a project is in before a run. */
export type State = 'clean' | 'regressed' | 'stale' | 'background' | 'in place';

/** How a run ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Ended by the harness, for it took too long. */
  readonly hung: boolean;
}

/** A server, a production, a target and a project, for one injection after the other. */
export interface Bench {
  readonly server: TestServer;
  readonly folder: string;
  /** Ways to the server: as it is, by a proxy of messages, and by one of TLS records. */
  readonly proxies: { readonly messages: WireProxy; readonly records: WireProxy };
  url(database: string, way?: Way): string;
  path(file: string): string;
  /** Puts the project into a state. */
  reset(state: State): Promise<void>;
  /** A database with the schema, which nothing was restored into; `rows`: with some rows. */
  freshTarget(rows: boolean): Promise<string>;
  /** Starts a command. */
  start(args: readonly string[], options?: RunOptions): Running;
  /** What is left behind, with some seconds to go. */
  left(patienceMs?: number): Promise<Leftover[]>;
  /** Removes it. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export type Way = 'direct' | 'messages' | 'records';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Longer than any run may take that has no reason to wait. */
export const LIMIT_MS = 60_000;
/** Seconds a run waits for an answer, so that a stalled connection is not waited for by the minute. */
export const CLIENT_SECONDS = 6;

const PRODUCTION = 'production';
const FOREIGN = 'foreign_production';
const TEMPLATE = 'target_template';
const FILLED_TEMPLATE = 'filled_template';

/** Makes a bench, which takes some seconds. */
export async function makeBench(installation: Installation): Promise<Bench> {
  const locale = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null } as const;
  const started = await startServer(installation, locale);
  const server = asTestServer(started, installation);
  const folder = await mkdtemp(join(process.env.REGRESS_TEST_FOLDER ?? '/tmp', 'faults-'));
  await chmod(folder, 0o755);
  for (const part of ['project', 'states', 'runs', 'temporary']) await mkdir(join(folder, part));
  for (const part of ['runs', 'temporary']) await chmod(join(folder, part), 0o1777);
  const socket = join(new URL(server.url('x').replace('@/', '@s/')).searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const certificates = join(folder, 'certificates');
  await mkdir(certificates);
  await makeCertificates(certificates);
  const front = await startFront(socket, certificates);
  const proxies = {
    messages: await openProxy({ path: socket }, 'messages'),
    records: await openProxy({ port: front.port }, 'records'),
  };
  const project = join(folder, 'project');
  const mark = `REGRESS_FAULTS_MARK=${folder}`;
  let sockets: ReadonlySet<string> = await socketFolders();
  let targets = 0;
  let starts = 0;

  const url: Bench['url'] = (database, way = 'direct') => {
    if (way === 'direct') return server.url(database);
    if (way === 'messages') {
      return `postgresql://postgres@/${database}?host=${encodeURIComponent(proxies.messages.place)}&port=5432`;
    }
    const verified = `sslmode=verify-full&sslrootcert=${encodeURIComponent(join(certificates, 'ca.crt'))}`;
    return `postgresql://postgres@${proxies.records.place}/${database}?${verified}`;
  };

  const start: Bench['start'] = (args, options = {}) => {
    const begun = performance.now();
    starts += 1;
    const told = ['stdout', 'stderr'].map((name) => join(folder, `${name}-${starts}`));
    // Into files: a child in the background that kept a pipe open would pass for a run that has not ended.
    const [out, err] = told.map((file) => openSync(file, 'w')) as [number, number];
    const child = spawn('node', [commandLine(), ...args], {
      cwd: project,
      env: {
        ...process.env,
        ...{ CI: '', NO_COLOR: '1', REGRESS_TARGET_URL: '', REGRESS_SOURCE_URL: '' },
        ...{ REGRESS_RUN_DIR: join(folder, 'runs'), TMPDIR: join(folder, 'temporary') },
        ...{ REGRESS_CLIENT_TIMEOUT: String(CLIENT_SECONDS), REGRESS_FAULTS_MARK: folder },
        ...options.env,
      },
      // A group of its own, as a shell gives it, so that a signal can go to all of it.
      detached: true,
      stdio: ['ignore', out, err],
    });
    for (const file of [out, err]) closeSync(file);
    let hung = false;
    const limit = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, options.limitMs ?? LIMIT_MS);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (status, signal) => {
        clearTimeout(limit);
        const [stdout = '', stderr = ''] = told.map((file) => readFileSync(file, 'utf8'));
        for (const file of told) rmSync(file);
        resolve({ status, signal, stdout, stderr, milliseconds: performance.now() - begun, hung });
      });
    });
    return { pid: child.pid as number, ended };
  };

  const run = async (args: readonly string[], status: number) => {
    const ended = await start(args).ended;
    if (ended.status !== status)
      throw new Error(`regress ${args.join(' ')} ended with ${ended.status}\n${ended.stderr}`);
  };

  const runDatabases = async () => {
    const sql = `SELECT d.datname FROM pg_catalog.pg_database d WHERE d.datname ~ '^regress_run_' ORDER BY 1`;
    return (await server.psql('postgres', sql)).split('\n').filter((name) => name !== '');
  };

  const places: Places = {
    ...{ mark, project, runs: join(folder, 'runs'), temporary: join(folder, 'temporary'), runDatabases },
    belongs: (path) => BELONGS.test(path),
  };

  const reset: Bench['reset'] = async (state) => {
    proxies.messages.arm(null);
    proxies.records.arm(null);
    await rm(project, { recursive: true, force: true });
    await cp(join(folder, 'states', state), project, { recursive: true, preserveTimestamps: true });
    sockets = await socketFolders();
  };

  const bench: Bench = {
    ...{ server, folder, proxies, url, start, reset },
    path: (file) => join(project, file),
    freshTarget: async (rows) => {
      targets += 1;
      const name = `target_${targets}`;
      const previous = `target_${targets - 1}`;
      await server.psql('postgres', `DROP DATABASE IF EXISTS ${previous} WITH (FORCE)`);
      await server.psql('postgres', `CREATE DATABASE ${name} TEMPLATE ${rows ? FILLED_TEMPLATE : TEMPLATE}`);
      return name;
    },
    clear: () => clear(places),
    left: (patienceMs) => leftovers(places, sockets, patienceMs),
    close: async () => {
      await proxies.messages.close();
      await proxies.records.close();
      front.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await makeDatabases(server);
  await makeStates(bench, run);
  return bench;
}

async function makeDatabases(server: TestServer): Promise<void> {
  for (const name of [PRODUCTION, FOREIGN, TEMPLATE, FILLED_TEMPLATE, 'target']) await server.createDatabase(name);
  await server.psql(PRODUCTION, SCHEMA + FILL);
  await server.psql(FOREIGN, SCHEMA + FOREIGN_FILL);
  await server.psql(TEMPLATE, SCHEMA);
  await server.psql(
    FILLED_TEMPLATE,
    `${SCHEMA}INSERT INTO customers SELECT g, 'x' || g FROM generate_series(1, 900) g;
INSERT INTO orders SELECT g, g % 9, 'n', now() FROM generate_series(1, 900) g;`,
  );
}

/** The project in each of its states, made by the commands themselves. */
async function makeStates(
  bench: Bench,
  run: (args: readonly string[], status: number) => Promise<void>,
): Promise<void> {
  const { path, server } = bench;
  const config = (steps: string) =>
    `target:\n  pgConfig: ${server.installation.pgConfig}\n${steps}thresholds:\n  cost: { ignoreBelow: 1 }\n`;
  const sqlStep = '  prepare:\n    - sql: schema.sql\n';
  const keep = (state: State) => cp(path(''), join(bench.folder, 'states', state), { recursive: true });
  await mkdir(path('suites'));
  for (const [name, text] of Object.entries(SUITES)) await writeFile(path(`suites/${name}`), text);
  await writeFile(path('regress.yaml'), config(sqlStep));
  await writeFile(path('.gitignore'), 'out/\n');
  await run(['snapshot', '--source', bench.url(PRODUCTION)], 0);
  // What the branch lacks was accepted once.
  await writeFile(path('schema.sql'), SCHEMA_WITHOUT_INDEX);
  await run(['update', '--all', '--target', bench.url('target')], 0);
  await writeFile(path('schema.sql'), SCHEMA);
  await keep('stale');
  await run(['update', '--all', '--target', bench.url('target')], 0);
  const git = (...args: string[]) => execa('git', args, { cwd: path('') });
  await git('init', '--quiet', '--initial-branch=main');
  for (const [name, value] of [
    ['user.name', 'x'],
    ['user.email', 'x@example.org'],
    ['gc.auto', '0'],
  ] as const) {
    await git('config', name, value);
  }
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'as it is');
  await keep('clean');
  await writeFile(path('regress.yaml'), config(''));
  await keep('in place');
  // A command that leaves a child in the background, and takes a while itself.
  await writeFile(path('regress.yaml'), config(`${sqlStep}    - run: sleep 600 & sleep 0.3\n`));
  await keep('background');
  await writeFile(path('regress.yaml'), config(sqlStep));
  await writeFile(path('schema.sql'), SCHEMA_WITHOUT_INDEX);
  await keep('regressed');
}

const BELONGS =
  /^(regress\.yaml|schema\.sql|\.gitignore|out(\/.*)?|suites(\/[a-z]+\.yaml|\/[a-z]+\.pg\d+\.baseline)?|snapshots(\/production(\/manifest\.json|\/plans\.json|\/relations(\/.*)?)?)?)$/;

/** Every file below a folder and a digest of what it holds; empty where there is none. */
export async function digests(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.sort().map(async (file): Promise<[string, string]> => {
    const hash = createHash('sha256').update(await readFile(file));
    return [file.slice(folder.length + 1), hash.digest('hex')];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

export const DATABASES = { production: PRODUCTION, foreign: FOREIGN } as const;
