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
import { withFlips } from './plan-flips.ts';
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

/** The same, and then what else is to be done while the target is there. With a slice, only its queries are planned. */
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

/** What plans on a target that stays open; one thing after the other, since there is one session. */
export interface PlanMaker {
  /** The suites as they are planned: with their automatic cases. */
  complete(suites: readonly Suite[]): Promise<readonly Suite[]>;
  /** Plans suites that are complete, or a slice of them. */
  plan(suites: readonly Suite[], slice?: Slice): Promise<Plans>;
  readonly planWithout: PlanWithout;
}

/** Restores the snapshot into the target and does the work there; warnings go to stderr. */
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
    // The role's own win, as they do in production.
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

/** At the time production planned it, so that a query that asks for the last hours can be compared. */
function explainContext(
  { server, planner }: PlanningSession,
  { capturedAt }: Manifest,
  production: ProductionPlan | null,
): ExplainContext {
  return { major: server.major, now: production?.now ?? capturedAt, ...planner };
}

/** The functions each query calls that may read tables while it is planned. */
async function functionsOf(connection: Connection, suites: readonly Suite[]): Promise<Map<string, string[]>> {
  const statements = suites.flatMap(({ queries }) => queries.map(({ statement }) => statement));
  const calls = new Map(statements.map((statement) => [statement, constantCalls(statement)]));
  const reading = await readingFunctions(connection, [...new Set([...calls.values()].flat())]);
  return new Map([...calls].map(([statement, names]) => [statement, names.flatMap((name) => reading.get(name) ?? [])]));
}

/** Every way to plan every query of suites, or of a slice of them: a query has all its cases in one. */
export function askedOf(suites: readonly Suite[], slice?: Slice): Asked[] {
  const queries = suites.flatMap((suite) => suite.queries.map((query) => ({ suite, query })));
  return queries
    .filter((_, place) => isInSlice(place, slice))
    .flatMap(({ suite, query }) => plannedCases(query).map((planned) => ({ suite, query, planned })));
}

/** One query after the other; one that cannot be planned does not stop the others. */
async function planAll(
  session: PlanningSession,
  work: readonly Asked[],
  { snapshot, map }: { readonly snapshot: Snapshot; readonly map: SchemaMap },
  settings: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<Planned[]> {
  const { manifest } = snapshot;
  const measuredUnder = { snapshot: measuredOn(manifest, map), settings: shortDigest(settings) };
  const shelf = planShelf(await snapshot.plans());
  context.progress.start('explain', work.length);
  const results: Planned[] = [];
  for (const item of work) {
    const { suite, query, planned } = item;
    const asked = { suite: suite.file, query: query.name, case: planned.name, digest: planDigest(query, planned) };
    const production = shelf.find(asked);
    const at = explainContext(session, manifest, production);
    const outcome = await planOne(session.connection, item.query, item.planned, at);
    const provenance = { ...measuredUnder, query: queryDigest(query, planned) };
    results.push({ ...item, provenance, outcome, production, flip: null });
    context.progress.advance();
  }
  const flipped = await withFlips(session.connection, results, explainContext(session, manifest, null), settings);
  context.progress.done();
  return flipped;
}

/** Digest of what a block says its snapshot was: another map is another production to the queries. */
export function measuredOn({ digest }: Pick<Manifest, 'digest'>, map: SchemaMap): string {
  return shortDigest(map.size === 0 ? digest : [digest, ...[...map].sort()]);
}

/**
 * Plans a query one way, and takes what PostgreSQL says against it for an outcome. Throws RegressError `connection` where
 * it says something of itself, such as that somebody holds a lock.
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
