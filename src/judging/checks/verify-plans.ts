import { relative } from 'node:path';
import { firstDifference, verdictOf } from '../../compare/index.ts';
import type { Config } from '../../config/index.ts';
import { differingSettings, majorSql, readSettings } from '../../environment/index.ts';
import { explainOnSource, explainQuery } from '../../explain/index.ts';
import { RegressError, SourceRefusal } from '../../model/errors.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { VerifyReport, VerifyResult, VerifySummary } from '../../model/plans/verification.ts';
import type { SchemaMap } from '../../model/schema-map.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type PlannedCase, plannedCases, type Query, type Suite } from '../../model/suite.ts';
import {
  findReasons,
  type MappedSnapshot,
  type Planner,
  type PlanningOptions,
  type PlanningSession,
  type Reasons,
  reasonsFor,
  relationsOf,
  settingsInForce,
  sourcePlanner,
  warnOfConditions,
  warnOfRestore,
  withAutoCases,
  withPlanningSession,
} from '../../planning/index.ts';
import { askForPlan, type Connection, DatabaseError, serverVersion } from '../../postgres/index.ts';
import { mapPlanNode, mapSearchPath } from '../../predict/index.ts';
import { mentionedNames } from '../../sql/index.ts';
import type { CheckContext } from './context.ts';

export interface VerifyOptions extends PlanningOptions {
  /** Largest relative difference of costs at which plans count as identical; 0 where absent. */
  readonly tolerance?: number;
}

/** Plans every query on the source, read only, and on the target, and compares the two plans of each. */
export async function verifyPlans(
  source: Connection,
  { suites, snapshot }: { readonly suites: readonly Suite[]; readonly snapshot: MappedSnapshot },
  config: Config,
  { tolerance = 0, ...options }: VerifyOptions,
  context: CheckContext,
): Promise<VerifyReport> {
  const startedAt = new Date();
  await requireSameDatabase(source, snapshot);
  const work = { suites, snapshot, map: config.map.schemas, tolerance };
  const compared = await withPlanningSession(config, options, snapshot, context, (session) =>
    compareEnds(source, session, work, context),
  );
  return {
    format: 1,
    regress: context.version,
    startedAt: startedAt.toISOString(),
    ...compared,
    snapshot: describeSnapshot(config, snapshot),
    tolerance,
    summary: summarize(compared.results),
  };
}

const DATABASE_SQL = 'SELECT pg_catalog.current_database() AS database ORDER BY 1';

/** Throws RegressError `usage` if the source's name differs from the snapshot's: it is most likely another database. */
async function requireSameDatabase(source: Connection, { manifest }: Snapshot): Promise<void> {
  const [row] = await source.query<{ database: string }>(DATABASE_SQL);
  if (row?.database === manifest.server.database) return;
  throw new RegressError('usage', `the snapshot is of database "${manifest.server.database}"`, {
    detail: `The source is database "${row?.database}"; its plans say nothing about this snapshot.`,
    hint: 'npx regress-pg verify --source postgresql://…/database, with the database that the snapshot was taken from',
  });
}

function describeSnapshot(config: Config, { path, manifest }: Snapshot): VerifyReport['snapshot'] {
  return { path: relative(config.folder, path) || '.', digest: manifest.digest, capturedAt: manifest.capturedAt };
}

interface Work {
  readonly suites: readonly Suite[];
  readonly snapshot: Snapshot;
  readonly map: SchemaMap;
  readonly tolerance: number;
}

async function compareEnds(source: Connection, session: PlanningSession, work: Work, context: CheckContext) {
  warnOfRestore(session.restored, context);
  warnOfConditions(
    session.conditions,
    context,
    session.restored.skippedSettings.map(({ name }) => name),
  );
  const version = await serverVersion(source);
  const sourceSettings = await readSettings(source, majorSql(version.major));
  const planner = await sourcePlanner(source, session.planner, sourceSettings, context);
  const targetSettings = await settingsInForce(session.connection, Object.keys(sourceSettings));
  const settings = differingSettings(mapSearchPath({ ...sourceSettings, ...planner.settings }, work.map), {
    ...targetSettings,
    ...session.planner.settings,
  });
  const suites = await withAutoCases(work.suites, work.snapshot, session, {
    ...targetSettings,
    ...session.planner.settings,
  });
  const ends = { source, major: version.major, planner, map: work.map };
  const results = await compareAll(ends, session, { ...work, suites }, context);
  const differing = results.filter(({ verdict }) => verdict === 'same plan' || verdict === 'different');
  const relations = relationsOf(...differing.flatMap((result) => [result.source, result.target]));
  const reasons =
    differing.length === 0 ? null : await findReasons(source, work.snapshot, relations, session.restored, settings);
  return {
    source: { version: version.version, major: version.major },
    target: { version: session.server.version, major: session.server.major },
    settings,
    conditions: session.conditions,
    results: results.map((result) => (reasons === null ? result : withReasons(result, reasons))),
  };
}

function withReasons(result: VerifyResult, reasons: Reasons): VerifyResult {
  if (result.verdict !== 'same plan' && result.verdict !== 'different') return result;
  return { ...result, reasons: reasonsFor(reasons, result.source, result.target) };
}

/** Production, and the role and settings to plan with there. */
interface Source {
  readonly source: Connection;
  readonly major: number;
  readonly planner: Planner;
  readonly map: SchemaMap;
}

async function compareAll(
  from: Source,
  session: PlanningSession,
  { suites, tolerance }: Work,
  context: CheckContext,
): Promise<VerifyResult[]> {
  const work = suites.flatMap((suite) =>
    suite.queries.flatMap((query) => plannedCases(query).map((planned) => ({ suite, query, planned }))),
  );
  context.progress.start('verify', work.length);
  const results: VerifyResult[] = [];
  for (const { suite, query, planned } of work) {
    const about = { suite: suite.file, query: query.name, case: planned.name, file: query.file, line: query.line };
    results.push({ ...about, ...(await compareOne(from, session, query, planned, tolerance)) });
    context.progress.advance();
  }
  context.progress.done();
  return results;
}

type Outcome = Pick<VerifyResult, 'verdict' | 'difference' | 'reasons' | 'source' | 'target'>;

/** Plans on both ends; the target uses the source's time for `now()`. */
async function compareOne(
  { source, major, planner, map }: Source,
  session: PlanningSession,
  query: Query,
  planned: PlannedCase,
  tolerance: number,
): Promise<Outcome> {
  const about = `query ${query.name}`;
  const there = await attempted(source, about, async () => {
    const mentioned = mentionedNames(query.statement);
    const { plan, now } = await explainOnSource(source, query, planned, { ...planner, major, mentioned });
    return { plan: mapPlanNode(plan, map), now };
  });
  const now = 'error' in there ? null : there.value.now;
  const context = { ...session.planner, major: session.server.major, now };
  const here = await attempted(session.connection, about, () =>
    explainQuery(session.connection, query, planned, context),
  );
  if ('error' in there || 'error' in here) {
    return {
      verdict: isNotJudged(there) || isNotJudged(here) ? 'not judged' : 'errored',
      difference: null,
      reasons: [...failure('source', there), ...failure('target', here)],
      source: 'error' in there ? null : there.value.plan,
      target: 'error' in here ? null : here.value,
    };
  }
  const plans: { readonly source: PlanNode; readonly target: PlanNode } = {
    source: there.value.plan,
    target: here.value,
  };
  const verdict = verdictOf(plans.source, plans.target, tolerance);
  const difference = verdict === 'identical' ? null : firstDifference(plans.source, plans.target);
  return { verdict, difference, reasons: [], ...plans };
}

type Attempted<T> = { readonly value: T } | { readonly error: DatabaseError | SourceRefusal };

async function attempted<T>(at: Connection, about: string, work: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await askForPlan(at, about, work) };
  } catch (error) {
    if (error instanceof DatabaseError || error instanceof SourceRefusal) return { error };
    throw error;
  }
}

/** ERRCODE_QUERY_CANCELED: planning took longer than its limit. */
const CANCELED = '57014';

/** Whether an end was not asked for a plan, or took too long. */
function isNotJudged(attempted: Attempted<unknown>): boolean {
  if (!('error' in attempted)) return false;
  const { error } = attempted;
  return error instanceof SourceRefusal ? !error.wasAsked : error.code === CANCELED;
}

function failure(end: 'source' | 'target', attempted: Attempted<unknown>): string[] {
  if (!('error' in attempted)) return [];
  const { error } = attempted;
  const isUnasked = error instanceof SourceRefusal && !error.wasAsked;
  return [`${isUnasked ? 'not planned' : 'could not be planned'} on the ${end}: ${error.message}`];
}

function summarize(results: readonly VerifyResult[]): VerifySummary {
  const count = (verdict: VerifyResult['verdict']) => results.filter((result) => result.verdict === verdict).length;
  return {
    queries: results.length,
    identical: count('identical'),
    samePlan: count('same plan'),
    different: count('different'),
    errored: count('errored'),
    notJudged: count('not judged'),
  };
}
