import { cp, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { processesNaming } from '../../src/target/server/processes.ts';
import {
  type Bench,
  DATABASES,
  digests,
  type Ended,
  LIMIT_MS,
  type Running,
  type RunOptions,
  type Way,
} from './bench.ts';
import { type Command, type CommandName, commandNamed, REPORT, snapshotIn, type Urls, urlsFor } from './commands.ts';
import { type Dice, dice } from './dice.ts';
import type { Seen, Truth } from './judge.ts';
import type { Injection } from './plan.ts';
import type { ArmedFault, WireFault, WireProxy } from './proxy.ts';
import type { Standby } from './standby.ts';

/** What an undisturbed run of a command does. */
interface Undisturbed extends Truth {
  /** Messages, or records, and those that ask for a plan. */
  readonly messages: number;
  readonly plansAsked: readonly number[];
  readonly milliseconds: number;
  /** The files it leaves, by their digests; those with times in them are told apart otherwise. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes injections on one bench. */
export interface Injector {
  inject(injection: Injection, alsoNext: boolean): Promise<Seen>;
  /** The same command undisturbed, from the same state; null where it does what it always does. */
  again(name: CommandName): Promise<string | null>;
}

const OLD_REPORT = 'what stood here before\n';

/** A fault under way: how the run is started, and what there is to undo. */
interface Disturbance {
  readonly urls: Urls;
  readonly args?: readonly string[];
  readonly options?: RunOptions;
  /** Where the snapshot or the report goes if not to its usual place. */
  readonly place?: string;
  /** Does its work beside the run; resolves to what was done, null for nothing. */
  beside(running: Running): Promise<string | null>;
  /** Undoes it, before anything is looked at. */
  after?(): Promise<void>;
  /** What is wrong although all else is right. */
  further?(): Promise<string | null>;
}

export function makeInjector(bench: Bench, openStandby: () => Promise<Standby>): Injector {
  const known = new Map<string, Undisturbed>();

  const runOnce = async (name: CommandName, urls: Urls, before: WireProxy | null): Promise<Undisturbed> => {
    const command = commandNamed(name);
    await prepareState(bench, command);
    before?.arm(null);
    const ended = await bench.start(command.args(urls), { limitMs: 5 * LIMIT_MS }).ended;
    return {
      status: ended.status ?? -1,
      result: await command.result(bench, urls, ended.stdout),
      messages: before?.passed() ?? 0,
      plansAsked: before?.plansAsked() ?? [],
      milliseconds: ended.milliseconds,
      files: await digests(bench.path('')),
    };
  };

  const undisturbed = async (name: CommandName, way: Way, standby: Standby | null): Promise<Undisturbed> => {
    const source = standby?.url;
    const key = `${name}|${source ?? ''}|${way}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const run = await runOnce(name, await urlsFor(bench, name, way, source), standby?.proxy ?? proxyOf(bench, way));
    // What even an undisturbed run leaves is told by the injections.
    await bench.clear();
    const { status } = commandNamed(name);
    if (run.status !== status) throw new Error(`an undisturbed ${name} ended with ${run.status}, not ${status}`);
    known.set(key, run);
    return run;
  };

  const again = async (name: CommandName, source?: string): Promise<string | null> => {
    // However it was reached: what comes of it is the same.
    const truth = [...known].find(([key]) => key.startsWith(`${name}|${source ?? ''}|`))?.[1];
    if (truth === undefined) throw new Error(`${name} was never run undisturbed`);
    const run = await runOnce(name, await urlsFor(bench, name, 'direct', source), null);
    if (run.status !== truth.status) return `status ${run.status} in place of ${truth.status}`;
    return run.result === truth.result ? null : `another result: ${difference(truth.result, run.result)}`;
  };

  const inject = async (injection: Injection, alsoNext: boolean): Promise<Seen> => {
    const chances = dice(injection.seed);
    const command = commandNamed(injection.command);
    const way: Way = injection.group === 'tls' ? 'records' : 'messages';
    const standby = injection.group === 'standby' ? await openStandby() : null;
    const truth = await undisturbed(injection.command, way, standby);
    const urls = await urlsFor(bench, injection.command, way, standby?.url);
    const untouched = injection.command === 'restore' ? await command.result(bench, urls, '') : null;
    await prepareState(bench, command);
    const before = await digests(bench.path(''));
    const context = { bench, injection, chances, urls, truth, command, standby };
    const disturbance = await (DISTURBANCES[injection.group] ?? wire)(context);
    let ended: Ended;
    let fired: string | null;
    let further: string | null;
    try {
      const limitMs = Math.max(LIMIT_MS, 4 * truth.milliseconds);
      const running = bench.start(disturbance.args ?? command.args(urls), { limitMs, ...disturbance.options });
      [fired, ended] = await Promise.all([disturbance.beside(running), running.ended]);
      (standby?.proxy ?? proxyOf(bench, way))?.drop();
      further = (await disturbance.further?.()) ?? null;
    } finally {
      await disturbance.after?.();
    }
    await until(() => accepts(bench));
    const result = await command.result(bench, urls, ended.stdout);
    const isVerdict = ended.status === 0 || ended.status === 1;
    const halfFiles = further === null ? [] : [further];
    if (disturbance.place === undefined) halfFiles.push(...(await halves(bench, before, truth, isVerdict)));
    if (untouched !== null && result !== untouched && result !== truth.result) halfFiles.push('the target');
    const left = await bench.left();
    const needsNext = alsoNext || left.length > 0 || ended.hung || ALWAYS_AGAIN.includes(injection.kind);
    const next = needsNext ? await again(injection.command, standby?.url) : null;
    const leftLater = needsNext ? await bench.left() : [];
    await bench.clear();
    return {
      ...{ injection, fired, ended, truth, halfFiles, left, leftLater, next },
      isTruth:
        disturbance.place !== undefined ||
        result === truth.result ||
        (command.isPartOf?.(result, truth.result) ?? false),
    };
  };
  return { inject, again };
}

/** What may leave something that cannot be seen. */
const ALWAYS_AGAIN: readonly string[] = ['SIGKILL', 'server crashed', 'small cache', 'read-only cache'];

function proxyOf(bench: Bench, way: Way): WireProxy | null {
  return way === 'direct' ? null : bench.proxies[way];
}

/** The project as the command finds it: in its state, with a report of old in its place. */
async function prepareState(bench: Bench, command: Command): Promise<void> {
  await bench.reset(command.state);
  await mkdir(bench.path(dirname(REPORT)), { recursive: true });
  await writeFile(bench.path(REPORT), OLD_REPORT);
}

/** Files that are neither what they were nor what an undisturbed run makes of them. */
async function halves(
  bench: Bench,
  before: Readonly<Record<string, string>>,
  truth: Undisturbed,
  isVerdict: boolean,
): Promise<string[]> {
  const now = await digests(bench.path(''));
  const inSnapshot = (file: string) => file.startsWith('snapshots/');
  const changed = Object.keys({ ...before, ...now }).filter(
    (file) => !file.startsWith('.git/') && now[file] !== before[file],
  );
  const wrong = changed.filter((file) => !inSnapshot(file) && file !== REPORT && now[file] !== truth.files[file]);
  // A snapshot and a report hold a moment; that they are whole is told by their content.
  const isNew = changed.some(inSnapshot);
  if (isNew && !isVerdict && (await snapshotIn(bench.path('snapshots/production'))) !== truth.result) {
    wrong.push('snapshots/production');
  }
  if (changed.includes(REPORT) && !isVerdict) wrong.push(...((await reportIs(bench, truth)) ? [] : [REPORT]));
  // A file that an injection leaves beside the others is told as left behind.
  return wrong.filter((file) => file in before || file in truth.files);
}

async function reportIs(bench: Bench, truth: Truth): Promise<boolean> {
  return (await commandNamed('check').result(bench, {} as Urls, '')) === truth.result;
}

interface Context {
  readonly bench: Bench;
  readonly injection: Injection;
  readonly chances: Dice;
  readonly urls: Urls;
  readonly truth: Undisturbed;
  readonly command: Command;
  readonly standby: Standby | null;
}

/** A fault of the wire: at one message of the run, whichever the seed says. */
async function wire(context: Context): Promise<Disturbance> {
  const { bench, injection, chances, urls, truth } = context;
  const kind = injection.kind as WireFault;
  const proxy = bench.proxies[injection.group === 'tls' ? 'records' : 'messages'];
  const fault: ArmedFault = {
    ...{ kind, dice: chances, at: chances.between(1, Math.max(1, truth.messages - 3)) },
    everywhere: (kind === 'cut' || kind === 'stalled') && chances.chance() < 0.4,
    act: (backend) => actOnServer(bench, kind, backend),
  };
  proxy.arm(fault);
  return {
    urls,
    beside: async (running) => running.ended.then(() => proxy.fired()),
    after: async () => proxy.arm(null),
  };
}

async function actOnServer({ server }: Bench, kind: WireFault, backend: number | null): Promise<boolean> {
  if (backend === null) return false;
  if (kind === 'server crashed') process.kill(backend, 'SIGKILL');
  else {
    const act = kind === 'statement canceled' ? 'pg_cancel_backend' : 'pg_terminate_backend';
    await server.psql('postgres', `SELECT pg_catalog.${act}(${backend})`);
  }
  return false;
}

/** A signal, in the first tenth of a second or at any other moment. */
async function killed({ injection, chances, urls, truth }: Context): Promise<Disturbance> {
  const [name = '', ...rest] = injection.kind.split(' ');
  const wholeRun = truth.milliseconds;
  const at = Math.round(chances.chance() < 0.3 ? chances.chance() * 100 : chances.chance() * wholeRun);
  return {
    urls,
    beside: async (running) => {
      const isOver = await Promise.race([running.ended.then(() => true), sleep(at, false, { ref: false })]);
      if (isOver) return null;
      if (!signal(rest.length > 0 ? -running.pid : running.pid, name as NodeJS.Signals)) return null;
      return `${injection.kind} after ${at} ms of ${Math.round(wholeRun)}`;
    },
  };
}

/** The throwaway server of a run is killed, or one of its sessions. */
async function serverKilled({ bench, injection, chances, urls, truth }: Context): Promise<Disturbance> {
  const extra = Math.round(chances.chance() * truth.milliseconds * 0.5);
  return {
    urls,
    beside: async (running) => {
      let isOver = false;
      void running.ended.then(() => {
        isOver = true;
      });
      const find = async () => {
        const pids = await serverProcesses(join(bench.folder, 'runs'));
        return injection.kind === 'postmaster killed' ? pids.postmaster : pids.session;
      };
      let pid: number | null = null;
      let waited = false;
      while (!isOver) {
        pid = await find();
        if (pid !== null && waited) break;
        if (pid !== null) await sleep(extra);
        waited ||= pid !== null;
        await sleep(5);
      }
      if (isOver || pid === null) return null;
      if (!signal(pid, 'SIGKILL')) return null;
      return `${injection.kind} ${extra} ms after it was there`;
    },
  };
}

/** False where the process has ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function serverProcesses(runs: string): Promise<{ postmaster: number | null; session: number | null }> {
  const servers = (await processesNaming(runs)).filter(({ argv }) => argv[0]?.endsWith('/postgres'));
  const postmaster = servers[0]?.pid ?? null;
  if (postmaster === null) return { postmaster, session: null };
  const { stdout } = await execa('ps', ['--ppid', String(postmaster), '-o', 'pid=,args='], { reject: false });
  const session = stdout.split('\n').find((line) => line.includes('postgres: postgres'));
  return { postmaster, session: session === undefined ? null : Number.parseInt(session, 10) };
}

/** A disk that is full, or a folder that cannot be written. */
async function space(context: Context): Promise<Disturbance> {
  const { bench, injection, chances, urls, command, truth } = context;
  const disk = join(bench.folder, 'disk');
  const at = (folder: string, kilobytes: number) => mount(folder, kilobytes);
  const unmount = (folder: string) => execa('umount', ['--lazy', folder]).then(() => undefined);
  const isReadOnly = injection.kind.startsWith('read-only') || injection.kind.includes('in a read-only');
  const told = (text: string) => async (running: Running) => running.ended.then(() => `${injection.kind}: ${text}`);

  if (command.name === 'snapshot') {
    const kilobytes = isReadOnly ? 1000 : chances.between(1, 20) * 4;
    await at(disk, kilobytes);
    const out = join(disk, 'production');
    const old = bench.path('snapshots/production');
    const fits = await cp(old, out, { recursive: true }).then(
      () => true,
      () => rm(out, { recursive: true, force: true }).then(() => false),
    );
    const before = await digests(out);
    if (isReadOnly) await execa('mount', ['-o', 'remount,ro', disk]);
    return {
      ...{ urls, place: out, args: [...command.args(urls), '--out', out], after: () => unmount(disk) },
      beside: told(`${kilobytes} kB, ${fits ? 'with' : 'without'} an old snapshot`),
      further: () => wholeOrOld(disk, out, before, truth.result),
    };
  }
  if (command.name.startsWith('update')) {
    const suites = bench.path('suites');
    await cp(suites, join(bench.folder, 'suites'), { recursive: true });
    await at(suites, 64);
    await cp(join(bench.folder, 'suites'), suites, { recursive: true });
    await rm(join(bench.folder, 'suites'), { recursive: true });
    const free = chances.one([0, 0, 4]);
    if (isReadOnly) await execa('mount', ['-o', 'remount,ro', suites]);
    else await execa('mount', ['-o', `remount,size=${(await usedKilobytes(suites)) + free}k`, suites]);
    // The files are looked at before the disk is taken away, and put into the project.
    const keep = async () => {
      await cp(suites, join(bench.folder, 'suites'), { recursive: true });
      await unmount(suites);
      await cp(join(bench.folder, 'suites'), suites, { recursive: true });
      await rm(join(bench.folder, 'suites'), { recursive: true });
    };
    return { urls, beside: told(isReadOnly ? 'suites' : `${free} kB are free`), after: keep };
  }
  if (injection.kind.startsWith('report')) {
    const kilobytes = isReadOnly ? 100 : chances.between(1, 6) * 4;
    await at(disk, kilobytes);
    const file = join(disk, 'report.json');
    await writeFile(file, OLD_REPORT);
    if (isReadOnly) await execa('mount', ['-o', 'remount,ro', disk]);
    const args = command.args(urls).map((word) => (word === `json=${REPORT}` ? `json=${file}` : word));
    const before = await digests(disk);
    return {
      ...{ urls, args, place: file, after: () => unmount(disk) },
      beside: told(`${kilobytes} kB`),
      further: async () => wholeReportOrOld(disk, before),
    };
  }
  const variable = injection.kind.includes('cache')
    ? 'REGRESS_CACHE_DIR'
    : injection.kind.includes('run folder')
      ? 'REGRESS_RUN_DIR'
      : 'TMPDIR';
  const kilobytes = isReadOnly
    ? 4000
    : variable === 'TMPDIR'
      ? chances.between(1, 6) * 4
      : chances.between(1, variable === 'REGRESS_RUN_DIR' ? 30 : 60) * 1000;
  await at(disk, kilobytes);
  await execa('chmod', ['1777', disk]);
  if (isReadOnly) await execa('mount', ['-o', 'remount,ro', disk]);
  return {
    ...{ urls, options: { env: { [variable]: disk } }, after: () => unmount(disk) },
    beside: told(`${kilobytes} kB`),
    // What a full disk damaged must not be in the way once there is room.
    further: async () => (variable === 'REGRESS_CACHE_DIR' ? roomAgain(bench, command, urls, disk, truth) : null),
  };
}

async function roomAgain(
  bench: Bench,
  command: Command,
  urls: Urls,
  disk: string,
  truth: Truth,
): Promise<string | null> {
  await execa('mount', ['-o', 'remount,rw,size=600m', disk]);
  const kept = await digests(bench.path('out'));
  const ended = await bench.start(command.args(urls), { env: { REGRESS_CACHE_DIR: disk } }).ended;
  const isSame = ended.status === truth.status && (await command.result(bench, urls, ended.stdout)) === truth.result;
  if (kept['report.json'] !== undefined && !isSame)
    return `the cache, with room again: status ${ended.status}, ${ended.stderr.slice(0, 300)}`;
  return null;
}

/** A file system of so many kilobytes; the folder is made. */
async function mount(folder: string, kilobytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
}

async function usedKilobytes(folder: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(folder);
  return Math.ceil(((blocks - bfree) * bsize) / 1024);
}

async function wholeOrOld(
  disk: string,
  out: string,
  before: Readonly<Record<string, string>>,
  truth: string,
): Promise<string | null> {
  const others = (await readdir(disk)).filter((name) => name !== 'production');
  if (others.length > 0) return `beside the snapshot: ${others.join(', ')}`;
  const now = await digests(out);
  if (JSON.stringify(now) === JSON.stringify(before)) return null;
  return (await snapshotIn(out)) === truth ? null : 'the snapshot on the small disk';
}

async function wholeReportOrOld(disk: string, before: Readonly<Record<string, string>>): Promise<string | null> {
  const now = await digests(disk);
  const others = Object.keys(now).filter((name) => !(name in before));
  if (others.length > 0) return `beside the report: ${others.join(', ')}`;
  if (JSON.stringify(now) === JSON.stringify(before)) return null;
  const { stdout } = await execa('tail', ['--lines=1', join(disk, 'report.json')], { reject: false });
  return stdout === '}' ? null : 'the report on the small disk';
}

/** A table, an index or a catalog that another session has locked as ALTER TABLE does. */
async function locked({ bench, injection, chances, urls }: Context): Promise<Disturbance> {
  const database =
    injection.command === 'restore'
      ? new URL(urls.targetDatabase.replace('@/', '@s/')).pathname.slice(1)
      : DATABASES.production;
  const statement = LOCK_STATEMENTS[injection.kind] ?? '';
  const seconds = chances.one([1, 2, 4, 8, 30]);
  const lock = bench.server
    .psql(
      database,
      `SET application_name = 'locker'; BEGIN; ${statement}; SELECT pg_catalog.pg_sleep(${seconds}); ROLLBACK`,
    )
    .catch(() => '');
  await until(async () => (await bench.server.psql('postgres', LOCKER)) === '1');
  return {
    urls,
    beside: async (running) => running.ended.then(() => `${injection.kind} for ${seconds} s`),
    after: async () => {
      await bench.server.psql(
        'postgres',
        `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE application_name = 'locker'`,
      );
      await lock;
    },
  };
}

const LOCKER = `SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE application_name = 'locker' AND query ~ 'pg_sleep' AND wait_event = 'PgSleep'`;

const LOCK_STATEMENTS: Readonly<Record<string, string>> = {
  'table locked': 'LOCK TABLE orders IN ACCESS EXCLUSIVE MODE',
  'index dropped, not yet committed': 'DROP INDEX orders_at_idx',
  'catalog locked': 'LOCK TABLE pg_catalog.pg_statistic IN ACCESS EXCLUSIVE MODE',
};

/** Conflicts with recovery, on a standby that does not wait for its sessions. */
async function conflicted({ injection, chances, urls, truth, standby }: Context): Promise<Disturbance> {
  const { proxy, conflict } = standby as Standby;
  const wanted = injection.kind.includes('all the time') ? Number.POSITIVE_INFINITY : 1;
  let sessions = 0;
  proxy.arm({
    ...{ kind: 'conflict', everywhere: false, dice: chances, at: chances.between(1, Math.max(1, truth.messages / 2)) },
    // A session that holds no snapshot and no lock at that message is in nobody's way.
    act: async () => {
      sessions += await conflict(injection.kind.includes('over rows') ? 'rows' : 'lock');
      return sessions < wanted;
    },
  });
  return {
    urls,
    beside: async (running) => {
      await running.ended;
      return sessions === 0 ? null : `${injection.kind}: ${sessions} sessions gave way`;
    },
    after: async () => proxy.arm(null),
  };
}

/** Somebody else changes the target between two plans. */
async function meddled({ bench, injection, chances, urls, truth }: Context): Promise<Disturbance> {
  const database = new URL(urls.targetDatabase.replace('@/', '@s/')).pathname.slice(1);
  const restoreAnother = async () => {
    const args = ['restore', '--allow-data', '--target', urls.targetDatabase, '--snapshot', 'out/other'];
    await bench.start(args, { limitMs: 20_000 }).ended;
  };
  if (injection.kind === 'another restore') await otherSnapshot(bench);
  const act = async () => {
    const work =
      injection.kind === 'another restore'
        ? restoreAnother()
        : bench.server.psql(database, MEDDLERS[injection.kind] ?? '');
    // Whoever plans may hold a lock that this waits for.
    await Promise.race([work.catch(() => undefined), sleep(injection.kind === 'another restore' ? 5000 : 1500)]);
    return false;
  };
  bench.proxies.messages.arm({
    ...{ kind: 'meddled with', everywhere: false, dice: chances },
    at: chances.one(truth.plansAsked),
    act,
  });
  return {
    urls,
    beside: async (running) => running.ended.then(() => bench.proxies.messages.fired()),
    after: async () => bench.proxies.messages.arm(null),
  };
}

const MEDDLERS: Readonly<Record<string, string>> = {
  ANALYZE: 'ANALYZE',
  'DROP INDEX': 'DROP INDEX orders_customer_id_idx',
  'CREATE INDEX': 'CREATE INDEX ON orders (customer_id, at)',
  'statistics updated': `UPDATE pg_catalog.pg_statistic SET stadistinct = 3 WHERE starelid = 'orders'::pg_catalog.regclass`,
  'rows deleted, VACUUM ANALYZE': 'DELETE FROM orders WHERE id % 2 = 0;\nVACUUM ANALYZE orders;',
  'column added': 'ALTER TABLE orders ADD COLUMN more text DEFAULT pg_catalog.now()::text',
};

/** A snapshot of another production in the project's folder of reports. */
async function otherSnapshot(bench: Bench): Promise<void> {
  const place = join(bench.folder, 'other');
  if (Object.keys(await digests(place)).length === 0) {
    await bench.start(['snapshot', '--source', bench.url(DATABASES.foreign), '--out', place]).ended;
  }
  await cp(place, bench.path('out/other'), { recursive: true });
}

const DISTURBANCES: Readonly<Record<string, (context: Context) => Promise<Disturbance>>> = {
  ...{ wire, tls: wire, silent: wire, kill: killed, server: serverKilled },
  ...{ space, lock: locked, standby: conflicted, target: meddled },
};

async function accepts(bench: Bench): Promise<boolean> {
  return bench.server.psql('postgres', 'SELECT 1').then(
    () => true,
    () => false,
  );
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error('it never came to that');
}

function difference(before: string, after: string): string {
  const at = [...before].findIndex((letter, index) => letter !== after[index]);
  const from = Math.max(0, at - 40);
  return `${JSON.stringify(before.slice(from, at + 60))} became ${JSON.stringify(after.slice(from, at + 60))}`;
}
