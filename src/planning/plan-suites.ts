import { planDigest, queryDigest, shortDigest } from '../baseline/index.ts';
import type { Config } from '../config/index.ts';
import { type ExplainContext, explainQuery, hidingSetting, readingFunctions } from '../explain/index.ts';
import type { PlanNode } from '../model/plan.ts';
import type { ProductionPlan } from '../model/plans/production-plan.ts';
import type { Avoidance } from '../model/plans/runner-up.ts';
import type { SchemaMap } from '../model/schema-map.ts';
import type { Manifest, Snapshot } from '../model/snapshot.ts';
import type { Query, Suite } from '../model/suite.ts';
import { type PlannedCase, plannedCases } from '../model/suite.ts';
import { askingForPlan, type Connection, DatabaseError } from '../postgres/index.ts';
import { constantCalls } from '../sql/index.ts';
import { withAutoCases } from './auto-cases.ts';
import { addFlips } from './plan-flips.ts';
import type { Asked, Planned, Plans, PlanWithout } from './planned.ts';
import { findDeviations, planShelf } from './production-plans.ts';
import { settingsInForce, warnOfConditions } from './session/conditions.ts';
import { openRunSnapshot } from './session/open-snapshot.ts';
import { refusedStatistics } from './session/refused-statistics.ts';
import { warnOfRestore } from './session/restore-warnings.ts';
import type { RunContext } from './session/run-context.ts';
import { type PlanningOptions, type PlanningSession, withPlanningSession } from './session/session.ts';
import { isInSlice, type Slice } from './slice.ts';

/** Restores the snapshot into the target and EXPLAINs the suites there; warnings go to stderr. */
export async function planSuites(
  wanted: readonly Suite[],
  config: Config,
  options: PlanningOptions,
  context: RunContext,
): Promise<Plans> {
  return planSuitesAnd(wanted, config, options, context, async (plans) => plans);
}

/** planSuites, followed by `andThen` while the target is still there. With a slice, plans only its queries. */
export async function planSuitesAnd<T>(
  wanted: readonly Suite[],
  config: Config,
  options: PlanningOptions,
  context: RunContext,
  andThen: (plans: Plans, planWithout: PlanWithout) => Promise<T>,
  slice?: Slice,
): Promise<T> {
  return withPlanMaker(config, options, context, async ({ complete, plan, planWithout }) =>
    andThen(await plan(await complete(wanted), slice), planWithout),
  );
}

/** Plans on a target that stays open. It has one session, so make one call at a time. */
export interface PlanMaker {
  /** Adds the automatic cases to suites. */
  complete(suites: readonly Suite[]): Promise<readonly Suite[]>;
  /** Plans suites that have their automatic cases, or a slice of them. */
  plan(suites: readonly Suite[], slice?: Slice): Promise<Plans>;
  readonly planWithout: PlanWithout;
}

/** Restores the snapshot into the target and runs `work` there; warnings go to stderr. */
export async function withPlanMaker<T>(
  config: Config,
  options: PlanningOptions,
  context: RunContext,
  work: (maker: PlanMaker) => Promise<T>,
): Promise<T> {
  const snapshot = await openRunSnapshot(config, options.snapshot);
  return withPlanningSession(config, options, snapshot, context, async (session) => {
    warnOfRestore(session.restored, context);
    warnOfConditions(
      session.conditions,
      context,
      session.restored.skippedSettings.map(({ name }) => name),
    );
    const server = await settingsInForce(session.connection, Object.keys(snapshot.manifest.settings));
    // The role's settings override the server's, as in production.
    const settings = { ...server, ...session.planner.settings };
    return work({
      complete: (suites) => withAutoCases(suites, snapshot, session, settings),
      plan: async (suites, slice) => {
        const work = askedOf(suites, slice);
        const planned = await planAll(session, work, { snapshot, map: config.map.schemas }, settings, context);
        const { unknown, missing } = session.restored;
        const readingFunctions = await functionsOf(session.connection, suites);
        await session.requireUnchanged();
        return {
          suites,
          server: session.server,
          snapshot,
          settings,
          planned,
          unknown: [...unknown, ...refusedStatistics(session.restored.refused)],
          missing,
          readingFunctions,
          conditions: session.conditions,
          deviations: await findDeviations(planned, snapshot, session.restored, session.conditions),
        };
      },
      planWithout: (item, avoided) => planWithout(session, item, avoided, snapshot.manifest),
    });
  });
}

async function planWithout(
  session: PlanningSession,
  { query, planned, production }: Planned,
  { settings, indexes }: Avoidance,
  manifest: Manifest,
): Promise<PlanNode | null> {
  const hidden = await hidingSetting(session.connection, indexes);
  const changed = { ...query, settings: { ...query.settings, ...settings } };
  const context = { ...explainContext(session, manifest, production), hidden };
  const outcome = await planOne(session.connection, changed, planned, context);
  return 'error' in outcome ? null : outcome.plan;
}

/** Uses the time at which production planned the query, so that plans for "the last hours" can be compared. */
function explainContext(
  { server, planner }: PlanningSession,
  { capturedAt }: Manifest,
  production: ProductionPlan | null,
): ExplainContext {
  return { major: server.major, now: production?.now ?? capturedAt, ...planner };
}

/** For each query, the functions it calls that may read tables while it is planned. */
async function functionsOf(connection: Connection, suites: readonly Suite[]): Promise<Map<string, string[]>> {
  const statements = suites.flatMap(({ queries }) => queries.map(({ statement }) => statement));
  const calls = new Map(statements.map((statement) => [statement, constantCalls(statement)]));
  const reading = await readingFunctions(connection, [...new Set([...calls.values()].flat())]);
  return new Map([...calls].map(([statement, names]) => [statement, names.flatMap((name) => reading.get(name) ?? [])]));
}

/** All plans to make for the queries of suites, or of a slice of them. A slice never splits a query's cases. */
export function askedOf(suites: readonly Suite[], slice?: Slice): Asked[] {
  const queries = suites.flatMap((suite) => suite.queries.map((query) => ({ suite, query })));
  return queries
    .filter((_, place) => isInSlice(place, slice))
    .flatMap(({ suite, query }) => plannedCases(query).map((planned) => ({ suite, query, planned })));
}

/** Plans the queries in turn; one that cannot be planned does not stop the others. */
async function planAll(
  session: PlanningSession,
  work: readonly Asked[],
  { snapshot, map }: { readonly snapshot: Snapshot; readonly map: SchemaMap },
  settings: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<Planned[]> {
  const { manifest } = snapshot;
  const measuredUnder = { snapshot: measuredOn(manifest, map), settings: shortDigest(settings) };
  const productionPlans = planShelf(await snapshot.plans());
  context.progress.start('explain', work.length);
  const results: Planned[] = [];
  for (const item of work) {
    const { suite, query, planned } = item;
    const key = { suite: suite.file, query: query.name, case: planned.name, digest: planDigest(query, planned) };
    const production = productionPlans.find(key);
    const at = explainContext(session, manifest, production);
    const outcome = await planOne(session.connection, item.query, item.planned, at);
    const provenance = { ...measuredUnder, query: queryDigest(query, planned) };
    results.push({ ...item, provenance, outcome, production, flip: null });
    context.progress.advance();
  }
  const flipped = await addFlips(session.connection, results, explainContext(session, manifest, null), settings);
  context.progress.done();
  return flipped;
}

/**
 * The snapshot digest that a baseline block records. It covers the schema map too: with another map, queries see other
 * statistics.
 */
export function measuredOn({ digest }: Pick<Manifest, 'digest'>, map: SchemaMap): string {
  return shortDigest(map.size === 0 ? digest : [digest, ...[...map].sort()]);
}

/**
 * Plans a query one way; an error of PostgreSQL's is an outcome. Throws RegressError `connection` if the error is not
 * about the query, such as a lock that somebody else holds.
 */
export async function planOne(
  connection: Connection,
  query: Query,
  planned: PlannedCase,
  at: ExplainContext,
): Promise<Planned['outcome']> {
  try {
    const ask = () => explainQuery(connection, query, planned, at);
    return { plan: await askingForPlan(connection, `query ${query.name}`, ask) };
  } catch (error) {
    if (error instanceof DatabaseError) return { error };
    throw error;
  }
}
