import { readFile } from 'node:fs/promises';
import { type Bench, DATABASES, digests, type State, type Way } from './bench.ts';

/** One way to use the command line, and how to tell what came of it. */
export interface Command {
  readonly name: string;
  readonly state: State;
  /** Which end goes by the proxy; null: it runs on a throwaway server. */
  readonly wire: 'source' | 'target' | null;
  readonly status: 0 | 1;
  args(urls: Urls): string[];
  /** What came of it, without times; the same text for the same result. */
  result(bench: Bench, urls: Urls, stdout: string): Promise<string>;
  /** Whether a result lacks no more than what it says it lacks. */
  isPartOf?(result: string, truth: string): boolean;
}

/** The databases of a run. */
export interface Urls {
  readonly source: string;
  readonly target: string;
  /** The target as it is reached without the proxy, for the harness. */
  readonly targetDatabase: string;
}

/** Where a report is written, and what stands there before. */
export const REPORT = 'out/report.json';

const report = (bench: Bench) => readFile(bench.path(REPORT), 'utf8').then(withoutTimes, () => 'no report');
const toReport = ['--reporter', `json=${REPORT}`];
const check = { result: (bench: Bench) => report(bench) };
const snapshot = {
  state: 'clean',
  wire: 'source',
  status: 0,
  result: (bench: Bench) => snapshotIn(bench.path('snapshots/production')),
} as const;
const verified = { result: async (_: Bench, __: Urls, stdout: string) => withoutTimes(stdout) };

export const COMMANDS = {
  snapshot: { ...snapshot, name: 'snapshot', args: ({ source }) => ['snapshot', '--source', source] },
  plans: {
    ...snapshot,
    name: 'snapshot --plans',
    args: ({ source }) => ['snapshot', '--plans', '--source', source],
    isPartOf: lacksPlans,
  },
  verify: {
    ...{ name: 'verify', state: 'clean', wire: 'source', status: 0, ...verified },
    args: ({ source, targetDatabase }) => ['verify', '--json', '--source', source, '--target', targetDatabase],
  },
  'verify, others': {
    ...{ name: 'verify, plans differ', state: 'regressed', wire: 'source', status: 1, ...verified },
    args: ({ source, targetDatabase }) => ['verify', '--json', '--source', source, '--target', targetDatabase],
  },
  'verify, target': {
    ...{ name: 'verify, faults of the target', state: 'clean', wire: 'target', status: 0, ...verified },
    args: ({ source, target }) => ['verify', '--json', '--source', source, '--target', target],
  },
  restore: {
    ...{ name: 'restore', state: 'clean', wire: 'target', status: 0 },
    args: ({ target }) => ['restore', '--target', target],
    result: (bench, { targetDatabase }) => restoredState(bench, targetDatabase),
  },
  check: {
    ...{ name: 'check --target', state: 'clean', wire: 'target', status: 0, ...check },
    args: ({ target }) => ['check', '--target', target, ...toReport],
  },
  'check, regressed': {
    ...{ name: 'check --target, a regression', state: 'regressed', wire: 'target', status: 1, ...check },
    args: ({ target }) => ['check', '--target', target, ...toReport],
  },
  'check, in place': {
    ...{ name: 'check --target, in place', state: 'in place', wire: 'target', status: 0, ...check },
    args: ({ target }) => ['check', '--allow-data', '--target', target, ...toReport],
  },
  against: {
    ...{ name: 'check --against --target', state: 'regressed', wire: 'target', status: 1, ...check },
    args: ({ target }) => ['check', '--against', 'HEAD', '--target', target, ...toReport],
  },
  update: {
    ...{ name: 'update --target', state: 'stale', wire: 'target', status: 0 },
    args: ({ target }) => ['update', '--all', '--target', target],
    result: (bench) => baselines(bench),
  },
  'check here': {
    ...{ name: 'check', state: 'regressed', wire: null, status: 1, ...check },
    args: () => ['check', ...toReport],
  },
  'check, background': {
    ...{ name: 'check, a child in the background', state: 'background', wire: null, status: 0, ...check },
    args: () => ['check', ...toReport],
  },
  'against here': {
    ...{ name: 'check --against', state: 'regressed', wire: null, status: 1, ...check },
    args: () => ['check', '--against', 'HEAD', ...toReport],
  },
  'update here': {
    ...{ name: 'update', state: 'stale', wire: null, status: 0 },
    args: () => ['update', '--all'],
    result: (bench) => baselines(bench),
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

export function commandNamed(name: CommandName): Command {
  return COMMANDS[name];
}

/** The databases of one run: those of a target are made anew where a run writes to one itself. */
export async function urlsFor(bench: Bench, name: CommandName, way: Way, source?: string): Promise<Urls> {
  const { wire } = commandNamed(name);
  const isOwn = name === 'restore' || name === 'check, in place';
  const database = isOwn ? await bench.freshTarget(name === 'check, in place') : 'target';
  return {
    source: source ?? bench.url(DATABASES.production, wire === 'source' ? way : 'direct'),
    target: bench.url(database, wire === 'target' ? way : 'direct'),
    targetDatabase: bench.url(database),
  };
}

/** Without the moments that differ from run to run. */
function withoutTimes(text: string): string {
  const moments = /"(startedAt|capturedAt|capturedUntil|now)": "[^"]*"/g;
  // A digest of plans that hold a moment; and a transaction more is taken for what was locked, or in the way on a standby.
  return text
    .replace(moments, '"$1": "…"')
    .replace(/"plans": "[0-9a-f]{64}"/, '"plans": "…"')
    .replace(/"transactions": \d+/, '"transactions": "…"');
}

/** A snapshot without the moment it was taken at. */
export async function snapshotIn(folder: string): Promise<string> {
  const files = Object.keys(await digests(folder));
  const texts = files.map(async (file) => `${file}\n${withoutTimes(await readFile(`${folder}/${file}`, 'utf8'))}`);
  return (await Promise.all(texts)).join('\n');
}

interface TakenPlan {
  readonly suite: string;
  readonly query: string;
  readonly case: string | null;
  readonly plan: unknown;
  readonly error: string | null;
}

const PLANS_PART = /^plans\.json\n([\s\S]*?)\n(?=relations\/)/m;

/** Whether a snapshot is whole but for plans that the source did not make, which it holds the reasons of. */
function lacksPlans(result: string, truth: string): boolean {
  const plans = (text: string) => JSON.parse(PLANS_PART.exec(text)?.[1] ?? '[]') as TakenPlan[];
  const key = ({ suite, query, case: name }: TakenPlan) => JSON.stringify([suite, query, name]);
  const known = new Map(plans(truth).map((one) => [key(one), JSON.stringify(one)]));
  const others = plans(result).filter((one) => known.get(key(one)) !== JSON.stringify(one));
  const isRest = result.replace(PLANS_PART, '') === truth.replace(PLANS_PART, '');
  return (
    isRest && plans(result).length === known.size && others.every(({ plan, error }) => plan === null && error !== null)
  );
}

async function baselines(bench: Bench): Promise<string> {
  const files = Object.keys(await digests(bench.path('suites'))).filter((file) => file.endsWith('.baseline'));
  const texts = files.map(async (file) => `${file}\n${await readFile(bench.path(`suites/${file}`), 'utf8')}`);
  return (await Promise.all(texts)).join('\n');
}

const STATE_SQL = `
SELECT 'relation', c.relname, c.relpages || ' ' || c.reltuples || ' ' || c.relallvisible
  FROM pg_catalog.pg_class c WHERE c.relnamespace = 'public'::pg_catalog.regnamespace
UNION ALL
SELECT 'statistics', s.starelid::pg_catalog.regclass::text || '.' || s.staattnum, pg_catalog.md5(s::text)
  FROM pg_catalog.pg_statistic s JOIN pg_catalog.pg_class c ON c.oid = s.starelid
 WHERE c.relnamespace = 'public'::pg_catalog.regnamespace
UNION ALL
SELECT 'setting', '', pg_catalog.array_to_string(d.setconfig, ',')
  FROM pg_catalog.pg_db_role_setting d
 WHERE d.setdatabase = (SELECT o.oid FROM pg_catalog.pg_database o WHERE o.datname = pg_catalog.current_database())
ORDER BY 1, 2, 3`;

/** What a restore writes, as far as psql can tell: sizes, statistics, settings, and every side table. */
async function restoredState(bench: Bench, url: string): Promise<string> {
  const database = new URL(url.replace('@/', '@s/')).pathname.slice(1);
  const tables = (
    await bench.server.psql(
      database,
      `SELECT c.oid::pg_catalog.regclass FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'regress_planner' AND c.relkind = 'r' ORDER BY 1`,
    )
  ).split('\n');
  const named = tables.filter((table) => table !== '');
  const sides = named.map(
    (table) =>
      `SELECT '${table}', pg_catalog.count(*), pg_catalog.md5(pg_catalog.string_agg(t::text, ',' ORDER BY t::text)) FROM ${table} t;`,
  );
  const text = await bench.server.psql(database, `${STATE_SQL};\n${sides.join('\n')}`);
  // OIDs of a database's own relations.
  return text;
}
