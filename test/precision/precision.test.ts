import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { isSameShape, judge } from '../../src/compare/index.ts';
import { decodePlan } from '../../src/explain/index.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { Query, Thresholds } from '../../src/model/suite.ts';
import { type PlannedCase, plannedCases } from '../../src/model/suite.ts';
import { type Connection, DatabaseError } from '../../src/postgres/index.ts';
import { loadSuites } from '../../src/suite/index.ts';
import { withSession } from '../fidelity/lab.ts';
import { acceptedBlock, judgement, PROVENANCE, THRESHOLDS } from '../support/judgements.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';

/** The file for the figures. Filling, and executing some thousand queries, takes a quarter of an hour and a quiet machine. */
const file = process.env.REGRESS_PRECISION;

const REPOSITORY = new URL('../../', import.meta.url);
/** Milliseconds a query may take, and then counts as having taken. */
const LIMIT_MS = 20_000;
/** Of a run time twice as long, milliseconds it must be longer by: less is the clock's. */
const LEAST_MS = 0.2;

/** One query planned one way, before and after a mutation that changed its plan. */
interface Pair {
  readonly mutation: Mutation;
  readonly query: Query;
  readonly planned: PlannedCase;
  readonly before: Executed;
  readonly after: Executed;
}

interface Executed {
  readonly plan: PlanNode;
  readonly milliseconds: number;
}

/** What a rule says against what the clock says. */
interface Score {
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
}

describe.runIf(file !== undefined)('what thresholds are worth, measured by executing', () => {
  let server: TestServer;
  let database: string;
  let work: { readonly query: Query; readonly planned: PlannedCase }[];

  beforeAll(async () => {
    server = (await testServer(15)) as TestServer;
    database = await server.createDatabase('storefront_production');
    for (const file of ['schema.sql', 'fill.sql']) {
      await server.psql(database, await readFile(new URL(`docs/storefront/${file}`, REPOSITORY), 'utf8'));
    }
    const suites = await loadSuites(new URL('suites', REPOSITORY).pathname);
    const all = suites.flatMap(({ queries }) =>
      queries.flatMap((query) => plannedCases(query).map((planned) => ({ query, planned }))),
    );
    // Values are needed to execute; rows that a rollback leaves behind would change what follows.
    work = all.filter(({ query, planned }) => !planned.generic && /^\s*(SELECT|WITH)\b/i.test(query.statement));
  }, 1_200_000);

  it('tells run times twice as long from others', async () => {
    const pairs = await withSession(server, database, (session) => measure(session, work));
    const total = MUTATIONS.length * work.length;
    console.log(describeMeasurement(pairs, total));
    await writeFile(file as string, `${JSON.stringify(pairs.map(figuresOf), null, 1)}\n`);
    expect(pairs.filter(isSlower).length).toBeGreaterThan(20);
    // Of plans that changed with the schema or its statistics; those of other settings are told for themselves.
    const own = pairs.filter(({ mutation }) => mutation.kind !== 'changed setting');
    const { hits, misses, falseAlarms } = scoreOf(own, fails(THRESHOLDS.cost));
    expect(hits / (hits + falseAlarms)).toBeGreaterThan(0.6);
    expect(hits / (hits + misses)).toBeGreaterThan(0.75);
  }, 3_600_000);
});

async function measure(session: Connection, work: readonly { query: Query; planned: PlannedCase }[]): Promise<Pair[]> {
  const plan = (query: Query, planned: PlannedCase) => explain(session, query, planned);
  const unchanged: PlanNode[] = [];
  for (const { query, planned } of work) unchanged.push(await plan(query, planned));
  const pairs: Pair[] = [];
  for (const mutation of MUTATIONS) {
    const changed: Pick<Pair, 'query' | 'planned' | 'after'>[] = [];
    await session.run('BEGIN');
    await session.run(mutation.sql);
    for (const [number, { query, planned }] of work.entries()) {
      const after = await plan(query, planned);
      if (JSON.stringify(after) === JSON.stringify(unchanged[number])) continue;
      changed.push({ query, planned, after: { plan: after, milliseconds: await leastTime(session, query, planned) } });
    }
    await session.run('ROLLBACK; BEGIN');
    // The time before is taken right after, so that whatever else the machine does is the same for both.
    for (const { query, planned, after } of changed) {
      const before = { plan: await plan(query, planned), milliseconds: await leastTime(session, query, planned) };
      pairs.push({ mutation, query, planned, before, after });
    }
    await session.run('ROLLBACK');
  }
  return pairs;
}

/** Milliseconds of the quickest of five runs; of one that takes seconds, which shows in it what it shows in five. */
async function leastTime(session: Connection, query: Query, planned: PlannedCase): Promise<number> {
  let least = LIMIT_MS;
  for (let run = 0; run < 5; run++) {
    const taken = await timed(session, query, planned);
    least = Math.min(least, taken);
    if (taken > 2000) break;
  }
  return least;
}

async function timed(session: Connection, query: Query, planned: PlannedCase): Promise<number> {
  await session.run('SAVEPOINT run');
  try {
    await session.run(`SET LOCAL statement_timeout = ${LIMIT_MS}`);
    const rows = await session.query<{ 'QUERY PLAN': { 'Execution Time': number }[] }>(
      `EXPLAIN (FORMAT JSON, ANALYZE, TIMING OFF) ${query.statement}`,
      bound(planned),
    );
    return rows[0]?.['QUERY PLAN'][0]?.['Execution Time'] ?? LIMIT_MS;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '57014') return LIMIT_MS;
    throw error;
  } finally {
    await session.run('ROLLBACK TO SAVEPOINT run');
  }
}

async function explain(session: Connection, query: Query, planned: PlannedCase): Promise<PlanNode> {
  const text = `EXPLAIN (FORMAT JSON, VERBOSE) ${query.statement}`;
  const rows = await session.query<{ 'QUERY PLAN': unknown }>(text, bound(planned));
  return decodePlan(rows[0]?.['QUERY PLAN']);
}

/** As the suites' values are bound; the storefront has no list for a json parameter. */
function bound(planned: PlannedCase): unknown[] {
  return [...planned.values];
}

function isSlower({ before, after }: Pair): boolean {
  return after.milliseconds >= 2 * before.milliseconds && after.milliseconds - before.milliseconds >= LEAST_MS;
}

type Rule = (pair: Pair) => boolean;

/** Whether check would fail, or with `warns` also warn. */
function fails(cost: Thresholds['cost'], statuses: readonly string[] = ['fail']): Rule {
  const thresholds = { ...THRESHOLDS, cost };
  return ({ mutation, query, planned, before, after }) => {
    const { status } = judge(
      judgement(after.plan, {
        query: { ...query, expect: {} },
        case: planned.name,
        thresholds,
        baseline: acceptedBlock(before.plan, { query: query.name, case: planned.name }),
        provenance: mutation.kind === 'changed setting' ? { ...PROVENANCE, settings: 'changed' } : PROVENANCE,
        reproduced: true,
      }),
    );
    return statuses.includes(status);
  };
}

/** Plans that did not change take the time they took, and no rule speaks of them. */
function scoreOf(pairs: readonly Pair[], rule: Rule): Score {
  const count = (slower: boolean, found: boolean) =>
    pairs.filter((pair) => isSlower(pair) === slower && rule(pair) === found).length;
  return { hits: count(true, true), misses: count(true, false), falseAlarms: count(false, true) };
}

function describeMeasurement(pairs: readonly Pair[], total: number): string {
  const slower = pairs.filter(isSlower);
  const cheaper = slower.filter(({ before, after }) => after.plan.totalCost <= before.plan.totalCost);
  const warned = fails(THRESHOLDS.cost, ['fail', 'warn']);
  const own = pairs.filter(({ mutation }) => mutation.kind !== 'changed setting');
  return [
    `${MUTATIONS.length} mutations, ${total} plans, ${pairs.length} changed, ${slower.length} take twice the time or more`,
    `${cheaper.length} of these although their cost fell or stayed; ${cheaper.filter(warned).length} of them warned of`,
    'all mutations',
    ...table(pairs),
    'without changed settings',
    ...table(own),
    'by kind, at the default',
    ...[...new Set(MUTATIONS.map(({ kind }) => kind))].map((kind) => {
      const some = pairs.filter(({ mutation }) => mutation.kind === kind);
      return scoreRow(`${kind} (${some.length} plans changed)`, scoreOf(some, fails(THRESHOLDS.cost)));
    }),
    ...slower
      .filter((pair) => !fails(THRESHOLDS.cost)(pair))
      .map((pair) => `missed: ${pairLine(pair)}${warned(pair) ? ' (warned)' : ''}`),
    ...pairs
      .filter((pair) => !isSlower(pair) && fails(THRESHOLDS.cost)(pair))
      .map((pair) => `false alarm: ${pairLine(pair)}`),
  ].join('\n');
}

function table(pairs: readonly Pair[]): string[] {
  const rules: readonly (readonly [string, Rule])[] = [
    ...[1.1, 1.2, 1.5, 2, 3, 5].map(
      (fail) => [`fail: ${fail}`, fails({ warn: fail, fail, ignoreBelow: 100 })] as const,
    ),
    ...[0, 10, 1000].map(
      (ignoreBelow) =>
        [`fail: 1.5, ignoreBelow: ${ignoreBelow}`, fails({ warn: 1.1, fail: 1.5, ignoreBelow })] as const,
    ),
    ['default, warnings too', fails(THRESHOLDS.cost, ['fail', 'warn'])],
  ];
  return [
    '| thresholds | precision | recall | found | missed | false alarms |',
    '|---|---|---|---|---|---|',
    ...rules.map(([name, rule]) => scoreRow(name, scoreOf(pairs, rule))),
  ];
}

function scoreRow(label: string, { hits, misses, falseAlarms }: Score): string {
  const share = (part: number, rest: number) =>
    part + rest === 0 ? '–' : `${Math.round((100 * part) / (part + rest))} %`;
  return `| ${label} | ${share(hits, falseAlarms)} | ${share(hits, misses)} | ${hits} | ${misses} | ${falseAlarms} |`;
}

function figuresOf({ mutation, query, planned, before, after }: Pair): object {
  return {
    mutation: mutation.name,
    kind: mutation.kind,
    query: query.name,
    case: planned.name,
    cost: [before.plan.totalCost, after.plan.totalCost],
    milliseconds: [before.milliseconds, after.milliseconds],
    sameShape: isSameShape(before.plan, after.plan),
  };
}

function pairLine({ mutation, query, planned, before, after }: Pair): string {
  const name = planned.name === null ? query.name : `${query.name} [${planned.name}]`;
  const cost = `${before.plan.totalCost} → ${after.plan.totalCost}`;
  return `${mutation.name}: ${name}: cost ${cost}, ${before.milliseconds.toFixed(2)} → ${after.milliseconds.toFixed(2)} ms`;
}
